// What was thrown while a call ran, as the one error that the rest of the project knows; the only place that maps them.
import { cleanText, failureOf, failureOfError } from './arm-answer.ts';
import { ArmError, localCodes, type ArmFailure } from './arm-errors.ts';
import type { RunningCall } from './arm-pipeline.ts';
import { CredentialFailed } from './credentials.ts';
import { DeadlineExceeded } from '../kube/deadline.ts';
import { MalformedAnswer } from './json.ts';

// What can happen to a connection that says nothing of ARM, and that another try may not meet.
const socketCodes: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

export function isSocketError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && socketCodes.has(error.code);
}

/**
 * An ArmError; or, unchanged, what `beforeSend` threw or the signal's reason when nothing was sent or nothing could have
 * been done. A write that left before the abort is an ArmError, for nobody knows whether it was carried out.
 */
export function armErrorOf(running: RunningCall, thrown: unknown, now: Date): unknown {
  if (running.refusal !== undefined) return running.refusal.error;
  const { lastAnswer, signal } = running;
  const isRefused = lastAnswer !== undefined && lastAnswer.status >= 400;
  if (!isRefused && signal.aborted && !mayHaveRun(running)) return signal.reason;
  const failure: ArmFailure =
    lastAnswer === undefined || thrown instanceof CredentialFailed
      ? failureWithoutAnswer(running, thrown)
      : isRefused
        ? failureOf(lastAnswer, now)
        : { status: lastAnswer.status, code: localCodes.malformed, armMessage: textOf(thrown) };
  return new ArmError(running.call, failure, { cause: thrown });
}

function failureWithoutAnswer({ signal }: RunningCall, thrown: unknown): ArmFailure {
  if (thrown instanceof CredentialFailed) {
    const { subcode } = thrown;
    const armMessage = cleanText(thrown.message);
    return { code: localCodes.credential, ...(subcode === undefined ? {} : { subcode }), armMessage };
  }
  if (thrown instanceof DeadlineExceeded) return { code: localCodes.timeout, armMessage: thrown.message };
  if (signal.aborted) return { code: localCodes.aborted, armMessage: 'Given up while Azure had not answered yet' };
  return failureOfError(thrown);
}

function mayHaveRun({ call, sent }: RunningCall): boolean {
  return sent > 0 && (call.operation === 'create' || call.operation === 'delete');
}

function textOf(thrown: unknown): string {
  const text = cleanText(thrown instanceof Error ? thrown.message : String(thrown));
  return thrown instanceof MalformedAnswer ? text : `not JSON as specified: ${text}`;
}
