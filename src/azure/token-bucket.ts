// A token bucket that never waits: it says how long a refused caller has to, each one a little longer than the last.

export interface BucketSize {
  readonly burst: number;
  readonly perSecond: number;
}

export class TokenBucket {
  readonly #size: BucketSize;
  #tokens: number;
  /** Tokens to come that callers were told to come back for. */
  #promised = 0;
  #atMs: number;

  constructor(size: BucketSize, nowMs: number) {
    this.#size = size;
    this.#tokens = size.burst;
    this.#atMs = nowMs;
  }

  /** Takes a token and returns 0, or takes none and returns the time after which one should be free. */
  take(nowMs: number): number {
    this.#refill(nowMs);
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    this.#promised += 1;
    return (1000 * (this.#promised - this.#tokens)) / this.#size.perSecond;
  }

  /** Takes tokens that the caller needs in any case; the others wait for it. */
  charge(tokens: number, nowMs: number): void {
    this.#refill(nowMs);
    this.#tokens = Math.max(-this.#size.burst, this.#tokens - tokens);
  }

  /** Whole tokens that are there now. */
  left(nowMs: number): number {
    this.#refill(nowMs);
    return Math.max(0, Math.floor(this.#tokens));
  }

  #refill(nowMs: number): void {
    const grown = (Math.max(0, nowMs - this.#atMs) / 1000) * this.#size.perSecond;
    this.#atMs = Math.max(this.#atMs, nowMs);
    this.#tokens = Math.min(this.#size.burst, this.#tokens + grown);
    this.#promised = Math.max(0, this.#promised - grown);
  }
}
