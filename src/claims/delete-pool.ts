// The DELETE: one request that names the version whose ownership was proved, and what its answer means (rows A10, C8, C10).
import type { Claim } from '../apis/claim.ts';
import type { KubeObject } from '../apis/wire.ts';
import type { Cause } from '../azure/cause.ts';
import { holdFor, lookNow } from './arm-outcome.ts';
import type { Hands } from './arm-outcome.ts';
import { attemptsWith } from './attempts.ts';
import type { Step } from './decision.ts';
import { tell } from './events.ts';
import { acceptedDeletions } from './failed-deletion.ts';
import type { DecideInput, Instant, Memory } from './input.ts';
import { mayStill } from './last-questions.ts';
import { instantOf } from './observe.ts';
import { reasons } from './reasons.ts';
import { eventText } from './refusal.ts';
import { sendDelete } from './send-delete.ts';

type Delete = Extract<Step, { readonly do: 'deletePool' }>;

/** At once so often, then every 15 s: who changes a pool without end is not raced (row C10). */
const promptRetries = 3;
const slowRetryMs = 15_000;

/**
 * At most one DELETE. Resolves with the claim as it is afterwards, also when ARM refuses: that is remembered. Throws what
 * the API server refused and NotLeading, both before anything went to ARM.
 */
export async function deletePool<T extends KubeObject>(
  step: Delete,
  input: DecideInput,
  hands: Hands<T>,
): Promise<Claim> {
  const { context, memories, pass } = hands;
  const isOfLive = step.unlessNodeReady;
  if (isOfLive && !(await mayStill(step.isUnasked === true ? 'replace' : 'cleanUp', input, hands))) return input.claim;
  const claim = await remembering(step, input, hands);
  const note = (deleted: NonNullable<Memory['deleted']>, hold?: Memory['holdUntil']): void => {
    memories.note(claim.uid, input.now, { deleted, holdUntil: hold });
  };
  const answer = await sendDelete(step, {
    inventory: context.inventory,
    pass,
    onSend: () => {
      if (step.isUnasked === true) context.restraint.note(step.poolName);
      note({
        endedAt: instantOf(context),
        outcome: 'unknown',
        preconditions: input.memory.deleted?.preconditions ?? 0,
        accepted: input.memory.deleted?.accepted,
      });
    },
  });
  if (answer !== 'accepted') {
    await refused(answer, step, { ...input, claim }, hands);
    return claim;
  }
  const accepted = acceptedDeletions(input) + 1;
  note({ endedAt: instantOf(context), outcome: 'accepted', preconditions: 0, accepted });
  context.log.info({ claim: claim.name, pool: step.poolName }, 'agent pool deletion requested');
  tell(context, claim, {
    type: 'Normal',
    reason: reasons.PoolDeletionRequested,
    message: `Azure accepted the deletion of agent pool "${step.poolName}"${purposeOf(step)}`,
  });
  return claim;
}

/** Of a live claim, which goes on without this pool. */
function purposeOf({ isUnasked, unlessNodeReady }: Delete): string {
  if (!unlessNodeReady) return '';
  return isUnasked === true ? ', which is to be replaced' : ', which failed; another one is asked for in time';
}

/** Why the pool failed goes into the record before the pool does, and beside it what people may want to read. */
async function remembering<T extends KubeObject>(
  { answer }: Delete,
  { claim, intent, poolFailure, record }: DecideInput,
  { pass, writer }: Hands<T>,
): Promise<Claim> {
  if (answer === undefined || record === undefined) return claim;
  const attempts =
    poolFailure === undefined || intent === undefined ? {} : { attempts: attemptsWith(claim, poolFailure, intent) };
  return writer.metadata(claim, { record: { ...record, lastAnswer: answer }, ...attempts }, pass.signal);
}

async function refused<T extends KubeObject>(
  cause: Cause,
  step: Delete,
  input: DecideInput,
  hands: Hands<T>,
): Promise<void> {
  const { context, memories } = hands;
  const { claim } = input;
  const now = instantOf(context);
  context.log.warn(
    { claim: claim.name, pool: step.poolName, reason: cause.reason, detail: cause.detail },
    'agent pool not deleted',
  );
  const { preconditions: before = 0, accepted } = input.memory.deleted ?? {};
  const preconditions = cause.kind === 'precondition' ? before + 1 : 0;
  const outcome = cause.kind === 'unknownOutcome' ? 'unknown' : 'refused';
  const hold =
    cause.kind !== 'precondition'
      ? holdFor(cause, now, context.random)
      : preconditions < promptRetries
        ? undefined
        : after(now, slowRetryMs);
  memories.note(claim.uid, now, {
    deleted: { endedAt: now, outcome, cause, preconditions, accepted },
    holdUntil: hold,
  });
  if (cause.kind === 'precondition' || cause.kind === 'unknownOutcome') await lookNow(step.poolName, hands);
  else tell(context, claim, { type: 'Warning', reason: cause.reason, message: eventText(cause) });
}

function after({ ms, apiMs }: Instant, waitMs: number): Instant {
  return { ms: ms + waitMs, apiMs: apiMs + waitMs };
}
