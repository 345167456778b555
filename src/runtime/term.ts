// A term of leadership, as everything that writes sees it: whether it may, and a signal that ends with it.
import type { Clock } from '../clock.ts';

export interface Term {
  /** Of Clock.monotonicMs: when this process learned that it leads. */
  readonly startedAtMs: number;
  /** Aborts when the term ends; give it to every write. */
  readonly signal: AbortSignal;
  /** Ask right before each write to a cloud: false as soon as the lease can no longer be proved. */
  mayWrite(): boolean;
}

/** The lease is lost. The process must exit at once: what it has under way may collide with the next leader's work. */
export class LeaseLost extends Error {
  readonly code = 'LEASE_LOST';

  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'LeaseLost';
  }
}

/** The term of a process that runs without leader election: it starts now and ends with `signal`. */
export function soleTerm({ clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal }): Term {
  return { startedAtMs: clock.monotonicMs(), signal, mayWrite: () => !signal.aborted };
}

export interface LeasedTermOptions {
  readonly clock: Clock;
  /** When the request that took the lease began. */
  readonly provedAtMs: number;
  /** For how long the start of a good renewal proves the lease. */
  readonly proofMs: number;
}

/** A term that lasts as long as its lease is renewed. */
export class LeasedTerm implements Term {
  readonly startedAtMs: number;
  readonly #clock: Clock;
  readonly #proofMs: number;
  readonly #end = new AbortController();
  #provedAtMs: number;

  constructor({ clock, provedAtMs, proofMs }: LeasedTermOptions) {
    this.startedAtMs = clock.monotonicMs();
    this.#clock = clock;
    this.#provedAtMs = provedAtMs;
    this.#proofMs = proofMs;
  }

  get signal(): AbortSignal {
    return this.#end.signal;
  }

  mayWrite(): boolean {
    return !this.signal.aborted && this.provedForMs() > 0;
  }

  /** Milliseconds for which the lease is still proved. */
  provedForMs(): number {
    return this.#provedAtMs + this.#proofMs - this.#clock.monotonicMs();
  }

  /** A renewal succeeded whose request began at `startMs`. */
  renewed(startMs: number): void {
    this.#provedAtMs = startMs;
  }

  end(reason: LeaseLost): void {
    this.#end.abort(reason);
  }
}
