// Keeps the gate: watches cluster, pools and Nodes, knows for how long they have been settled, and says when the gate turns.
import type { ArmCallOptions } from '../azure/arm-client.ts';
import type { ClusterWatch } from '../azure/cluster-watch.ts';
import type { Inventory } from '../azure/inventory.ts';
import { namesOfOurPools } from '../azure/our-pools.ts';
import type { Node } from '../apis/wire.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../observability/logger.ts';
import { Alarm } from '../runtime/alarm.ts';
import type { Store } from '../runtime/store.ts';
import { gatedActs, permits, stoppedPatienceMs } from './gate.ts';
import type { ClosedBy, Gate } from './gate.ts';
import { gateVerdict, isSettled } from './gate-verdict.ts';
import type { GateVerdict, GateView } from './gate-verdict.ts';
import { NodeHealth } from './node-health.ts';
import type { DisruptionLimits } from './policies.ts';
import { breakerOf } from './restraint.ts';

export interface GateKeeperOptions {
  readonly clock: Clock;
  readonly cluster: ClusterWatch;
  readonly inventory: Pick<Inventory, 'pools' | 'unknownWhy' | 'subscribe'>;
  readonly nodes: Pick<Store<Node>, 'subscribe' | 'synced'>;
  readonly log: Logger;
  readonly settleMs: number;
  /** A person lifts the breaker: then many of our Nodes may be down at once. */
  readonly allowMass: boolean;
  readonly limits: Pick<DisruptionLimits, 'disruptionLeast' | 'disruptionShare'>;
}

// What nothing tells of, such as knowledge that grew too old, is noticed after so long.
const tickMs = 15_000;
// One pass over a queue of claims looks at cluster, pools and Nodes once.
const keptMs = 1000;
// Many pools may fail at one moment, and one look serves them all.
const freshMs = 5000;
const forPeople: ReadonlySet<ClosedBy> = new Set(['clusterUnreadable', 'anotherCluster']);

/** One for the process, begun with it: a standby has watched the cluster when its turn comes. Build it before the reflectors run. */
export class GateKeeper {
  readonly #alarm: Alarm;
  readonly #options: GateKeeperOptions;
  readonly #health: NodeHealth;
  readonly #listeners: (() => void)[] = [];
  #verdict: GateVerdict;
  /** Since when the same row of the table has held. */
  #sinceMs: number;
  /** Since when it has not been open, whatever the rows were; undefined: it is. */
  #notOpenSinceMs: number | undefined;
  /** When cluster and pools were last not seen settled. */
  #unsettledAtMs: number;
  #wasSettled = false;
  #clusterState = '';
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #nodeNextMs: number | undefined;
  #told: string;

  constructor(options: GateKeeperOptions) {
    const { clock, cluster, inventory, nodes } = options;
    this.#options = options;
    this.#alarm = new Alarm(options.clock);
    this.#health = new NodeHealth({ nodes, clock, onChange: () => this.#changed() });
    this.#sinceMs = clock.monotonicMs();
    this.#notOpenSinceMs = this.#sinceMs;
    this.#unsettledAtMs = this.#sinceMs;
    this.#verdict = gateVerdict(this.#view(this.#sinceMs));
    this.#told = this.#fingerprint(this.#sinceMs);
    cluster.subscribe(() => this.#changed());
    inventory.subscribe(() => this.#changed());
  }

  /** As of a second ago at most. */
  gate(): Gate {
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#lookedAtMs >= keptMs) this.#look(nowMs);
    return this.#gateAt(nowMs);
  }

  /** For how long it has not been open; 0 while it is. */
  notOpenMs(): number {
    this.gate();
    const nowMs = this.#options.clock.monotonicMs();
    return nowMs - (this.#notOpenSinceMs ?? nowMs);
  }

  /**
   * The gate on a look at the cluster that began less than 5 s ago, for right before what cannot be undone. Throws as
   * ArmClient does.
   */
  async confirm(options: ArmCallOptions): Promise<Gate> {
    const { clock, cluster } = this.#options;
    const known = cluster.look();
    const isFresh = known.seen === 'present' && clock.monotonicMs() - known.startedAtMs < freshMs;
    if (!isFresh) await cluster.refresh(options);
    this.#look(clock.monotonicMs());
    return this.gate();
  }

  /** Calls `listener` when the gate permits something else than before, or for another reason. */
  subscribe(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Works until the signal aborts, then resolves. To be run once. */
  async run(signal: AbortSignal): Promise<void> {
    const watching = this.#options.cluster.run(signal);
    while (!signal.aborted) {
      this.#look(this.#options.clock.monotonicMs());
      this.#tell();
      if (this.#lookedAtMs !== Number.NEGATIVE_INFINITY) await this.#alarm.wait(this.#untilNextMs(), signal);
    }
    await watching;
  }

  #changed(): void {
    this.#lookedAtMs = Number.NEGATIVE_INFINITY;
    this.#alarm.wake();
  }

  #look(nowMs: number): void {
    const { cluster } = this.#options;
    const look = cluster.look();
    const state = look.seen === 'present' ? `${look.cluster.power} ${look.cluster.state}` : this.#clusterState;
    const view = this.#view(nowMs);
    const settled = isSettled(view);
    // What was not settled at the last look may have been so until a moment ago; another state is the end of an operation.
    if (!settled || !this.#wasSettled || state !== this.#clusterState) this.#unsettledAtMs = nowMs;
    this.#wasSettled = settled;
    this.#clusterState = state;
    this.#lookedAtMs = nowMs;
    const verdict = gateVerdict({ ...view, settledForMs: nowMs - this.#unsettledAtMs });
    if (rowOf(verdict) !== rowOf(this.#verdict)) this.#sinceMs = nowMs;
    this.#verdict = verdict;
    this.#notOpenSinceMs = verdict.state === 'open' ? undefined : (this.#notOpenSinceMs ?? nowMs);
    cluster.rest(verdict.state === 'open');
  }

  #view(nowMs: number): GateView {
    const { allowMass, cluster, inventory, limits, nodes, settleMs } = this.#options;
    const ours = namesOfOurPools(inventory.pools());
    const look = cluster.look();
    const group = look.seen === 'present' ? look.cluster.nodeGroup : undefined;
    const { total, down, inGroup, inPools, nextMs } = this.#health.down({ pools: ours, group });
    this.#nodeNextMs = nextMs;
    return {
      cluster: look,
      poolsUnknown: inventory.unknownWhy,
      pools: inventory.pools(),
      nodes: {
        total,
        ofCluster: nodes.synced ? inGroup : undefined,
        down,
        oursDown: inPools,
        oursMayBeDown: allowMass ? Number.POSITIVE_INFINITY : breakerOf(ours.size, limits),
      },
      settledForMs: nowMs - this.#unsettledAtMs,
      settleMs,
    };
  }

  #gateAt(nowMs: number): Gate {
    const verdict = this.#verdict;
    return verdict.state === 'closed' ? { ...verdict, forMs: nowMs - this.#sinceMs } : verdict;
  }

  #untilNextMs(): number {
    const nowMs = this.#options.clock.monotonicMs();
    const times = [
      nowMs + tickMs,
      this.#wasSettled ? this.#unsettledAtMs + this.#options.settleMs : Number.POSITIVE_INFINITY,
      this.#sinceMs + stoppedPatienceMs,
      this.#nodeNextMs ?? Number.POSITIVE_INFINITY,
    ];
    return Math.min(...times.filter((atMs) => atMs > nowMs)) - nowMs;
  }

  #fingerprint(nowMs: number): string {
    const gate = this.#gateAt(nowMs);
    const verdict = this.#verdict;
    const reason = verdict.state === 'open' ? '' : verdict.reason;
    return [rowOf(verdict), reason, ...gatedActs.map((act) => permits(gate, act))].join(' ');
  }

  #tell(): void {
    const { clock, log } = this.#options;
    const now = this.#fingerprint(clock.monotonicMs());
    if (now === this.#told) return;
    this.#told = now;
    const verdict = this.#verdict;
    if (verdict.state === 'open') log.info('gate open');
    else {
      // Only a person gives it the right to look, or names the right cluster.
      const needsPerson = verdict.state === 'closed' && forPeople.has(verdict.by);
      log[needsPerson ? 'warn' : 'info']({ reason: verdict.reason, detail: verdict.message }, `gate ${verdict.state}`);
    }
    for (const listener of this.#listeners) listener();
  }
}

function rowOf(verdict: GateVerdict): string {
  return verdict.state === 'closed' ? verdict.by : verdict.state;
}
