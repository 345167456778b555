// One row of the table of reasons: the guide, and where the reason is seen.
import type { Guide } from '../../apis/guide.ts';
import type { PlanWarning } from '../../azure/vm-size.ts';
import type { Reason } from '../reasons.ts';

/**
 * Of a condition the name on a NodeClaim; the first three have the prefix Machine on a Machine. `gate` and `pools` are no
 * conditions: the state of the gate, and the ledger of pools.
 */
export type Place =
  | 'Launched'
  | 'Registered'
  | 'Initialized'
  | 'Ready'
  | 'GPUReady'
  | 'Drained'
  | 'InstanceTerminating'
  | 'gate'
  | 'pools';

export interface EventRow {
  readonly type: 'Normal' | 'Warning';
  /**
   * Whose event it is. The lease stands for the cluster, and for pools, which are no objects of it. The Deployment is the
   * controller's own; where it is not found, the lease stands for it, too.
   */
  readonly about: 'claim' | 'Node' | 'lease' | 'Deployment';
  readonly when: string;
}

export interface ReasonRow extends Guide {
  /** Where it stands. Ready is named where it says so first; else it repeats the first of the three that is not True. */
  readonly on: readonly Place[];
  readonly event?: EventRow;
}

/** Besides those of Azure's own answers (azure/cause-guides.ts). */
export type ClaimReason = Reason | PlanWarning['reason'];

export type Rows = Readonly<Partial<Record<ClaimReason, ReasonRow>>>;

export const nothingToDo = 'Nothing.';

export function normal(when: string, about: EventRow['about'] = 'claim'): EventRow {
  return { type: 'Normal', about, when };
}

export function warning(when: string, about: EventRow['about'] = 'claim'): EventRow {
  return { type: 'Warning', about, when };
}

/** Of reasons that a claim may fall back to. */
export const lostReady = warning('Ready was True and is not any more');
