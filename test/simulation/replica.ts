// One replica of the controller over its many lives: each is the project's own provisioner in a process of the simulation.
import { defaultPolicies } from '../../src/claims/policies.ts';
import { defaultTimings, type Timings } from '../../src/claims/timings.ts';
import type { ArmClient } from '../../src/azure/arm-client.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { createLogger, type Logger } from '../../src/observability/logger.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { createProvisioner, type ProvisionerContext } from '../../src/provisioner.ts';
import { LeaseLost } from '../../src/runtime/leader.ts';
import type { EventNote } from '../../src/runtime/events.ts';
import { ArmConnection, type ArmConnectionOptions } from './arm-connection.ts';
import { KubeConnection, type KubeConnectionOptions } from './kube-connection.ts';
import { SimProcess } from './process.ts';
import type { Random } from './random.ts';
import type { ReplicaName, Restriction, Schedule } from './schedule.ts';
import type { Scheduler } from './scheduler.ts';
import type { Thing } from './thing.ts';
import { Wire, type Probe } from './wire.ts';

/** What a bug that is planted may change in how a replica is put together. */
export interface Seams {
  readonly arm?: (arm: ArmConnection) => ArmClient;
  readonly kube?: (kube: KubeConnection) => KubeClient;
  readonly context?: (context: ProvisionerContext) => ProvisionerContext;
}

/** What a replica says of itself. */
export interface Voices {
  decided(process: SimProcess, row: string): void;
  recorded(process: SimProcess, event: EventNote): void;
  logged(process: SimProcess, line: LogLine): void;
  ended(process: SimProcess, how: string): void;
  /** An object came to it, in a list or a watch. */
  saw(process: SimProcess, object: Thing): void;
}

export interface LogLine {
  readonly [key: string]: unknown;
  readonly level: string;
  readonly message: string;
}

export interface ReplicaOptions {
  readonly name: ReplicaName;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly schedule: Schedule;
  readonly kube: Omit<KubeConnectionOptions, 'scheduler' | 'process' | 'wire' | 'random' | 'saw'>;
  readonly arm: Omit<ArmConnectionOptions, 'process' | 'wire' | 'random'>;
  readonly probe: Probe;
  readonly voices: Voices;
  readonly seams: Seams;
}

/** Row P2 has no other sign that each of its steps leaves. */
export const leftUndone = 'step left undone';

const restartMs = 3000;
/** Waits from here on are for people and repair; they shrink with the schedule's hurry. */
const longWaitMs = 300_000;

export class Replica {
  readonly #options: ReplicaOptions;
  #process: SimProcess | undefined;
  #stop = new AbortController();
  /** Names of its lives that may change nothing. */
  readonly #restricted = new Set<string>();
  #restriction: Restriction | undefined;
  #lives = 0;
  #skewMs: number;

  constructor(options: ReplicaOptions) {
    this.#options = options;
    this.#skewMs = options.schedule.skewMs[options.name];
  }

  /** The process that runs now. */
  get process(): SimProcess | undefined {
    return this.#process?.alive === true ? this.#process : undefined;
  }

  start(): void {
    if (this.process !== undefined) return;
    const { name, scheduler, kube, arm, probe, random, seams, voices } = this.#options;
    this.#lives += 1;
    const epochMs = kube.server.epochMs;
    const process = new SimProcess({ name: `${name}${this.#lives}`, scheduler, epochMs, skewMs: this.#skewMs });
    this.#process = process;
    if (this.#restriction !== undefined) this.#restricted.add(process.name);
    const wire = new Wire({ scheduler, process, probe });
    const own = random.fork(process.name);
    const armConnection = new ArmConnection({ ...arm, process, wire, random: own.fork('arm') });
    const kubeConnection = new KubeConnection({
      ...kube,
      scheduler,
      process,
      wire,
      random: own.fork('kube'),
      saw: (object) => voices.saw(process, object),
    });
    const context = this.#context(process, own.fork('jitter'), {
      arm: seams.arm?.(armConnection) ?? armConnection,
      kube: seams.kube?.(kubeConnection) ?? kubeConnection,
    });
    this.#stop = new AbortController();
    const provisioner = createProvisioner(seams.context?.(context) ?? context);
    void this.#live(process, provisioner.run({ signal: this.#stop.signal }), () => provisioner.close());
  }

  crash({ downMs, dropInFlight }: { readonly downMs: number; readonly dropInFlight: boolean }): void {
    const process = this.process;
    if (process === undefined) return;
    process.kill({ dropInFlight });
    this.#options.voices.ended(process, 'crashes');
    this.#options.scheduler.after(downMs, () => this.start());
  }

  /** As SIGTERM does; the next one starts when this one has ended. */
  stop(): void {
    if (this.process !== undefined) this.#stop.abort(new Error('told to stop'));
  }

  /** Its Deployment is changed: this life is told to stop, and those after it are paused, or only report. */
  restrict(restriction: Restriction | undefined): void {
    this.#restriction = restriction;
    this.stop();
  }

  /** Whether the process of this name is a life of it that was begun so. */
  wasRestricted(name: string): boolean {
    return this.#restricted.has(name);
  }

  jump(ms: number): void {
    this.#skewMs += ms;
    this.process?.jump(ms);
  }

  async #live(process: SimProcess, running: Promise<void>, close: () => Promise<void>): Promise<void> {
    const { voices, scheduler } = this.#options;
    try {
      await running;
      await close();
      voices.ended(process, 'stops');
    } catch (error) {
      if (!(error instanceof LeaseLost)) voices.ended(process, `fails: ${String(error)}`);
      else voices.ended(process, 'exits: the lease is lost');
    }
    process.kill({ dropInFlight: false });
    scheduler.after(restartMs, () => this.start());
  }

  #context(
    process: SimProcess,
    random: Random,
    clients: { readonly arm: ArmClient; readonly kube: KubeClient },
  ): ProvisionerContext {
    const { voices, schedule } = this.#options;
    return {
      ...clients,
      settings: {
        ...timingsFor(schedule.hurry),
        ...defaultPolicies,
        ...schedule.policies,
        ...(this.#restriction === undefined ? {} : { [this.#restriction]: true }),
        armPollFastMs: 15_000,
        armPollIdleMs: 300_000,
        maxConcurrentReconciles: 4,
        leaderElect: true,
        leaderElectionName: 'lease',
        leaderElectionNamespace: 'gpu-provisioner',
        deploymentName: 'gpu-provisioner',
        deploymentNamespace: 'gpu-provisioner',
      },
      clock: process.clock,
      log: this.#log(process),
      metrics: createMetrics(),
      events: { record: (event) => process.run(() => voices.recorded(process, event)) },
      identity: process.name,
      random: () => random.next(),
      onDecision: (row) => voices.decided(process, row),
    };
  }

  #log(process: SimProcess): Logger {
    const { voices } = this.#options;
    const write = (text: string): void => {
      // Most lines say nothing that the simulation counts or checks.
      if (!text.includes(leftUndone) && text.includes('"level":"INFO"')) return;
      const line: unknown = JSON.parse(text);
      if (isLogLine(line)) voices.logged(process, line);
    };
    return createLogger({ level: 'info', destination: { write } });
  }
}

function isLogLine(value: unknown): value is LogLine {
  return typeof value === 'object' && value !== null && 'level' in value && 'message' in value;
}

export function timingsFor(hurry: number): Timings {
  const shorter = (ms: number): number => (ms >= longWaitMs ? Math.round(ms / hurry) : ms);
  const entries = Object.entries(defaultTimings).map(([name, ms]) => [name, shorter(ms)] as const);
  return { ...defaultTimings, ...Object.fromEntries(entries) };
}
