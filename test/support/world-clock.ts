// The time of a world: faster than ours, the same for controller, API server, Azure and nodes, and able to jump.
import { performance } from 'node:perf_hooks';
import type { Clock, Timer } from '../../src/clock.ts';

/** What another process needs to have the same time. */
export interface WorldTime {
  /** How many seconds of the world pass in one of ours. */
  readonly rate: number;
  /** Of Date.now(), when the world began. */
  readonly beganAt: number;
  /** Milliseconds that were jumped over so far. */
  readonly jumpedMs: number;
}

// setTimeout turns anything above into 1 ms.
const longestTimeoutMs = 2 ** 31 - 1;

interface Pending {
  readonly dueMs: number;
  readonly fn: () => void;
  handle: NodeJS.Timeout | undefined;
}

export class WorldClock implements Clock {
  readonly #rate: number;
  readonly #beganAt: number;
  readonly #startMs: number;
  readonly #pending = new Set<Pending>();
  readonly #listeners = new Set<(ms: number) => void>();
  #jumpedMs: number;

  constructor({ rate, beganAt = Date.now(), jumpedMs = 0 }: { readonly rate: number } & Partial<WorldTime>) {
    this.#rate = rate;
    this.#beganAt = beganAt;
    this.#jumpedMs = jumpedMs;
    this.#startMs = performance.now() - (Date.now() - beganAt);
  }

  get time(): WorldTime {
    return { rate: this.#rate, beganAt: this.#beganAt, jumpedMs: this.#jumpedMs };
  }

  now(): Date {
    return new Date(this.#beganAt + this.monotonicMs());
  }

  monotonicMs(): number {
    return (performance.now() - this.#startMs) * this.#rate + this.#jumpedMs;
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
