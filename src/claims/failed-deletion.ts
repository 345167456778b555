// A deletion that Azure accepted and failed at: when that was, and how often in a row. The record keeps it for the next leader.
import type { ClaimRecord } from './annotations.ts';
import type { DecideInput, PresentPool } from './input.ts';
import { specHashOf } from './ownership.ts';
import { isBroken } from './pool-state.ts';

/** API servers' clocks may step back a little; a time beyond this is a person's edit, and nothing waits for it. */
const farFutureMs = 5 * 60_000;

/** Until the next try of a claim's last deletion (C12); doubled with each in a row. */
const firstPaceMs = 60_000;
const slowestPaceMs = 600_000;

export interface FailedDeletion {
  /** By our own clock. */
  readonly sinceMs: number;
  readonly times: number;
  /** The record as it is to be; absent when it says so already. */
  readonly unrecorded?: ClaimRecord;
}

/** Undefined: the pool has not failed, or nobody knows of a deletion that it failed at. What this process saw comes first. */
export function failedDeletionOf(input: DecideInput, pool: PresentPool): FailedDeletion | undefined {
  const { claim, memory, now, poolName, record } = input;
  if (!isBroken(pool)) return undefined;
  const recorded = record?.failedDeletion;
  if (memory.deleted?.outcome !== 'accepted') {
    const ageMs = recorded === undefined ? Number.NEGATIVE_INFINITY : now.apiMs - Date.parse(recorded.at);
    return recorded === undefined || ageMs < -farFutureMs
      ? undefined
      : { sinceMs: now.ms - ageMs, times: recorded.times };
  }
  const { accepted: times = 1 } = memory.deleted;
  const failure = { sinceMs: pool.since.ms, times };
  // Each has a number of its own, so that it is written once.
  if (recorded?.times === times) return failure;
  const last: ClaimRecord = record ?? { pool: poolName, specHash: specHashOf(claim.spec) };
  const failedDeletion = { at: new Date(pool.since.apiMs).toISOString(), times };
  return { ...failure, unrecorded: { ...last, failedDeletion } };
}

/** How many deletions of this pool Azure accepted until now, by whichever process they were asked for. */
export function acceptedDeletions({ memory, record }: Pick<DecideInput, 'memory' | 'record'>): number {
  return memory.deleted?.accepted ?? record?.failedDeletion?.times ?? 0;
}

export function deletionPaceMs(times: number): number {
  return Math.min(firstPaceMs * 2 ** Math.min(times - 1, 16), slowestPaceMs);
}
