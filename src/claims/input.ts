// What decide looks at: all of it data, gathered once for a pass (observe.ts).
import type { Claim } from '../apis/claim.ts';
import type { AgentPool, PoolPhase } from '../azure/pool.ts';
import type { PoolPlan } from '../azure/pool-plan.ts';
import type { Cause } from '../azure/cause.ts';
import type { ClaimRecord, Intent } from './annotations.ts';
import type { Gate } from './gate.ts';
import type { NodeView } from './node-view.ts';
import type { Owner } from './ownership.ts';
import type { PlatformWord } from './platform-events.ts';
import type { Policies } from './policies.ts';
import type { Restrained } from './restraint.ts';
import type { Timings } from './timings.ts';

/** Two clocks: `ms` is monotonic and ours, `apiMs` is the API server's wall clock. They are never compared. */
export interface Instant {
  readonly ms: number;
  readonly apiMs: number;
}

export interface PresentPool {
  readonly phase: PoolPhase;
  readonly owner: Owner;
  readonly pool: AgentPool;
  /** When the request that showed this began. */
  readonly startedAt: Instant;
  /** By our own clock. */
  readonly since: Instant;
  /** A GET of this very pool showed it. */
  readonly live: boolean;
}

export type PoolState =
  | { readonly phase: 'unknown'; readonly why: string }
  | { readonly phase: 'absent'; readonly proof: 'get404' | 'list'; readonly startedAt: Instant }
  | PresentPool;

/** What this process remembers of a claim: lost by a restart without harm, since looking finds it out again. */
export interface Memory {
  /** Since when this process has known the claim. */
  readonly firstSeen: Instant;
  /** The last PUT of this claim from this process. */
  readonly put?:
    | {
        readonly attempt: number;
        /** When its answer, or the failure to get one, came. */
        readonly endedAt: Instant;
        readonly outcome: 'accepted' | 'refused' | 'unknown';
        readonly cause?: Cause;
      }
    | undefined;
  /** When the last PUT ended whose answer never came: it may still be carried out, whatever a later PUT was told. */
  readonly unanswered?: Instant | undefined;
  /** The last DELETE of this claim's pool from this process. */
  readonly deleted?:
    | {
        readonly endedAt: Instant;
        readonly outcome: 'accepted' | 'refused' | 'unknown';
        readonly cause?: Cause;
        /** How often in a row it met a newer version of the pool. */
        readonly preconditions: number;
        /** How many were accepted since the last PUT, by the record also of earlier leaders': each but the first follows one that failed in Azure. */
        readonly accepted?: number | undefined;
      }
    | undefined;
  /** What the last look at ARM on this claim's behalf failed with, and how many in a row did. */
  readonly lookFailed?: { readonly at: Instant; readonly cause: Cause; readonly times: number } | undefined;
  /** When two live looks had to agree: the start of the first that showed the pool absent. */
  readonly firstAbsent?: Instant | undefined;
  /** No ARM write for this claim before then: a conflict, a precondition, a busy cluster. */
  readonly holdUntil?: Instant | undefined;
  /** Draining: what stands in the way, from the last look at the pods. */
  readonly drain?: DrainProgress | undefined;
  /** The last look at the machines of the pool, and since which look without a break there were none. */
  readonly machines?: MachinesLook | undefined;
  readonly noMachinesSince?: Instant | undefined;
  /** For how long the claim has had no fit Node, while nothing at work on cluster or pool explains it. */
  readonly unfit?: Unfit | undefined;
  /** Since when something that nobody asked for is due on its pool (restraint.ts). */
  readonly wished?: Instant | undefined;
  /** What was last told of a step that is held back (P2). */
  readonly heldBack?: string | undefined;
  /** This process wrote the very first intent of the claim: no earlier leader has asked Azure for anything. */
  readonly wroteFirstIntent?: boolean;
  /** Events that are told once in a claim's life. */
  readonly told: ReadonlySet<string>;
}

/** The instances of a pool as `GET agentPools/{p}/machines` names them; `unknown`: Azure did not answer. */
export type Machines = readonly string[] | 'unknown';

export interface MachinesLook {
  /** When the request began. */
  readonly startedAt: Instant;
  readonly machines: Machines;
}

/** A clock that stands still now and then. */
export interface Unfit {
  readonly forMs: number;
  /** Up to when it was counted. */
  readonly at: Instant;
  /** Whether it was running then. */
  readonly runs: boolean;
  /** There is no bound Node, rather than one that is not fit. */
  readonly isGone: boolean;
  /** What AKS's own controllers had said of the Node when the API server was last asked; absent: nobody asked yet. */
  readonly platform?: { readonly askedAt: Instant; readonly word?: PlatformWord };
}

export interface DrainProgress {
  readonly at: Instant;
  /** Pods and volumes that have to go. */
  readonly pending: number;
  /** In words: which pod, and what keeps it. */
  readonly blocked?: string;
  /** The names of the VolumeAttachments that are left; looked for when the pods are gone. */
  readonly volumes?: readonly string[];
}

export interface DecideInput {
  readonly now: Instant;
  readonly claim: Claim;
  /** Whose claims we serve: by reference and selector. */
  readonly ours: boolean;
  readonly plan: PoolPlan;
  /** The name that the pool has or would have. */
  readonly poolName: string;
  readonly pool: PoolState;
  /** Nodes of the pool, and the one that the record names. */
  readonly nodes: readonly NodeView[];
  readonly intent: Intent | undefined;
  readonly record: ClaimRecord | undefined;
  readonly memory: Memory;
  readonly term: { readonly startedAt: Instant };
  /** When the answer of our last write for this pool name came, in this process. */
  readonly lastWriteAnswered: Instant | undefined;
  /** A size that starts slowly: ND, or eight GPUs. */
  readonly largeSize: boolean;
  /** What a failed or canceled pool says of its cause. */
  readonly poolFailure: Cause | undefined;
  readonly timings: Timings;
  readonly policies: Policies;
  readonly gate: Gate;
  /** Why what is due on the pool unasked must wait; undefined: it may be done, or nothing was wished for. */
  readonly restrained: Restrained | undefined;
}
