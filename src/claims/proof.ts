// When a look at ARM is good enough: for a DELETE to lean on, and for an absence to be believed (docs/lifecycle.md 1).
import type { DecideInput, Instant, PresentPool } from './input.ts';

/** Creation times have whole seconds. */
const creationLeewayMs = 1000;

/** An Azure that is down is asked by each claim once a minute at least, as the shared LIST asks it. */
const longestLookWaitMs = 60_000;

/**
 * The barrier: when an absent pool is proof, by the start of the look that showed it, in monotonic ms. A plain absence
 * is enough to PUT (If-None-Match makes a second one harmless); letting a finalizer go takes this.
 */
function barrierMs(input: DecideInput): number {
  const { claim, intent, lastWriteAnswered, memory, now, record, term, timings } = input;
  const toMs = (apiMs: number): number => now.ms + (apiMs - now.apiMs);
  const barriers = [Number.NEGATIVE_INFINITY];
  if (lastWriteAnswered !== undefined) barriers.push(lastWriteAnswered.ms);
  if (intent !== undefined && !isAnswered(input)) barriers.push(toMs(Date.parse(intent.at) + timings.unknownOutcomeMs));
  // A PUT of ours without an answer may land as late as this after we gave up on it.
  if (memory.unanswered !== undefined) barriers.push(memory.unanswered.ms + timings.unknownOutcomeMs);
  if (mayBeInherited(input)) barriers.push(term.startedAt.ms + timings.termQuarantineMs);
  // Nothing of ours is on the claim, and the Go provisioner leaves no note: its pool may be as young as the claim.
  if (intent === undefined && record === undefined) barriers.push(toMs(claim.createdAt.getTime() + creationLeewayMs));
  return Math.max(...barriers);
}

/**
 * Whether an earlier leader may have a PUT for this claim under way. None has seen a claim that is younger than this term.
 * Creation times have whole seconds: of a claim of the very second in which the term began, our own first intent proves as
 * much, for each PUT is preceded by an intent, and ours was written to a version of the claim that had none.
 */
function mayBeInherited({ claim, memory, term }: DecideInput): boolean {
  const createdMs = claim.createdAt.getTime();
  if (createdMs > term.startedAt.apiMs) return false;
  const isOfThatSecond = createdMs + 1000 > term.startedAt.apiMs;
  return !(isOfThatSecond && memory.wroteFirstIntent === true);
}

/** Whether ARM's answer to the PUT of the current intent is known. */
export function isAnswered({ intent, memory, record }: DecideInput): boolean {
  if (intent === undefined) return true;
  if (memory.put?.attempt === intent.attempt) return memory.put.outcome !== 'unknown';
  return record?.poolId !== undefined || record?.lastAnswer?.attempt === intent.attempt;
}

/** The absence that `input` shows is proof, or how long until a look that begins then would be. */
export function proofOfAbsence(
  input: DecideInput,
  startedAt: Instant,
): { proved: true } | { proved: false; inMs: number } {
  const barrier = barrierMs(input);
  return startedAt.ms > barrier ? { proved: true } : { proved: false, inMs: Math.max(0, barrier + 1 - input.now.ms) };
}

/** The eTag to put in If-Match: of a GET not older than liveProof, still ours. Undefined: look first. */
export function liveEtag(pool: PresentPool, input: DecideInput): string | undefined {
  const isFresh = pool.live && input.now.ms - pool.startedAt.ms <= input.timings.liveProofMs;
  return isFresh ? pool.pool.etag : undefined;
}

/** A GET not older than liveProof shows that there is no such pool. */
export function isFreshAbsence({ now, pool, timings }: DecideInput): boolean {
  return pool.phase === 'absent' && pool.proof === 'get404' && now.ms - pool.startedAt.ms <= timings.liveProofMs;
}

/** How long to wait before the next look at a pool that Azure shows without an eTag: no DELETE can name its version. */
export function unversionedMs(pool: PresentPool, { now }: DecideInput): number {
  return pool.live && pool.pool.etag === undefined ? Math.max(0, pool.startedAt.ms + longestLookWaitMs - now.ms) : 0;
}

/** How long a GET on this claim's behalf has to wait after those that failed, each longer than the last; 0: it may go out. */
export function lookWaitMs({ memory, now }: DecideInput): number {
  if (memory.lookFailed === undefined) return 0;
  const { at, cause, times } = memory.lookFailed;
  const longestMs = Math.max(cause.retry.minMs, longestLookWaitMs);
  const waitMs = Math.min(cause.retry.minMs * 2 ** Math.min(times - 1, 16), longestMs);
  return Math.max(0, at.ms + waitMs - now.ms);
}

/** How long ARM writes for this claim are held back: a conflict, a precondition, an earlier failure. */
export function holdMs({ memory, now }: DecideInput): number {
  return memory.holdUntil === undefined ? 0 : Math.max(0, memory.holdUntil.ms - now.ms);
}
