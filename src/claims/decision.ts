// What decide answers: one step for act.ts, one face for the status, and the events that belong to the row.
import type { AgentPoolBody } from '../azure/pool-body.ts';
import type { WantedCondition } from '../apis/conditions.ts';
import type { Face } from './faces.ts';
import type { ClaimRecord, Intent, LastAnswer } from './annotations.ts';
import type { DrainTask } from './drain.ts';
import type { NodeView } from './node-view.ts';

/** The rows of the state table (docs/lifecycle.md); each test and each log line names one. */
export const rows = [
  'P0',
  'P3',
  'P4',
  'A0',
  'A1',
  'A2',
  'A3',
  'A4',
  'A5',
  'A6',
  'A7',
  'A8',
  'A9',
  'A10',
  'A11',
  'A12',
  'A13',
  'A14',
  'A15',
  'A16',
  'A17',
  'Adopt',
  'B0',
  'B1',
  'B2',
  'B2f',
  'B3',
  'B4',
  'B5',
  'B6',
  'B7',
  'B8',
  'B9',
  'B10',
  'B11',
  'B12',
  'C0',
  'C1',
  'C2',
  'C3',
  'C4',
  'C5',
  'C6',
  'C7',
  'C8',
  'C9',
  'C10',
  'C11',
  'C12',
] as const;
export type Row = (typeof rows)[number];

export type Step =
  | { readonly do: 'nothing' }
  /** One GET of the pool; decide runs again on what it shows. */
  | { readonly do: 'look' }
  /** The finalizer comes back: somebody took it off a claim that has, or may have, a pool. */
  | { readonly do: 'secure' }
  /** Finalizer and intent first, acknowledged; then one PUT. */
  | {
      readonly do: 'create';
      readonly body: AgentPoolBody;
      readonly intent: Omit<Intent, 'at'>;
      readonly record: ClaimRecord;
    }
  /** One look at the machines of the pool; decide runs again on what it shows. */
  | { readonly do: 'countMachines' }
  /** One LIST of the events of the Node; decide runs again on what it shows. */
  | { readonly do: 'askPlatform'; readonly nodeName: string }
  /** The record as it should be; nothing goes to ARM. */
  | { readonly do: 'remember'; readonly record: ClaimRecord }
  /**
   * Unless a live LIST shows a Ready Node: the claim is bound to nothing any more and its pool has to go (A11) before the
   * next one is asked for. Nobody asked for it, so restraint counts it unless a DELETE follows that is counted.
   */
  | {
      readonly do: 'recreate';
      /** In words. */
      readonly why: string;
      readonly record: ClaimRecord;
      /** Absent for a pool that was adopted: there never was one. */
      readonly intent?: Intent;
      /** The pool is gone already. */
      readonly poolIsGone: boolean;
    }
  /** One DELETE of the claim, under its uid. */
  | { readonly do: 'deleteClaim' }
  /** Write the record of a pool that the Go provisioner made for this claim; nothing goes to ARM. */
  | { readonly do: 'adopt'; readonly record: ClaimRecord }
  /** The Node gets finalizer, owner, labels and taints; then the claim's record names it. */
  | { readonly do: 'register'; readonly node: NodeView; readonly record: ClaimRecord }
  /** The bound Node is brought in line when it is not; `initialize` puts our label on it. */
  | { readonly do: 'sync'; readonly node: NodeView; readonly initialize: boolean }
  /** The record forgets its Node, so that table A takes over. */
  | { readonly do: 'unbind'; readonly record: ClaimRecord }
  /** One DELETE, If-Match. `answer` is kept in the record first, so that the next PUT waits its time. */
  | {
      readonly do: 'deletePool';
      readonly poolName: string;
      readonly etag: string;
      readonly ignorePodDisruptionBudget: boolean;
      /** Of a live claim: a Ready Node in a live LIST stops it. */
      readonly unlessNodeReady: boolean;
      /** Nobody asked for it (A11): it is counted by restraint. */
      readonly isUnasked?: boolean;
      readonly answer?: LastAnswer;
    }
  /** Cordon and taint every Node of the pool, then evict from those that are up. */
  | ({ readonly do: 'drain' } & DrainTask)
  /** Our finalizer and owner reference go; `remove` deletes the Node objects too. */
  | { readonly do: 'releaseNodes'; readonly nodes: readonly NodeView[]; readonly remove: boolean }
  /** The claim's finalizer goes; `isForced`: whatever becomes of its pool. */
  | { readonly do: 'releaseClaim'; readonly nodes: readonly NodeView[]; readonly isForced?: boolean };

export interface ClaimEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** Told once in a claim's life by this process; or once for each of the things that this names. */
  readonly once?: true | string;
}

export interface Decision {
  readonly row: Row;
  readonly step: Step;
  readonly face: Face;
  /** Of a deleting claim: Drained and InstanceTerminating. */
  readonly terminating?: readonly WantedCondition[];
  /** What the status says of the Node it is bound to. */
  readonly bound?: NodeView;
  readonly events?: readonly ClaimEvent[];
  /** Conditions of ours beside the milestones, such as GPUReady. */
  readonly extra?: readonly WantedCondition[];
  /** Something that nobody asked for is due on the pool; done no sooner than a later pass (restraint.ts). */
  readonly wishes?: boolean;
  /** P2: the step that is left undone, in words. */
  readonly heldBack?: { readonly by: 'paused' | 'reportOnly'; readonly would: string };
  /** Look again then, should nothing happen before. */
  readonly wakeAfterMs?: number;
}
