// What a test or a demo may ask of the emulated region: its pace, its limits and its mishaps.
import type { Fault } from './faults.ts';

/** Durations in emulated seconds; the time scale divides them. */
export interface Timing {
  /** From an accepted PUT to Succeeded. */
  readonly createSeconds: number;
  /** From an accepted PUT until the machine exists; a lack of capacity shows then. */
  readonly allocateSeconds: number;
  /** From an accepted PUT until the node joins; may lie before or after Succeeded. */
  readonly joinSeconds: number;
  readonly deleteSeconds: number;
  /** Updating and Scaling. */
  readonly updateSeconds: number;
  /** Stopping and Starting, of a pool or of the cluster. */
  readonly powerSeconds: number;
  /** Upgrading, for each node; the control plane takes as long once. */
  readonly upgradeSeconds: number;
  /** A deletion that budgets block fails after this. */
  readonly drainSeconds: number;
  /** A machine that is repaired is away for so long. */
  readonly repairSeconds: number;
}

/** How the next pools that match fare. Absent fields match everything. */
export interface PoolPlan {
  readonly pool?: string;
  readonly vmSize?: string;
  /** How many accepted PUTs it serves; absent: all. */
  readonly times?: number;
  readonly createSeconds?: number;
  readonly allocateSeconds?: number;
  readonly joinSeconds?: number;
  readonly deleteSeconds?: number;
  /** `never`: the machine runs but no Node appears. */
  readonly node?: 'joins' | 'never';
  /** The creation is accepted and fails later; `machine: 'kept'` leaves a machine whose node joins at joinSeconds. */
  readonly fail?: Failure & { readonly machine?: 'kept' | 'none' };
  /** The operation's URL says InProgress for ever while the pool goes on (AKS#1968). */
  readonly operation?: 'hangs';
  /** `blocked`: a DELETE without ignore-pod-disruption-budget fails with PodDrainFailure. */
  readonly budgets?: 'blocked';
  /** A deletion is accepted and fails later, so many times (default 1) before one succeeds. */
  readonly failDeletion?: Failure & { readonly times?: number };
}

/** What status.provisioningError and the operation say in the end. */
export interface Failure {
  /** From the accepted request; absent: the operation's usual duration. */
  readonly afterSeconds?: number;
  readonly code: string;
  readonly message: string;
}

interface Quotas {
  /** vCPUs by family; a family that is not named has no limit. */
  readonly families?: Readonly<Record<string, number>>;
  /** All vCPUs of the region, and those of spot pools. */
  readonly regionalCores?: number;
  readonly spotCores?: number;
}

export interface AksScript {
  readonly timing?: Partial<Timing>;
  /** Every answer waits this long, in real milliseconds. */
  readonly latencyMs?: number;
  /** Token buckets of AKS and ARM as documented; refilled as fast as time runs here. */
  readonly throttling?: 'on' | 'off';
  readonly retired?: 'accept' | 'refuse';
  readonly quotas?: Quotas;
  /** Whether a lack of quota refuses the PUT or fails the operation. */
  readonly quotaReport?: 'request' | 'operation';
  /** Machines the region has left by size: one number, or by zone. A size that is not named never runs out. */
  readonly capacity?: Readonly<Record<string, number | Readonly<Record<string, number>>>>;
  /** Zones of the region; empty: none. */
  readonly zones?: readonly string[];
  readonly plans?: readonly PoolPlan[];
  readonly faults?: readonly Fault[];
  /** Pools on a page of a LIST; the last page is always empty. */
  readonly pageSize?: number;
  /** Actions that the caller's role lacks, such as `Microsoft.ContainerService/managedClusters/agentPools/write`. */
  readonly deny?: readonly string[];
  /** Of the tokens that the token endpoint issues, in real seconds; absent: an hour. */
  readonly tokenLifetimeSeconds?: number;
  /** What a DELETE does while the cluster starts: Azure accepts it and the start fails (kaito#2075). */
  readonly deleteDuringStart?: 'breaksStart' | 'conflict';
  /** What a second DELETE answers while the first runs; no public source tells. */
  readonly deleteWhileDeleting?: 'accepted' | 'gone' | 'conflict';
  /** Whether machines of a pool that is created or started again get the old numbers; no public source tells. */
  readonly numbering?: 'reuse' | 'continue';
}

/** Measured durations of a small GPU size, rounded. */
export const usualTiming: Timing = {
  createSeconds: 180,
  allocateSeconds: 40,
  joinSeconds: 150,
  deleteSeconds: 30,
  updateSeconds: 20,
  powerSeconds: 120,
  upgradeSeconds: 180,
  drainSeconds: 600,
  repairSeconds: 60,
};
