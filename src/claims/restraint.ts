// Restraint: what nobody asked for (repair, recreation, collection, a deleted Node taken for an order) is done slowly, and not at all to many at once.
import type { Clock } from '../clock.ts';
import type { Why } from './faces.ts';
import type { DisruptionLimits } from './policies.ts';
import { reasons } from './reasons.ts';

/** A storm is seen as one only after all of it was wished for. */
const wishAgeMs = 10_000;
/** Who still wants it says so with each pass; a claim's pass comes every minute or so while something is due. */
const wishKeptMs = 5 * 60_000;
/** A permit is for the call that follows: a look, then the DELETE, each of 30 s at most. */
const permitKeptMs = 60_000;
const minuteMs = 60_000;
const hourMs = 3_600_000;
/** The breaker falls when wishes do, which nobody announces. */
const breakerPollMs = 30_000;

export interface RestraintOptions {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** How many pools are ours now. */
  readonly ours: () => number;
  /** A person lifts the breaker; the caps stay. */
  readonly allowMass: () => boolean;
  readonly limits: DisruptionLimits;
}

interface Cap {
  readonly acts: number;
  readonly withinMs: number;
  readonly words: string;
}

/** How many of so many pools may be lost at once without a person's leave. */
export function breakerOf(
  ours: number,
  { disruptionLeast, disruptionShare }: Pick<DisruptionLimits, 'disruptionLeast' | 'disruptionShare'>,
): number {
  return Math.max(disruptionLeast, Math.floor((ours * disruptionShare) / 100));
}

/** Why an act has to wait, and when to ask again. */
export interface Restrained extends Why {
  readonly retryAfterMs: number;
}

interface Wish {
  readonly sinceMs: number;
  renewedMs: number;
  permittedMs?: number;
}

/**
 * One for the process. A wish is made, and renewed in each pass, when an act on a pool is due; `refusal` then says why it has
 * to wait. Keys are names of pools. All in memory: a new leader begins with none, and its gate is closed for ten minutes.
 */
export class Restraint {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #ours: () => number;
  readonly #allowMass: () => boolean;
  readonly #limits: DisruptionLimits;
  readonly #caps: readonly Cap[];
  readonly #wishes = new Map<string, Wish>();
  #acts: readonly number[] = [];

  constructor({ clock, ours, allowMass, limits }: RestraintOptions) {
    this.#clock = clock;
    this.#ours = ours;
    this.#allowMass = allowMass;
    this.#limits = limits;
    this.#caps = [
      { acts: limits.disruptionsPerMinute, withinMs: minuteMs, words: 'a minute' },
      { acts: limits.disruptionsPerHour, withinMs: hourMs, words: 'an hour' },
    ];
  }

  /** An act on this pool is due, or still is. */
  wish(key: string): void {
    const nowMs = this.#expire();
    const wish = this.#wishes.get(key);
    if (wish === undefined) this.#wishes.set(key, { sinceMs: nowMs, renewedMs: nowMs });
    else wish.renewedMs = nowMs;
  }

  /** The act is not due any more. */
  drop(key: string): void {
    this.#wishes.delete(key);
  }

  /**
   * Why the act has to wait. `undefined` is a permit: until `note`, `drop` or a minute later it counts like an act that was
   * carried out, so that many workers that ask at once do not all go.
   */
  refusal(key: string): Restrained | undefined {
    const nowMs = this.#expire();
    const wish = this.#wishes.get(key);
    if (this.tripped) return this.#mass();
    const ageMs = wish === undefined ? 0 : nowMs - wish.sinceMs;
    if (wish === undefined || ageMs < wishAgeMs) return pending(wishAgeMs - ageMs);
    const taken = [...this.#acts, ...this.#permitsBut(key)];
    for (const cap of this.#caps) {
      const within = taken.filter((atMs) => nowMs - atMs < cap.withinMs).toSorted((a, b) => a - b);
      const [oldest] = within;
      if (oldest === undefined || within.length < cap.acts) continue;
      return capped(cap, oldest + cap.withinMs - nowMs);
    }
    wish.permittedMs = nowMs;
    return undefined;
  }

  /** The act is being carried out: to be called right before its request is sent, whatever becomes of it. */
  note(key: string): void {
    this.#acts = [...this.#acts, this.#expire()];
    this.#wishes.delete(key);
  }

  /** How many acts are wished for at once. */
  get wishes(): number {
    this.#expire();
    return this.#wishes.size;
  }

  /** Whether more is wished for at once than may be, so that nothing is done at all. */
  get tripped(): boolean {
    return this.wishes > this.#breaker() && !this.#allowMass();
  }

  #breaker(): number {
    return breakerOf(this.#ours(), this.#limits);
  }

  #permitsBut(key: string): readonly number[] {
    return [...this.#wishes].flatMap(([other, { permittedMs }]) =>
      other === key || permittedMs === undefined ? [] : [permittedMs],
    );
  }

  #expire(): number {
    const nowMs = this.#clock.monotonicMs();
    this.#acts = this.#acts.filter((atMs) => nowMs - atMs < hourMs);
    for (const [key, wish] of this.#wishes) {
      if (nowMs - wish.renewedMs >= wishKeptMs) this.#wishes.delete(key);
      else if (wish.permittedMs !== undefined && nowMs - wish.permittedMs >= permitKeptMs) delete wish.permittedMs;
    }
    return nowMs;
  }

  #mass(): Restrained {
    const counts = `${this.#wishes.size} of ${this.#ours()} pools would be deleted or replaced at once, ${this.#breaker()} may be`;
    return {
      reason: reasons.MassDisruption,
      message: `${counts}: look for one cause of them all, or set --allow-mass-deletion`,
      retryAfterMs: breakerPollMs,
    };
  }
}

function pending(retryAfterMs: number): Restrained {
  return {
    reason: reasons.DisruptionPending,
    message: 'Due; it waits for some seconds, to see whether the same is due for many pools',
    retryAfterMs,
  };
}

function capped({ acts, words }: Cap, retryAfterMs: number): Restrained {
  const wait =
    retryAfterMs < 90_000 ? `${Math.ceil(retryAfterMs / 1000)} s` : `${Math.ceil(retryAfterMs / 60_000)} min`;
  return {
    reason: reasons.DisruptionCapped,
    message: `Due; it goes on in ${wait}: pools are deleted or replaced unasked, ${acts} ${words} at most`,
    retryAfterMs,
  };
}
