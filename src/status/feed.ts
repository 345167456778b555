// The status feed: what a controller knows of claims, pools and Azure, as JSON for the page, the CLI and anybody's script.
import type { ClaimKind } from '../apis/claim.ts';

/** Of the metrics port; any replica answers there, and nothing in the answer is secret. */
export const feedPath = '/status';

/** Fields are added to a version, never taken away; times are RFC 3339 in UTC, absent fields are unknown. */
export interface StatusFeed {
  readonly version: 1;
  /** When this was put together, by the clock of the API server, which stamps the times below. */
  readonly at: string;
  /** Of the replica that answers: it is also the holder's name in the lease. */
  readonly instance: string;
  readonly build: string;
  /** Whether this replica leads. One that stands by shows what it sees, and acts on nothing. */
  readonly leads: boolean;
  readonly cluster: { readonly subscriptionId: string; readonly resourceGroup: string; readonly name: string };
  readonly azure: FeedAzure;
  readonly gate: FeedGate;
  /** What keeps this replica from knowing or doing its part, beside Azure and the gate; absent: nothing does. */
  readonly lacks?: readonly FeedLack[];
  /** Claims that this controller serves, those that need somebody first. */
  readonly claims: readonly FeedClaim[];
  /** Every agent pool of the cluster, as Azure last showed it, by name. */
  readonly pools: readonly FeedPool[];
  /** Durations that this process has seen. */
  readonly expectations: readonly FeedExpectation[];
  /** By reason, for each reason in this answer that is known. */
  readonly guides: Readonly<Record<string, FeedGuide>>;
  /** So many more there are: an answer is bounded. */
  readonly omitted: { readonly claims: number; readonly pools: number };
}

export interface FeedAzure {
  readonly ok: boolean;
  readonly detail: string;
  /** Since the last complete LIST of the pools began. */
  readonly inventoryAgeSeconds?: number;
  /** Azure asked for nothing to be sent for so much longer, of some kind of request; absent: for none. */
  readonly throttledSeconds?: number;
  /** Requests that Azure said within five minutes are left, by kind. */
  readonly remaining: { readonly reads?: number; readonly writes?: number; readonly deletes?: number };
}

/** A check of `/readyz?verbose` that fails. */
export interface FeedLack {
  readonly name: string;
  readonly detail: string;
}

export interface FeedGate {
  readonly state: 'open' | 'settling' | 'closed';
  readonly reason?: string;
  readonly message?: string;
}

export type FeedPhaseName = 'launching' | 'registering' | 'initializing' | 'ready' | 'deleting';

export interface FeedPhase {
  readonly name: FeedPhaseName;
  readonly since: string;
  /** Absent: it still lasts. */
  readonly until?: string;
  readonly reason?: string;
  readonly message?: string;
}

/** `none`: it is well, or on its way. `late`: on its way for longer than usual. `stuck`: it will not get on by waiting. */
export type FeedAttention = 'none' | 'late' | 'stuck';

export interface FeedClaim {
  readonly kind: ClaimKind;
  readonly name: string;
  readonly uid: string;
  readonly vmSize?: string;
  readonly phase: FeedPhaseName;
  readonly attention: FeedAttention;
  /** Why it is not Ready, or why it is not gone; of a Ready claim why it is not well all the same. */
  readonly reason?: string;
  readonly message?: string;
  readonly node?: string;
  readonly pool: string;
  /** `namespace/name`, where the claim's labels name one. */
  readonly workspace?: string;
  readonly createdAt: string;
  readonly deletingSince?: string;
  /** Oldest first. */
  readonly timeline: readonly FeedPhase[];
  /** List price of its pool as it runs now: 0 without one, absent where the price is unknown. */
  readonly usdPerHour?: number;
  /** That the size has; absent for sizes that are not known. */
  readonly gpus?: number;
}

/** As the leader's ledger has it, or what a replica that stands by takes it for. */
export type FeedOwnership = 'owned' | 'orphan' | 'orphan_in_use' | 'ambiguous' | 'foreign' | 'unknown';

export interface FeedPool {
  readonly name: string;
  readonly ownership: FeedOwnership;
  /** The claim that has it, or that its tags name. */
  readonly owner?: { readonly kind: ClaimKind; readonly name: string; readonly uid: string };
  /** Of table E (docs/lifecycle.md). */
  readonly row?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly vmSize: string;
  readonly count: number;
  /** provisioningState as Azure wrote it. */
  readonly state: string;
  /** Since this replica has known it as what it is. */
  readonly ageSeconds: number;
  /** List price of its nodes that run; absent where it is unknown. */
  readonly usdPerHour?: number;
}

export interface FeedExpectation {
  readonly vmSize: string;
  /** How long the phase took; of `ready`: from creation to Ready. */
  readonly phase: FeedPhaseName;
  readonly count: number;
  readonly p50Seconds: number;
  readonly p90Seconds: number;
}

export interface FeedGuide {
  readonly means: string;
  readonly todo: string;
}
