// The API server's clock, as far as its Date headers show it: for ages of things that it stamped.
import type { Clock } from '../clock.ts';

/**
 * A Date header has whole seconds, so each answer only says between which bounds the difference of the clocks lies. The
 * bounds are narrowed with each answer; as long as they allow it the clocks are taken to agree.
 */
export class ServerTime {
  readonly #clock: Clock;
  #leastMs = Number.NEGATIVE_INFINITY;
  #mostMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): Date {
    const offsetMs = Math.min(this.#mostMs, Math.max(this.#leastMs, 0));
    return new Date(this.#clock.now().getTime() + offsetMs);
  }

  /** An answer said `header`; its request was sent at `sentAt` by our clock. One that cannot be read is left out. */
  saw(header: string, sentAt: Date): void {
    const secondMs = Date.parse(header);
    if (Number.isNaN(secondMs)) return;
    const leastMs = secondMs - this.#clock.now().getTime();
    const mostMs = secondMs + 1000 - sentAt.getTime();
    // Our wall clock jumped between the two.
    if (leastMs > mostMs) return;
    const agrees = leastMs <= this.#mostMs && mostMs >= this.#leastMs;
    this.#leastMs = agrees ? Math.max(this.#leastMs, leastMs) : leastMs;
    this.#mostMs = agrees ? Math.min(this.#mostMs, mostMs) : mostMs;
  }
}
