// What a refusal of ARM becomes on a claim: a reason, a first line that says the cause, and the time of the next try.
import { causeOfProvisioning } from '../azure/causes.ts';
import type { Cause } from '../azure/cause.ts';
import type { ClaimKind } from '../apis/claim.ts';
import type { LastAnswer } from './annotations.ts';
import type { Face, Why } from './faces.ts';
import type { DecideInput } from './input.ts';
import { kaitoNoCapacity, reasons } from './reasons.ts';

/**
 * The words on the condition. Without capacity a Machine says KAITO's literal and nothing else, a NodeClaim contains it
 * (contract/kaito.md M6); the numbers are in the event and in the attempts annotation.
 */
function conditionMessage(cause: Cause, kind: ClaimKind): string {
  if (!cause.capacity) return causeText(cause);
  return kind === 'Machine' ? kaitoNoCapacity : `${kaitoNoCapacity}: ${causeText(cause)}`;
}

/** The cause first, then ARM's code and ids for whoever asks Azure's support. */
export function causeText({ headline, detail }: Cause): string {
  return detail === '' ? headline : `${headline} (${detail})`;
}

/** The words of an event: without the ids of the answer, by which each would be another and none a repetition. */
export function eventText({ headline }: Cause): string {
  return headline;
}

/** The answer to remember, with the time before which no other PUT goes out: the same reason again waits twice as long. */
export function answerOf(cause: Cause, input: DecideInput): LastAnswer {
  const before = input.record?.lastAnswer;
  const times = before?.reason === cause.reason ? before.times + 1 : 1;
  const waitMs = Math.min(cause.retry.minMs * 2 ** Math.min(times - 1, 16), cause.retry.maxMs);
  return {
    attempt: input.intent?.attempt ?? 1,
    face: cause.kind === 'refused' || cause.kind === 'config' ? 'refused' : 'waiting',
    reason: cause.reason,
    message: conditionMessage(cause, input.claim.kind),
    retryAt: new Date(input.now.apiMs + waitMs).toISOString(),
    times,
  };
}

/** The answer that a failed or canceled pool amounts to: whatever its cause, the pool is no node. */
export function refusalOf(input: DecideInput): LastAnswer {
  return { ...answerOf(input.poolFailure ?? causeOfProvisioning(undefined), input), face: 'refused' };
}

export function refusedFace({ reason, message }: LastAnswer): Face {
  return { face: 'refused', reason, message };
}

export function lastAnswerOf({ face, reason, message }: LastAnswer): Face {
  return { face, reason, message };
}

/** What ARM refused stays on the claim until the next PUT is accepted. */
export function refusedOr({ intent, record }: DecideInput, face: Face): Face {
  const last = record?.lastAnswer;
  return last === undefined || last.attempt !== intent?.attempt ? face : lastAnswerOf(last);
}

/** Nothing is known of the pools, or a look at this one failed: its cause and nothing before it, for KAITO shows 256 bytes. */
export function awaitingAzure({ memory, pool, poolName }: DecideInput): Why {
  // Without the ids of the answer: each failure has others, and a status that changes with each is written each time.
  const failed = memory.lookFailed?.cause.headline ?? (pool.phase === 'unknown' ? pool.why : undefined);
  return {
    reason: reasons.AwaitingAzure,
    message: failed ?? `Waiting for Azure to say what it has under "${poolName}"`,
  };
}
