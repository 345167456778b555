// Leader election on a Lease: at most one process writes, and one that cannot prove its lease stops by itself.
import { isDeepStrictEqual } from 'node:util';
import type { Lease } from '../apis/wire.ts';
import type { Clock } from '../clock.ts';
import type { KubeClient } from '../kube/client.ts';
import { deadlineAfter } from '../kube/deadline.ts';
import { Conflict } from '../kube/errors.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { durationMsOf, holderOf, type LeaseTimes, usualLeaseTimes } from './lease.ts';
import { LeaseLock } from './lease-lock.ts';
import { pause } from './pause.ts';
import { LeasedTerm, LeaseLost, type Term } from './term.ts';

export { LeaseLost, soleTerm, type Term } from './term.ts';

export interface LeaderElectorOptions {
  readonly client: KubeClient;
  readonly name: string;
  readonly namespace: string;
  /** Unique among all processes that ever ran: a host name and something random. */
  readonly identity: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly times?: LeaseTimes;
}

export interface Leadership {
  /** The stop. It ends the waiting for the lease; once `lead` runs, `lead` has to end by itself, with the lease held meanwhile. */
  readonly signal: AbortSignal;
  readonly lead: (term: Term) => Promise<void>;
}

// A pod that is told to stop has better things to do than to wait for a slow API server; the lease ends by itself.
const releaseWithinMs = 5000;

/**
 * Only this process's monotonic clock decides: a lease is free when *we* have seen no change of it for its duration, and
 * ours is proved from the start of the last good renewal on. The times that other machines write are not read.
 */
export class LeaderElector {
  readonly #name: string;
  readonly #identity: string;
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #log: Logger;
  readonly #times: LeaseTimes;
  readonly #lock: LeaseLock;
  #failed: unknown;
  /** The last state of the lease, and when we first saw it so. */
  #observed: { readonly lease: Lease; readonly atMs: number } | undefined;

  constructor({
    client,
    name,
    namespace,
    identity,
    clock,
    log,
    metrics,
    times = usualLeaseTimes,
  }: LeaderElectorOptions) {
    this.#name = name;
    this.#identity = identity;
    this.#clock = clock;
    this.#metrics = metrics;
    this.#log = log.child({ lease: `${namespace}/${name}`, identity });
    this.#times = times;
    this.#lock = new LeaseLock({ client, name, namespace, identity, clock, times });
    metrics.leader.set({ name }, 0);
  }

  /** What the last try to read, take or renew the lease failed with; undefined when it went well. */
  get failed(): unknown {
    return this.#failed;
  }

  /** Who has the lease, as last seen; undefined: nobody, or it was not read yet. */
  get holder(): string | undefined {
    return this.#observed === undefined ? undefined : holderOf(this.#observed.lease);
  }

  /**
   * Waits for the lease, runs `lead` while renewing it, and releases it when `lead` has ended, however it ended. Throws
   * LeaseLost, without waiting for `lead`, when the lease can no longer be proved.
   */
  async run({ signal, lead }: Leadership): Promise<void> {
    const held = await this.#acquire(signal);
    if (held === undefined) return;
    const { term } = held;
    this.#metrics.leader.set({ name: this.#name }, 1);
    this.#log.info('lease acquired');
    const ended = new AbortController();
    const renewing = this.#keep(held, ended.signal);
    try {
      await Promise.race([lead(term), renewing]);
    } catch (error) {
      if (error instanceof LeaseLost) term.end(error);
      throw error;
    } finally {
      this.#metrics.leader.set({ name: this.#name }, 0);
      ended.abort();
      if (!term.signal.aborted) {
        term.end(new LeaseLost('The term is over'));
        await renewing.catch(() => undefined);
        await this.#release();
      }
    }
  }

  async #acquire(stop: AbortSignal): Promise<Held | undefined> {
    do {
      try {
        const held = await this.#tryToAcquire(stop);
        this.#failed = undefined;
        if (held !== undefined) return held;
      } catch (error) {
        if (stop.aborted) return undefined;
        this.#failed = error;
        this.#log.warn({ err: error }, 'lease could not be read or taken');
      }
    } while (await pause(this.#times.retryMs, { clock: this.#clock, signal: stop }));
    return undefined;
  }

  async #tryToAcquire(stop: AbortSignal): Promise<Held | undefined> {
    const clock = this.#clock;
    const proofMs = this.#times.renewDeadlineMs;
    using deadline = deadlineAfter(proofMs, { clock, signal: stop });
    const seen = await this.#lock.read(deadline.signal);
    if (!this.#isFree(seen)) return undefined;
    const provedAtMs = clock.monotonicMs();
    try {
      const lease = await this.#lock.take(seen, deadline.signal);
      return { lease, term: new LeasedTerm({ clock, provedAtMs, proofMs }) };
    } catch (error) {
      // Somebody was faster.
      if (error instanceof Conflict) return undefined;
      throw error;
    }
  }

  /**
   * `seen` is undefined when there is no Lease. Where somebody deleted it, whoever held it finds out when it renews, and may write
   * until then: the last that we saw counts.
   */
  #isFree(seen: Lease | undefined): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (seen !== undefined && !isDeepStrictEqual(this.#observed?.lease.spec, seen.spec))
      this.#observed = { lease: seen, atMs: nowMs };
    if (this.#observed === undefined) return true;
    const { atMs, lease } = this.#observed;
    const holder = holderOf(lease);
    if (holder === undefined || holder === this.#identity) return true;
    return nowMs - atMs >= durationMsOf(lease, this.#times);
  }

  /** Renews until `ended`; throws LeaseLost when the lease is somebody else's, or was not renewed in time. */
  async #keep(held: Held, ended: AbortSignal): Promise<void> {
    const { term } = held;
    const clock = this.#clock;
    let { lease } = held;
    let failure: unknown;
    while (await pause(Math.min(this.#times.retryMs, term.provedForMs()), { clock, signal: ended })) {
      const leftMs = term.provedForMs();
      if (leftMs <= 0)
        throw new LeaseLost(`Cannot renew the lease within ${this.#times.renewDeadlineMs} ms`, { cause: failure });
      // A try on a dead connection must leave time for another on a new one.
      const tryMs = Math.min(leftMs, this.#times.renewDeadlineMs / 2);
      using deadline = deadlineAfter(tryMs, { clock, signal: ended });
      const startMs = clock.monotonicMs();
      try {
        lease = await this.#lock.renew(lease, deadline.signal);
        term.renewed(startMs);
        this.#failed = undefined;
      } catch (error) {
        if (error instanceof LeaseLost) throw error;
        if (ended.aborted) return;
        failure = error;
        this.#failed = error;
        this.#log.warn({ err: error, leftMs: term.provedForMs() }, 'lease not renewed');
      }
    }
  }

  /** Never throws. */
  async #release(): Promise<void> {
    using deadline = deadlineAfter(releaseWithinMs, { clock: this.#clock, signal: new AbortController().signal });
    try {
      await this.#lock.release(deadline.signal);
      this.#log.info('lease released');
    } catch (error) {
      this.#log.warn({ err: error }, 'lease not released; it ends by itself');
    }
  }
}

interface Held {
  readonly lease: Lease;
  readonly term: LeasedTerm;
}
