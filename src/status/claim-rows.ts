// A claim as a row of the status feed, and the order of the rows: those that need somebody come first (pure).
import type { Claim } from '../apis/claim.ts';
import { gpuCatalogue, isLargeSize } from '../azure/catalogue.ts';
import { PlanRefused } from '../azure/plan-refused.ts';
import type { AgentPool } from '../azure/pool.ts';
import { vmSizeOf } from '../azure/vm-size.ts';
import { usdPerHourOf } from '../claims/collection/ledger.ts';
import { poolOfClaim } from '../claims/observe.ts';
import type { Timings } from '../claims/timings.ts';
import { attentionOf } from './attention.ts';
import type { FeedAttention, FeedClaim, FeedPhase, FeedPhaseName } from './feed.ts';
import { timelineOf } from './timeline.ts';
import type { Phase } from './timeline.ts';

export interface ClaimRowContext {
  readonly now: Date;
  readonly timings: Timings;
  /** Those that are proved to be a claim's, by its uid. */
  readonly pools: ReadonlyMap<string, AgentPool>;
  /** Azure tells of its pools: one that is not among them is not there. */
  readonly poolsKnown: boolean;
}

// A message of Azure's can be of any length, and an answer carries thousands of them. All of it is on the claim.
const longestMessage = 1000;

const rank: Readonly<Record<FeedAttention, number>> = { stuck: 0, late: 1, none: 2 };
const phaseRank: Readonly<Record<FeedPhaseName, number>> = {
  launching: 0,
  registering: 1,
  initializing: 2,
  deleting: 3,
  ready: 4,
};

/** The size that its requirements ask for; undefined: they ask for none, or for nonsense. */
export function sizeOf({ spec }: Pick<Claim, 'spec'>): string | undefined {
  try {
    return vmSizeOf(spec.requirements);
  } catch (error) {
    if (error instanceof PlanRefused) return undefined;
    throw error;
  }
}

/** Stuck ones, late ones, those on their way, those that are well; in each the one that has been so for longest. */
export function claimRows(claims: Iterable<Claim>, context: ClaimRowContext): readonly FeedClaim[] {
  return [...claims].map((claim) => rowOf(claim, context)).toSorted(byNeed);
}

function rowOf(claim: Claim, { now, pools, poolsKnown, timings }: ClaimRowContext): FeedClaim {
  const { createdAt, deletingSince, kind, labels, name, status, uid } = claim;
  const { phases, current } = timelineOf(claim, now);
  const phase: Phase = current ?? { name: 'launching', since: createdAt };
  const pool = pools.get(uid);
  const vmSize = pool?.vmSize ?? sizeOf(claim);
  const gpus = vmSize === undefined ? undefined : gpuCatalogue.find(vmSize)?.gpuCount;
  const workspace = labels['kaito.sh/workspace'];
  const usdPerHour = pool === undefined ? (poolsKnown ? 0 : undefined) : usdPerHourOf(pool);
  const largeSize = vmSize !== undefined && isLargeSize(vmSize);
  return {
    kind,
    name,
    uid,
    ...(vmSize === undefined ? {} : { vmSize }),
    phase: phase.name,
    attention: attentionOf(claim, phase, { now, timings, largeSize }),
    ...whyOf(phase),
    ...(status.nodeName === undefined || status.nodeName === '' ? {} : { node: status.nodeName }),
    pool: poolOfClaim(claim),
    ...(workspace === undefined ? {} : { workspace: `${labels['kaito.sh/workspacenamespace'] ?? ''}/${workspace}` }),
    createdAt: createdAt.toISOString(),
    ...(deletingSince === undefined ? {} : { deletingSince: deletingSince.toISOString() }),
    timeline: phases.map(feedPhase),
    ...(usdPerHour === undefined ? {} : { usdPerHour }),
    ...(gpus === undefined ? {} : { gpus }),
  };
}

function feedPhase(phase: Phase): FeedPhase {
  const { name, since, until } = phase;
  return {
    name,
    since: since.toISOString(),
    ...(until === undefined ? {} : { until: until.toISOString() }),
    ...whyOf(phase),
  };
}

function whyOf({ reason, message }: Phase): Pick<FeedPhase, 'reason' | 'message'> {
  return {
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message: shortened(message) }),
  };
}

/** Between code points, so that half of a pair is never sent. */
function shortened(message: string): string {
  return message.length <= longestMessage
    ? message
    : `${message.slice(0, longestMessage).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

function byNeed(a: FeedClaim, b: FeedClaim): number {
  return (
    rank[a.attention] - rank[b.attention] ||
    phaseRank[a.phase] - phaseRank[b.phase] ||
    compare(a.timeline.at(-1)?.since ?? a.createdAt, b.timeline.at(-1)?.since ?? b.createdAt) ||
    compare(a.name, b.name)
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
