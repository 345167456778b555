// The refusals of a claim, kept on it for people to read: capacity hides its numbers behind KAITO's literal otherwise.
import type { Claim } from '../apis/claim.ts';
import type { Cause } from '../azure/cause.ts';
import { attemptsAnnotation } from './annotations.ts';
import type { Intent } from './annotations.ts';

const remembered = 5;

/** Newest last. */
export function attemptsWith(claim: Claim, cause: Cause, { attempt, at, size }: Intent): readonly object[] {
  const entry = { attempt, at, size, reason: cause.reason, message: cause.headline, detail: cause.detail };
  return [...attemptsOf(claim), entry].slice(-remembered);
}

function attemptsOf({ annotations }: Claim): readonly object[] {
  try {
    const value: unknown = JSON.parse(annotations[attemptsAnnotation] ?? '[]');
    return Array.isArray(value) ? value.filter((entry) => typeof entry === 'object' && entry !== null) : [];
  } catch {
    return []; // a person's edit; it starts anew
  }
}
