// When a claim is too old, by its own expireAfter (pure).
import type { Claim } from '../../apis/claim.ts';
import { isOrdered, pauseAnnotation } from '../annotations.ts';
import type { Policies } from '../policies.ts';

export type Expiry =
  | { readonly is: 'never' }
  | { readonly is: 'later'; readonly inMs: number }
  /** Too old, and a person keeps it: `would` is for the log, once. */
  | { readonly is: 'held'; readonly by: 'paused' | 'reportOnly' }
  | { readonly is: 'due' };

export interface ExpiryView {
  readonly claim: Claim;
  readonly ours: boolean;
  /** API server time. */
  readonly nowMs: number;
  readonly policies: Pick<Policies, 'paused' | 'reportOnly'>;
}

/** Counted from the creation of the claim, as Karpenter counts it; the age of its Node is of no matter. */
export function expiryOf({ claim, ours, nowMs, policies }: ExpiryView): Expiry {
  const { expireAfterMs } = claim.spec;
  if (!ours || expireAfterMs === undefined || claim.deletingSince !== undefined) return { is: 'never' };
  const inMs = claim.createdAt.getTime() + expireAfterMs - nowMs;
  if (inMs > 0) return { is: 'later', inMs };
  if (policies.paused || isOrdered(claim, pauseAnnotation)) return { is: 'held', by: 'paused' };
  return policies.reportOnly ? { is: 'held', by: 'reportOnly' } : { is: 'due' };
}
