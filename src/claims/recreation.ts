// Recreation: the same claim gets another pool in place of one that holds no instance any more (rows A0, A11).
import type { ClaimRecord, Intent } from './annotations.ts';
import { unboundRecord } from './binding.ts';
import type { ClaimEvent, Decision, Step } from './decision.ts';
import type { Why } from './faces.ts';
import { failedDeletionOf } from './failed-deletion.ts';
import type { DecideInput, PresentPool } from './input.ts';
import { specHashOf } from './ownership.ts';
import { isPresent } from './pool-state.ts';
import { reasons } from './reasons.ts';
import { unasked } from './unasked.ts';

/** What fails three times a day is not mended by a fourth, and each costs minutes of a GPU. */
const mostADay = 3;
const dayMs = 24 * 3_600_000;

export type Renewal =
  /** What the claim's metadata says from then on. `intent` is absent for a pool that was adopted: there never was one. */
  | { readonly ok: true; readonly record: ClaimRecord; readonly intent?: Intent }
  | { readonly ok: false; readonly event: ClaimEvent; readonly wakeAfterMs?: number };

/** The claim as it is to forget its pool, which is replaced because of `why`; a limited number of times a day. */
export function renewalOf({ claim, intent, now, plan, pool, poolName, record }: DecideInput, why: string): Renewal {
  if (!plan.ok)
    return { ok: false, event: warning({ reason: reasons.InvalidSpec, message: plan.message }, plan.message) };
  const day = new Date(now.apiMs).toISOString().slice(0, 10);
  const times = record?.recreated?.day === day ? record.recreated.times : 0;
  if (times >= mostADay) {
    const message = `Agent pool "${poolName}" was replaced ${times} times today, which is the limit; it goes on tomorrow (UTC). ${why}`;
    const event = warning({ reason: reasons.RecreationLimit, message }, day);
    return { ok: false, event, wakeAfterMs: Date.parse(day) + dayMs - now.apiMs };
  }
  const last: ClaimRecord = record ?? { pool: poolName, specHash: specHashOf(claim.spec) };
  return {
    ok: true,
    record: {
      ...unboundRecord(last),
      ...(isPresent(pool) ? { poolId: pool.pool.id } : {}),
      recreating: true,
      recreated: { day, times: times + 1 },
    },
    // The time stays: a Node of the old pool that comes back in the last moment is still this claim's.
    ...(intent === undefined ? {} : { intent: { ...intent, attempt: intent.attempt + 1 } }),
  };
}

/**
 * The pool is to be made again because of `why`, which the claim shows by `idle` until the step is due. `before` may ask
 * for another step first, in its place.
 */
export function recreation(
  input: DecideInput,
  idle: Decision,
  { why, before }: { readonly why: string; readonly before?: () => Step | undefined },
): Decision {
  const renewal = renewalOf(input, why);
  if (!renewal.ok) {
    const { event, wakeAfterMs } = renewal;
    const told = { ...idle, events: [...(idle.events ?? []), event] };
    return wakeAfterMs === undefined ? told : { ...told, wakeAfterMs };
  }
  const { ok: _ok, ...next } = renewal;
  return unasked(input, idle, () => before?.() ?? { do: 'recreate', why, ...next, poolIsGone: !isPresent(input.pool) });
}

/** A0 while something stands in the way, A11 from the look on that the DELETE leans on. */
export function replaceOldPool(input: DecideInput, pool: PresentPool, events: readonly ClaimEvent[]): Decision {
  const { now, timings } = input;
  const idle: Decision = { row: 'A0', step: { do: 'nothing' }, face: { face: 'waiting', ...replacing(input) }, events };
  // A deletion that Azure accepted and failed at is tried again in time, as A10 does.
  const failure = failedDeletionOf(input, pool);
  const wait = failure === undefined ? 0 : failure.sinceMs + timings.lateNodeMs - now.ms;
  if (wait > 0 && failure?.unrecorded !== undefined)
    return { ...idle, step: { do: 'remember', record: failure.unrecorded }, events: [], wakeAfterMs: wait };
  if (wait > 0) return { ...idle, wakeAfterMs: wait };
  const decision = unasked(input, idle, (etag) =>
    etag === undefined
      ? { do: 'look' }
      : {
          do: 'deletePool',
          poolName: pool.pool.name,
          etag,
          ignorePodDisruptionBudget: true,
          unlessNodeReady: true,
          isUnasked: true,
        },
  );
  return decision.step.do === 'nothing' ? decision : { ...decision, row: 'A11' };
}

export function replacing({ poolName }: DecideInput): Why {
  return {
    reason: reasons.Replacing,
    message: `Agent pool "${poolName}" is being replaced: deleted, then asked for again`,
  };
}

function warning({ reason, message }: Why, once: string): ClaimEvent {
  return { type: 'Warning', reason, message, once };
}
