// The state of the managed cluster: whether it runs, and what Azure is doing to it, looked at seldom and known as of when.
import type { Clock } from '../clock.ts';
import { Alarm } from '../runtime/alarm.ts';
import type { ArmCallOptions, ArmClient, ManagedCluster } from './arm-client.ts';
import { ArmNotNow } from './arm-errors.ts';
import { causeOf } from './causes.ts';

interface ClusterUnknown {
  readonly seen: 'unknown';
  readonly why: string;
  /** Rights or names are wrong: only a person changes that. */
  readonly refused: boolean;
}

export type ClusterLook =
  | ClusterUnknown
  | { readonly seen: 'present'; readonly cluster: ManagedCluster; readonly startedAtMs: number };

interface ClusterCadence {
  /** Between the beginnings of two GETs at rest. While something is going on, or may be, they are five times as often. */
  readonly idleMs: number;
}

export interface ClusterWatchOptions {
  readonly arm: Pick<ArmClient, 'cluster'>;
  readonly clock: Clock;
  readonly cadence?: ClusterCadence;
}

const defaultIdleMs = 300_000;
// As of the inventory: one lost answer changes nothing, a minute of them makes it unknown.
const staleMs = 60_000;
const firstRetryMs = 15_000;
// When Nodes go down or a pool is worked on, the cluster's own state may say why.
const soonMs = 15_000;
const unasked: ClusterUnknown = {
  seen: 'unknown',
  why: 'Azure has not been asked for the cluster yet',
  refused: false,
};

/** One for the process. `look` is served from memory; what failed is unknown, never what it was. */
export class ClusterWatch {
  readonly #alarm: Alarm;
  readonly #arm: Pick<ArmClient, 'cluster'>;
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #fastMs: number;
  readonly #listeners: (() => void)[] = [];
  #look: ClusterLook = unasked;
  #lastStartMs: number | undefined;
  #notBeforeMs = 0;
  #failures = 0;
  #failingSinceMs: number | undefined;
  #failed: ClusterUnknown = unasked;
  #atRest = false;
  #isStirred = false;

  constructor({ arm, clock, cadence }: ClusterWatchOptions) {
    this.#arm = arm;
    this.#clock = clock;
    this.#alarm = new Alarm(clock);
    this.#idleMs = cadence?.idleMs ?? defaultIdleMs;
    this.#fastMs = this.#idleMs / 5;
  }

  look(): ClusterLook {
    if (this.#failingSinceMs === undefined) return this.#look;
    const isLost = this.#look.seen === 'unknown' || this.#clock.monotonicMs() - this.#failingSinceMs >= staleMs;
    return isLost ? this.#failed : this.#look;
  }

  /** Calls `listener` after each GET, and when what was known has become too old to be believed. */
  subscribe(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Whether nothing is going on, as far as anybody knows: then it is looked at rarely. The end of the rest asks for a look. */
  rest(atRest: boolean): void {
    if (atRest === this.#atRest) return;
    this.#atRest = atRest;
    this.#isStirred = !atRest;
    this.#alarm.wake();
  }

  /** One live GET. Throws as ArmClient does; what was known before is then believed for a minute more. */
  async refresh({ signal }: ArmCallOptions): Promise<ClusterLook> {
    const startedAtMs = this.#clock.monotonicMs();
    this.#lastStartMs = startedAtMs;
    this.#isStirred = false;
    try {
      const cluster = await this.#arm.cluster({ signal });
      if (this.#look.seen === 'unknown' || this.#look.startedAtMs <= startedAtMs) {
        this.#look = { seen: 'present', cluster, startedAtMs };
        this.#failures = 0;
        this.#failingSinceMs = undefined;
      }
    } catch (error) {
      if (!signal.aborted) this.#noteFailure(error, startedAtMs);
      throw error;
    }
    this.#tell();
    return this.#look;
  }

  /** Looks until the signal aborts, then resolves. To be run once. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const waitMs = this.#nextMs() - this.#clock.monotonicMs();
      if (waitMs > 0) await this.#alarm.wait(waitMs, signal);
      // What went wrong is what `look` says from now on.
      else await this.refresh({ signal }).catch(() => {});
    }
  }

  #nextMs(): number {
    if (this.#lastStartMs === undefined) return this.#notBeforeMs;
    const backoffMs = Math.min(firstRetryMs * 2 ** (this.#failures - 1), this.#fastMs);
    const stirredMs = this.#isStirred ? Math.min(soonMs, this.#fastMs) : this.#fastMs;
    const restMs = this.#atRest ? this.#idleMs : stirredMs;
    return Math.max(this.#notBeforeMs, this.#lastStartMs + (this.#failures > 0 ? backoffMs : restMs));
  }

  #noteFailure(error: unknown, startedAtMs: number): void {
    const { headline, kind } = causeOf(error);
    this.#failures += 1;
    this.#failed = { seen: 'unknown', why: headline, refused: kind === 'config' };
    if (error instanceof ArmNotNow) this.#notBeforeMs = this.#clock.monotonicMs() + error.retryAfterMs;
    if (this.#failingSinceMs === undefined) {
      this.#failingSinceMs = startedAtMs;
      this.#clock.after(startedAtMs + staleMs - this.#clock.monotonicMs(), () => {
        if (this.#failingSinceMs === startedAtMs) this.#tell();
      });
    }
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
