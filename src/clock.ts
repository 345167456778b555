// Time, so that everything above can be tested without waiting: the only use of timers in src.
import { performance } from 'node:perf_hooks';

/** A pending timer. `cancel` after it fired, or twice, does nothing. */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Wall time. May jump; never use it to measure a duration. */
  now(): Date;
  /** Milliseconds that only ever grow, from an arbitrary start. */
  monotonicMs(): number;
  /** Calls `fn` once after `ms`. The timer does not keep the process alive. */
  after(ms: number, fn: () => void): Timer;
  /** Resolves after `ms`; rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, options: { readonly signal: AbortSignal }): Promise<void>;
}

// setTimeout turns anything above into 1 ms.
const longestTimeoutMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  after(ms, fn) {
    const handle = setTimeout(fn, Math.min(Math.max(0, ms), longestTimeoutMs));
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
  async sleep(ms, { signal }) {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        clearTimeout(handle);
        reject(signal.reason);
      };
      const handle = setTimeout(
        () => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
        Math.min(Math.max(0, ms), longestTimeoutMs),
      );
      signal.addEventListener('abort', onAbort, { once: true });
    });
  },
};
