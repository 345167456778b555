// What this process remembers of the pools that have no claim: since when, what it asked, and how long it holds back.
import type { ClaimIdentity } from '../../apis/claim.ts';
import type { ClaimAnswer } from './owner-source.ts';

export interface Orphan {
  readonly owner: ClaimIdentity;
  /** Of Clock.monotonicMs, as every time here. */
  readonly sinceMs: number;
  /** The last answer of the API server. That a uid is gone stays true: none is ever given twice. */
  answer: ClaimAnswer | undefined;
  /** No DELETE before then. */
  holdUntilMs: number;
  /** Restraint knows that the pool is to go. */
  wished: boolean;
  /** Reasons of events that were told. */
  readonly told: Set<string>;
}

/** By the name of the pool; another owner is another orphan. In memory alone: a new leader begins to wait anew. */
export class Orphans {
  readonly #byPool = new Map<string, Orphan>();

  note(pool: string, owner: ClaimIdentity, nowMs: number): Orphan {
    const known = this.#byPool.get(pool);
    if (known?.owner.uid === owner.uid) return known;
    const orphan: Orphan = {
      owner,
      sinceMs: nowMs,
      answer: undefined,
      holdUntilMs: nowMs,
      wished: known?.wished ?? false,
      told: new Set(),
    };
    this.#byPool.set(pool, orphan);
    return orphan;
  }

  /** Those that are none any more, of which restraint may still be waiting to hear. */
  *forgetAllBut(pools: ReadonlySet<string>): Generator<string> {
    for (const [pool, { wished }] of this.#byPool) {
      if (pools.has(pool)) continue;
      this.#byPool.delete(pool);
      if (wished) yield pool;
    }
  }
}
