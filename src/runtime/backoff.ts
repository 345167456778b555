// How long to wait after the first, second, ... failure: doubling, bounded, and a little different each time.

export interface BackoffOptions {
  readonly firstMs?: number;
  readonly longestMs?: number;
  /** In [0, 1). */
  readonly random?: () => number;
}

// Karpenter's nodeclaim controllers: 1 s to 60 s.
const usualFirstMs = 1000;
const usualLongestMs = 60_000;
// Up to a fifth less, so that what failed together does not come back together. Less, for the longest is a promise.
const jitter = 0.2;

/** Counts failures by key. A key that was forgotten takes no memory. */
export class Backoff {
  readonly #firstMs: number;
  readonly #longestMs: number;
  readonly #random: () => number;
  readonly #failures = new Map<string, number>();

  constructor({ firstMs = usualFirstMs, longestMs = usualLongestMs, random = Math.random }: BackoffOptions = {}) {
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
    this.#random = random;
  }

  /** Counts one more failure; answers how long to wait now, in milliseconds. */
  next(key = ''): number {
    const failures = this.failures(key);
    this.#failures.set(key, failures + 1);
    const wholeMs = Math.min(this.#longestMs, this.#firstMs * 2 ** Math.min(failures, 30));
    return Math.round(wholeMs * (1 - jitter * this.#random()));
  }

  forget(key = ''): void {
    this.#failures.delete(key);
  }

  failures(key = ''): number {
    return this.#failures.get(key) ?? 0;
  }
}
