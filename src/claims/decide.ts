// The lifecycle's one decision: what is, in; what to do next and what to say, out. No I/O, no clock, no random.
import { conditionOf } from '../apis/conditions.ts';
import { finalizer } from './annotations.ts';
import type { Decision } from './decision.ts';
import { conditionTypes } from './faces.ts';
import { withGpuCondition } from './gpu-readiness/gpu-condition.ts';
import { holdBack } from './hold-back.ts';
import type { DecideInput } from './input.ts';
import { specHashOf } from './ownership.ts';
import { isPresent } from './pool-state.ts';
import { reasons } from './reasons.ts';
import { tableA } from './table-a.ts';
import { tableB } from './table-b.ts';
import { tableC } from './table-c.ts';

/** Clocks of API servers may step back a little; nobody's does by more. */
const farFutureMs = 5 * 60_000;

/** Rows are tried from top to bottom, first match wins (docs/lifecycle.md 3). At most one ARM write follows. */
export function decide(observed: DecideInput): Decision {
  const input = withoutFarFuture(observed);
  const { claim, ours, record, plan, intent } = input;
  if (!ours && record === undefined) return { row: 'P0', step: { do: 'nothing' }, face: { face: 'none' } };
  if (claim.deletingSince !== undefined)
    return claim.finalizers.includes(finalizer)
      ? holdBack(input, tableC(input))
      : { row: 'P3', step: { do: 'nothing' }, face: { face: 'none' } };
  const registered = record?.boundUid !== undefined;
  if (!plan.ok && !registered && intent === undefined && !hasOwnPool(input))
    return {
      row: 'P4',
      step: { do: 'nothing' },
      face: { face: 'refused', reason: reasons.InvalidSpec, message: plan.message },
    };
  const decision = withSpecChange(input, registered ? tableB(input) : tableA(input));
  const whole = withGpuCondition(input, withFinalizer(input, withPoolId(input, decision)));
  return holdBack(input, firstSpeak(input, whole));
}

/** An intent is written with the API server's time, so one from the future is a person's edit: nothing waits for it. */
function withoutFarFuture(input: DecideInput): DecideInput {
  const { intent, now } = input;
  return intent !== undefined && Date.parse(intent.at) - now.apiMs > farFutureMs
    ? { ...input, intent: undefined }
    : input;
}

function hasOwnPool({ pool }: DecideInput): boolean {
  return 'owner' in pool && pool.owner.owner === 'mine';
}

/** The patch that says what Azure accepted may have met another one, or a crash: the record is made whole by looking. */
function withPoolId({ pool, record }: DecideInput, decision: Decision): Decision {
  const isIdle = decision.step.do === 'nothing' || decision.step.do === 'sync';
  if (!isIdle || record === undefined || record.poolId !== undefined || !isPresent(pool)) return decision;
  if (pool.phase === 'deleting' || pool.owner.owner !== 'mine' || pool.owner.proof !== 'tags') return decision;
  return { ...decision, step: { do: 'remember', record: { ...record, poolId: pool.pool.id } } };
}

/** Without it a deletion would leave the pool behind; people and their tools take it off with a replace. */
function withFinalizer(input: DecideInput, decision: Decision): Decision {
  const { claim, intent, record } = input;
  if (claim.finalizers.includes(finalizer)) return decision;
  const hasPool = hasOwnPool(input) || intent !== undefined || record !== undefined;
  return hasPool && decision.step.do !== 'create' ? { ...decision, step: { do: 'secure' } } : decision;
}

/** A claim without conditions gets its first status in a pass of its own: within a second, before any write to ARM. */
function firstSpeak({ claim }: DecideInput, decision: Decision): Decision {
  const spoken = conditionOf(claim.status.conditions, conditionTypes[claim.kind].launched) !== undefined;
  if (spoken || decision.step.do === 'nothing' || decision.step.do === 'adopt') return decision;
  return { ...decision, step: { do: 'nothing' }, wakeAfterMs: 0 };
}

/** P5: what was launched stays what it is, whatever a Machine's spec says later. */
function withSpecChange({ claim, record }: DecideInput, decision: Decision): Decision {
  const accepted = record?.poolId !== undefined;
  if (!accepted || record.specHash === specHashOf(claim.spec)) return decision;
  return {
    ...decision,
    events: [
      ...(decision.events ?? []),
      {
        type: 'Warning',
        reason: reasons.SpecChangedAfterLaunch,
        message: `The spec of this ${claim.kind} was edited after its agent pool was made; the pool stays as it is. Delete the ${claim.kind} and create it anew to change it`,
        once: true,
      },
    ],
  };
}
