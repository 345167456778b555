// What nobody asked for: the pool of a live claim is replaced, or the claim deleted. All of it has to pass here.
import type { Decision, Step } from './decision.ts';
import { permits } from './gate.ts';
import type { DecideInput } from './input.ts';
import { isPresent } from './pool-state.ts';
import { holdMs, isFreshAbsence, liveEtag, lookWaitMs, unversionedMs } from './proof.ts';
import { reasons } from './reasons.ts';

/** What is due is done in a later pass than the first, so that many at once are seen as one (restraint.ts). */
const firstWishMs = 10_000;
/** A wish is renewed with each pass and forgotten without. */
const renewMs = 60_000;

/**
 * `idle` is what the claim shows meanwhile; `step` is asked when the gate is open, restraint has room, and a look not older
 * than liveProof shows the pool with the eTag it is given, or shows that it is gone.
 */
export function unasked(input: DecideInput, idle: Decision, step: (etag: string | undefined) => Step): Decision {
  const { gate, memory, pool, restrained } = input;
  if (!permits(gate, 'replace')) return idle;
  const due = { ...idle, wishes: true };
  if (memory.wished === undefined) return { ...due, wakeAfterMs: firstWishMs };
  if (restrained !== undefined) {
    const { message, reason, retryAfterMs } = restrained;
    const storm = { type: 'Warning', reason, message, once: `${memory.wished.ms}` } as const;
    return {
      ...due,
      events: [...(idle.events ?? []), ...(reason === reasons.MassDisruption ? [storm] : [])],
      wakeAfterMs: Math.min(retryAfterMs, renewMs),
    };
  }
  const wait = Math.max(holdMs(input), lookWaitMs(input), isPresent(pool) ? unversionedMs(pool, input) : 0);
  if (wait > 0) return { ...due, wakeAfterMs: Math.min(wait, renewMs) };
  const etag = isPresent(pool) ? liveEtag(pool, input) : undefined;
  if (etag === undefined && !isFreshAbsence(input)) return { ...due, step: { do: 'look' } };
  return { ...due, step: step(etag) };
}
