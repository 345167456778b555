// The simulated world: one API server, one Azure, one fleet of machines, two replicas, and everybody who acts on them.
import { ApiServer } from './api-server.ts';
import { ArmOperations } from './arm-operations.ts';
import { ArmPools, settled } from './arm-pools.ts';
import type { ArmWatch } from './arm-connection.ts';
import { Faults } from './faults.ts';
import { Fleet } from './fleet.ts';
import type { SimWatch } from './kube-watch.ts';
import type { SimProcess } from './process.ts';
import { Random } from './random.ts';
import { Replica, type Seams, type Voices } from './replica.ts';
import type { ReplicaName, Schedule } from './schedule.ts';
import { Scheduler } from './scheduler.ts';
import { Trace } from './trace.ts';
import type { Probe } from './wire.ts';

/** 2026-03-01T12:00:00Z */
const epochMs = Date.UTC(2026, 2, 1, 12);

export interface WorldParts {
  readonly armWatch: (world: World) => ArmWatch;
  readonly voices: (world: World) => Voices;
  readonly probe: Probe;
  readonly seams: (world: World) => Seams;
}

export class World {
  readonly schedule: Schedule;
  readonly scheduler = new Scheduler();
  readonly random: Random;
  readonly trace: Trace;
  readonly api: ApiServer;
  readonly pools = new ArmPools();
  readonly fleet: Fleet;
  readonly operations: ArmOperations;
  readonly faults: Faults;
  readonly watches = new Set<SimWatch>();
  readonly replicas: Readonly<Record<ReplicaName, Replica>>;

  constructor(schedule: Schedule, { armWatch, voices, probe, seams }: WorldParts) {
    const { scheduler, pools, watches } = this;
    this.schedule = schedule;
    this.random = new Random(schedule.seed).fork('world');
    this.trace = new Trace(() => scheduler.nowMs);
    this.api = new ApiServer({ scheduler, epochMs });
    this.faults = new Faults({ scheduler, random: this.random.fork('faults') });
    const apiIsUp = (): boolean => this.faults.apiIsUp;
    this.fleet = new Fleet({ api: this.api, pools, scheduler, random: this.random.fork('fleet'), apiIsUp });
    this.operations = new ArmOperations({ pools, fleet: this.fleet, scheduler, random: this.random.fork('arm') });
    const shared = {
      scheduler,
      schedule,
      probe,
      seams: seams(this),
      voices: voices(this),
      kube: {
        server: this.api,
        faults: this.faults,
        watches,
        refused: (by: string, what: string, error: unknown) =>
          this.trace.note(by, `refused: ${what}: ${String(error)}`),
      },
      arm: { operations: this.operations, pools, faults: this.faults, watch: armWatch(this) },
    };
    this.replicas = {
      a: new Replica({ ...shared, name: 'a', random: this.random.fork('a') }),
      b: new Replica({ ...shared, name: 'b', random: this.random.fork('b') }),
    };
  }

  /** Before anybody comes: the pool that AKS keeps for itself, with its Nodes. */
  furnish(): void {
    const { pools, fleet, nowMs } = this;
    const view = { name: 'system', vmSize: 'Standard_D4s_v3', nodeLabels: {}, nodeTaints: [], tags: {} } as const;
    const rest = { count: 2, autoscaled: false, mode: 'System', power: 'running', ...settled() } as const;
    const pool = pools.make({ ...view, ...rest }, { by: 'aks', nowMs });
    for (const index of [0, 1]) fleet.boot(pools.addInstance(pool, index), 0);
  }

  get nowMs(): number {
    return this.scheduler.nowMs;
  }

  /** Whether this process hears of what happens to objects of these kinds. */
  hears(process: SimProcess, plurals: readonly string[]): boolean {
    const heard = new Set<string>();
    for (const watch of this.watches) if (watch.process === process && !watch.stalled) heard.add(watch.plural);
    return plurals.every((plural) => heard.has(plural));
  }

  /** Who the Lease says leads, if that process is alive. */
  get leader(): SimProcess | undefined {
    const holder = this.api.find('leases', 'gpu-provisioner/lease')?.spec?.holderIdentity;
    return [this.replicas.a.process, this.replicas.b.process].find((process) => process?.name === holder);
  }
}
