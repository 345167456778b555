// The time of a world: faster than ours, the same for controller, API server, Azure and nodes, and able to jump.
import { performance } from 'node:perf_hooks';
import type { Clock, Timer } from '../../src/clock.ts';

/** What another process needs to have the same time. */
export interface WorldTime {
  /** How many seconds of the world pass in one of ours. */
  readonly rate: number;
  /** Of Date.now(), when the world began. */
  readonly beganAt: number;
  /** Of `uptimeMs`, at the same moment: what sets the wall clock meanwhile does not put two processes out of step. */
  readonly beganAtUptimeMs: number;
  /** Milliseconds that were jumped over so far. */
  readonly jumpedMs: number;
}

// setTimeout turns anything above into 1 ms.
const longestTimeoutMs = 2 ** 31 - 1;
// Of our own time, both: how often a clock that spares stalls is looked at, and what between two looks is a stall. Long
// enough for what a busy process does in one turn.
const pulseMs = 20;
const longestTurnMs = 100;

/** Of the machine: the same for all of its processes, and nobody sets it. */
export function uptimeMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

interface Pending {
  readonly dueMs: number;
  readonly fn: () => void;
  handle: NodeJS.Timeout | undefined;
}

export class WorldClock implements Clock {
  readonly #rate: number;
  readonly #beganAt: number;
  readonly #beganAtUptimeMs: number;
  readonly #startMs: number;
  readonly #pending = new Set<Pending>();
  readonly #listeners = new Set<(ms: number) => void>();
  #jumpedMs: number;
  #pulse: NodeJS.Timeout | undefined;
  #seenMs = 0;
  /** Of our own time: what the world did not notice. */
  #stalledMs = 0;

  constructor({
    rate,
    beganAt = Date.now(),
    beganAtUptimeMs = uptimeMs(),
    jumpedMs = 0,
  }: { readonly rate: number } & Partial<WorldTime>) {
    this.#rate = rate;
    this.#beganAt = beganAt;
    this.#jumpedMs = jumpedMs;
    this.#beganAtUptimeMs = beganAtUptimeMs;
    this.#startMs = performance.now() - (uptimeMs() - beganAtUptimeMs);
  }

  get time(): WorldTime {
    this.#notice();
    return {
      rate: this.#rate,
      beganAt: this.#beganAt,
      beganAtUptimeMs: this.#beganAtUptimeMs,
      jumpedMs: this.#jumpedMs - this.#stalledMs * this.#rate,
    };
  }

  now(): Date {
    return new Date(this.#beganAt + this.monotonicMs());
  }

  monotonicMs(): number {
    return (this.#notice() - this.#startMs - this.#stalledMs) * this.#rate + this.#jumpedMs;
  }

  /**
   * From here on the world stands still while this process does: nobody in it waits in vain for an answer that nobody could
   * give. For worlds that are in this process as a whole, since other processes go on meanwhile.
   */
  spareStalls(): void {
    if (this.#pulse !== undefined) return;
    this.#seenMs = performance.now();
    this.#pulse = setInterval(() => this.#notice(), pulseMs).unref();
  }

  /** From here on time passes whatever this process does, as for those that do not spare stalls. */
  keepPace(): void {
    this.#notice();
    clearInterval(this.#pulse);
    this.#pulse = undefined;
  }

  after(ms: number, fn: () => void): Timer {
    const entry: Pending = { dueMs: this.monotonicMs() + Math.max(0, ms), fn, handle: undefined };
    this.#pending.add(entry);
    this.#arm(entry);
    return { cancel: () => this.#drop(entry) };
  }

  async sleep(ms: number, { signal }: { readonly signal: AbortSignal }): Promise<void> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = (): void => reject(signal.reason);
    const timer = this.after(ms, resolve);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await promise;
    } finally {
      timer.cancel();
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Tells of each jump, for clocks that follow this one. Returns the way to stop. */
  onJump(listener: (ms: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** So much time passes at once: what falls due meanwhile happens now, in its order. */
  jump(ms: number): void {
    this.#jumpedMs += ms;
    for (const listener of this.#listeners) listener(ms);
    for (const entry of [...this.#pending].toSorted((a, b) => a.dueMs - b.dueMs)) {
      if (this.#pending.has(entry)) this.#arm(entry);
    }
  }

  /** Returns our own time. */
  #notice(): number {
    const nowMs = performance.now();
    if (this.#pulse !== undefined) {
      this.#stalledMs += Math.max(0, nowMs - this.#seenMs - longestTurnMs);
      this.#seenMs = nowMs;
    }
    return nowMs;
  }

  #arm(entry: Pending): void {
    clearTimeout(entry.handle);
    const waitMs = Math.max(0, entry.dueMs - this.monotonicMs()) / this.#rate;
    entry.handle = setTimeout(
      () => {
        // A timer of Node's may fire a little early.
        if (this.monotonicMs() < entry.dueMs) {
          this.#arm(entry);
          return;
        }
        this.#pending.delete(entry);
        entry.fn();
      },
      Math.min(Math.ceil(waitMs), longestTimeoutMs),
    );
    entry.handle.unref();
  }

  #drop(entry: Pending): void {
    clearTimeout(entry.handle);
    this.#pending.delete(entry);
  }
}
