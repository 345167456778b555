// What a failure of Azure means to the rest of the project: one shape for a refused call and for a pool that failed.
import type { CauseReason } from './cause-guides.ts';

/**
 * What can be done about it.
 * - `retry`: nothing was done, try again.
 * - `conflict`: something else is at work on the cluster or the pool; wait.
 * - `precondition`: what we knew of this pool is out of date; look, then decide.
 * - `refused`: only a person, quota or time helps.
 * - `config`: credentials, rights, or the names of subscription, group and cluster are wrong.
 * - `throttled`: wait as long as Azure says.
 * - `unknownOutcome`: a write may or may not have been done; only a look can tell.
 */
export type CauseKind = 'retry' | 'conflict' | 'refused' | 'config' | 'precondition' | 'throttled' | 'unknownOutcome';

export interface Cause {
  /** From the error table; an API for users. */
  readonly reason: CauseReason;
  readonly kind: CauseKind;
  /** At most 200 bytes: the cause in plain words, its numbers, the next step. */
  readonly headline: string;
  /** ARM's code and ids for a support request; goes after the headline. */
  readonly detail: string;
  /** Azure has no machine of this size at this place now. */
  readonly capacity: boolean;
  /** The pace that the cause deserves. */
  readonly retry: { readonly minMs: number; readonly maxMs: number };
  /** A pool in a failed state is, or may be, left behind and has to be deleted. */
  readonly leavesPool: boolean;
}
