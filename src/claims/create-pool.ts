// The PUT: intent on the claim first, one request, and what its answer means for the next pass (row A5).
import type { Claim } from '../apis/claim.ts';
import type { KubeObject } from '../apis/wire.ts';
import type { PoolLook } from '../azure/pool.ts';
import { causeOf } from '../azure/causes.ts';
import type { Cause } from '../azure/cause.ts';
import type { Intent } from './annotations.ts';
import { holdFor, isOfAzure, lookNow } from './arm-outcome.ts';
import type { Hands } from './arm-outcome.ts';
import { attemptsWith } from './attempts.ts';
import { NotLeading } from './context.ts';
import type { Step } from './decision.ts';
import { tell } from './events.ts';
import type { DecideInput } from './input.ts';
import { labelsFromSpec } from './labels.ts';
import { instantOf } from './observe.ts';
import { reasons } from './reasons.ts';
import { answerOf, eventText } from './refusal.ts';

type Create = Extract<Step, { readonly do: 'create' }>;

/**
 * At most one PUT. Resolves with the claim as it is afterwards, also when ARM refuses: that is remembered. Throws what
 * the API server refused and NotLeading, both before anything went to ARM.
 */
export async function createPool<T extends KubeObject>(
  step: Create,
  input: DecideInput,
  hands: Hands<T>,
): Promise<Claim> {
  const { context, writer, pass } = hands;
  const intent: Intent = { ...step.intent, at: new Date(input.now.apiMs).toISOString() };
  const claim = await writer.metadata(
    input.claim,
    { finalizer: 'add', labels: labelsFromSpec(input.claim, intent.size), intent, record: step.record },
    pass.signal,
  );
  if (input.intent === undefined && input.record === undefined) {
    hands.memories.note(claim.uid, input.now, { wroteFirstIntent: true });
    context.life?.created(claim, 'provisioned');
  }
  const answer = await put(step, { ...input, claim }, intent, hands);
  if ('refused' in answer) return refused(answer.refused, step, { ...input, claim, intent }, hands);
  context.inventory.hurry();
  const { name } = claim;
  context.log.info(
    { claim: name, pool: intent.pool, vmSize: intent.size, attempt: intent.attempt },
    'agent pool requested',
  );
  tell(context, claim, {
    type: 'Normal',
    reason: reasons.PoolRequested,
    message: `Azure accepted agent pool "${intent.pool}" (${intent.size}) and is creating it`,
  });
  if (answer.accepted.seen !== 'present') return claim;
  return writer.metadata(claim, { record: { ...step.record, poolId: answer.accepted.pool.id } }, pass.signal);
}

async function put<T extends KubeObject>(
  step: Create,
  { claim, memory, now }: DecideInput,
  { pool, attempt }: Intent,
  { context, memories, pass }: Hands<T>,
): Promise<{ readonly accepted: PoolLook } | { readonly refused: Cause }> {
  const note = (outcome: 'accepted' | 'unknown'): void => {
    const endedAt = instantOf(context);
    const unanswered = outcome === 'unknown' ? endedAt : memory.unanswered;
    // What became of an earlier pool says nothing of this one.
    const begun = { holdUntil: undefined, deleted: undefined } as const;
    memories.note(claim.uid, now, { ...begun, put: { attempt, endedAt, outcome }, unanswered });
  };
  try {
    const accepted = await context.inventory.create(pool, step.body, {
      signal: AbortSignal.any([pass.signal, pass.term.signal]),
      beforeSend: () => {
        if (!pass.term.mayWrite()) throw new NotLeading();
        // Until an answer says otherwise, the PUT may have been carried out.
        note('unknown');
      },
    });
    note('accepted');
    return { accepted };
  } catch (error) {
    if (!isOfAzure(error)) throw error;
    return { refused: causeOf(error) };
  }
}

async function refused<T extends KubeObject>(
  cause: Cause,
  step: Create,
  input: DecideInput & { readonly intent: Intent },
  hands: Hands<T>,
): Promise<Claim> {
  const { context, memories, writer, pass } = hands;
  const { claim, intent } = input;
  const now = instantOf(context);
  const fields = { claim: claim.name, pool: intent.pool, reason: cause.reason, detail: cause.detail };
  context.log.warn(fields, 'agent pool not created');
  tell(context, claim, { type: 'Warning', reason: cause.reason, message: eventText(cause) });
  const ended = { attempt: intent.attempt, endedAt: now, cause } as const;
  switch (cause.kind) {
    case 'unknownOutcome':
      context.inventory.hurry();
      memories.note(claim.uid, now, { put: { ...ended, outcome: 'unknown' }, unanswered: now });
      return claim;
    case 'precondition':
    case 'conflict':
    case 'retry':
    case 'throttled':
      memories.note(claim.uid, now, {
        put: { ...ended, outcome: 'refused' },
        unanswered: input.memory.unanswered,
        holdUntil: holdFor(cause, now, context.random),
      });
      // Something of this name exists: whose it is, the next pass decides on a look.
      if (cause.kind === 'precondition') await lookNow(intent.pool, hands);
      return claim;
    case 'refused':
    case 'config': {
      memories.note(claim.uid, now, {
        put: { ...ended, outcome: 'refused' },
        unanswered: input.memory.unanswered,
      });
      const record = { ...step.record, lastAnswer: answerOf(cause, { ...input, now }) };
      return writer.metadata(claim, { record, attempts: attemptsWith(claim, cause, intent) }, pass.signal);
    }
  }
}
