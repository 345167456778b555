// The keys that wait for a worker: each at most once, in order, after its delay, and never with two workers at a time.
import type { Clock, Timer } from '../clock.ts';
import type { Metrics } from '../observability/metrics.ts';
import { Backoff } from './backoff.ts';
import { QueueLanes } from './queue-lanes.ts';
import { QueueMeter } from './queue-meter.ts';
import { TokenBucket } from '../kube/token-bucket.ts';

export interface WorkQueueOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** In [0, 1); Math.random unless a test wants to know. */
  readonly random?: () => number;
}

export interface AddOptions {
  /** Higher goes first; 0 unless said otherwise. */
  readonly priority?: number;
}

interface Delayed {
  readonly dueMs: number;
  readonly timer: Timer;
  readonly priority: number;
}

// Karpenter's limiter for all keys together (nodeclaim controllers): a burst of 100, then 10 a second.
const retriesPerSecond = 10;
const retryBurst = 100;

/**
 * - `add` is idempotent: a key that waits already waits once, with the higher of its priorities.
 * - A key that a worker has is not handed out again before `finish`; if it is added meanwhile it runs once more then.
 * - Of two delays for one key the earlier wins, and an `add` ends a delay.
 * - Order is first in, first out within a priority.
 * - After `shutdown` nothing is added any more; `next` hands out what is ready and then answers undefined.
 */
export class WorkQueue {
  readonly name: string;
  readonly #clock: Clock;
  readonly #lanes = new QueueLanes();
  readonly #delayed = new Map<string, Delayed>();
  readonly #working = new Set<string>();
  /** Keys to run again once their worker is done with them, with their priority. */
  readonly #again = new Map<string, number>();
  readonly #waiters: (() => void)[] = [];
  readonly #backoff: Backoff;
  readonly #retryLimit: TokenBucket;
  readonly #meter: QueueMeter;
  #open = true;

  constructor({ name, clock, metrics, random = Math.random }: WorkQueueOptions) {
    this.name = name;
    this.#clock = clock;
    this.#backoff = new Backoff({ random });
    this.#retryLimit = new TokenBucket({ clock, perSecond: retriesPerSecond, burst: retryBurst });
    this.#meter = new QueueMeter({ name, clock, metrics });
  }

  /** Keys that are ready and wait for a worker. */
  get depth(): number {
    return this.#lanes.size;
  }

  add(key: string, { priority = 0 }: AddOptions = {}): void {
    if (!this.#open) return;
    this.#undelay(key);
    if (this.#working.has(key)) {
      if (!this.#again.has(key)) this.#meter.added();
      this.#again.set(key, Math.max(priority, this.#again.get(key) ?? priority));
      return;
    }
    if (!this.#lanes.has(key)) {
      this.#meter.added();
      this.#meter.waits(key);
    }
    this.#lanes.push(key, priority);
    this.#measure();
    this.#waiters.shift()?.();
  }

  /** Adds the key after `ms`, unless it is ready by then or due sooner. */
  addAfter(key: string, ms: number, { priority = 0 }: AddOptions = {}): void {
    if (!this.#open) return;
    if (ms <= 0) {
      this.add(key, { priority });
      return;
    }
    if (this.#lanes.has(key) || this.#again.has(key)) return;
    const dueMs = this.#clock.monotonicMs() + ms;
    const delayed = this.#delayed.get(key);
    if (delayed !== undefined && delayed.dueMs <= dueMs) return;
    this.#undelay(key);
    const timer = this.#clock.after(ms, () => this.add(key, { priority }));
    this.#delayed.set(key, { dueMs, timer, priority });
  }

  /** Adds the key after its backoff: 1 s, doubled with each failure since `forget`, up to 60 s, plus the limit of all keys. */
  addRateLimited(key: string, options: AddOptions = {}): void {
    this.#meter.retried();
    this.addAfter(key, Math.max(this.#backoff.next(key), this.#retryLimit.take()), options);
  }

  /** The key did well: its next failure starts at the shortest backoff. */
  forget(key: string): void {
    this.#backoff.forget(key);
  }

  /** How often the key failed since `forget`. */
  failures(key: string): number {
    return this.#backoff.failures(key);
  }

  /** The next key, which is the caller's until `finish`; undefined when the queue was shut down or `signal` aborts. */
  async next(signal: AbortSignal): Promise<string | undefined> {
    while (!signal.aborted) {
      const key = this.#lanes.shift();
      if (key !== undefined) {
        this.#working.add(key);
        this.#meter.started(key);
        this.#measure();
        return key;
      }
      if (!this.#open) return undefined;
      await this.#added(signal);
    }
    // It may have been woken for a key, and told to stop before it could take it.
    if (this.#lanes.size > 0) this.#waiters.shift()?.();
    return undefined;
  }

  /** Gives the key back. Call it once for each key that `next` handed out, also after a failure. */
  finish(key: string): void {
    this.#working.delete(key);
    this.#meter.finished(key);
    const priority = this.#again.get(key);
    this.#again.delete(key);
    if (priority === undefined || !this.#open) return;
    this.#meter.waits(key);
    this.#lanes.push(key, priority);
    this.#measure();
    this.#waiters.shift()?.();
  }

  /** No more keys come in and delays end; what is ready is still handed out. */
  shutdown(): void {
    this.#open = false;
    for (const { timer } of this.#delayed.values()) timer.cancel();
    this.#delayed.clear();
    this.#again.clear();
    for (const wake of this.#waiters.splice(0)) wake();
  }

  #added(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        this.#waiters.splice(this.#waiters.indexOf(wake), 1);
        resolve();
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiters.push(wake);
    });
  }

  #undelay(key: string): void {
    this.#delayed.get(key)?.timer.cancel();
    this.#delayed.delete(key);
  }

  #measure(): void {
    this.#meter.depth(this.#lanes.sizes());
  }
}
