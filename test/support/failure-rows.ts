// How a row of the catalogue of ARM's failures is written down: what Azure said, and what is to come of it.
import { ArmError, ArmNotNow, type ArmFailure, type ArmOperation } from '../../src/azure/arm-errors.ts';
import type { Cause, CauseKind } from '../../src/azure/cause.ts';
import { causeOf, causeOfProvisioning } from '../../src/azure/causes.ts';

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;

interface Expected {
  readonly reason: string;
  readonly kind: CauseKind;
  /** Of its beginning and of its longest. */
  readonly pace: readonly [minMs: number, maxMs: number];
  /** What the headline must say, numbers and names. */
  readonly says: readonly string[];
  /** The beginning of the next step. */
  readonly next: string;
  readonly capacity?: boolean;
}

export type FailureRow = readonly [row: string, cause: () => Cause, expected: Expected];

/** An answer to a PUT, unless another operation is named. */
export function answer(
  status: number,
  code: string,
  armMessage: string,
  operation: ArmOperation = 'create',
): () => Cause {
  return () => causeOf(new ArmError({ operation, pool: 'ws1' }, { status, code, armMessage }));
}

/** A pool that Azure accepted and that failed later. */
export function later(code: string, message: string): () => Cause {
  return () => causeOfProvisioning({ code, message });
}

export function without(failure: ArmFailure): () => Cause {
  return () => causeOf(new ArmError({ operation: 'create', pool: 'ws1' }, failure));
}

/** A PUT that AKS throttled, with the time that it asked for. */
export function throttled(retryAfterMs: number, armMessage: string): () => Cause {
  const answered = new ArmError({ operation: 'create', pool: 'ws1' }, { status: 429, code: 'Throttled', armMessage });
  return () => causeOf(new ArmNotNow('x', { retryAfterMs, answer: answered }));
}
