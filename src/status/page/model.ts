// What the page shows of a feed, without a browser: sums, who needs somebody, and what a filter leaves (pure).
import type { FeedClaim, FeedGuide, FeedPhaseName, FeedPool, StatusFeed } from '../feed.ts';

/** A claim's phase, or that it is stuck in it: each has a colour, a shape and a word. */
export type Shown = FeedPhaseName | 'stuck';

export const shownWords: Readonly<Record<Shown, string>> = {
  ready: 'Ready',
  launching: 'Launching',
  registering: 'Registering',
  initializing: 'Initializing',
  deleting: 'Deleting',
  stuck: 'Stuck',
};

/** From the one that is well to the one that is not, as a bar reads. */
export const shownOrder = ['ready', 'initializing', 'registering', 'launching', 'deleting', 'stuck'] as const;

export function shownOf({ attention, phase }: FeedClaim): Shown {
  return attention === 'stuck' ? 'stuck' : phase;
}

export interface Fleet {
  readonly claims: number;
  readonly ready: number;
  readonly counts: ReadonlyMap<Shown, number>;
  readonly gpusAsked: number;
  readonly gpusReady: number;
  /** Of every pool but those of other people. */
  readonly usdPerHour: number;
  readonly unpriced: number;
  readonly leaks: readonly FeedPool[];
  readonly leakUsdPerHour: number;
}

export function fleetOf({ claims, pools }: StatusFeed): Fleet {
  const counts = new Map<Shown, number>();
  for (const claim of claims) counts.set(shownOf(claim), (counts.get(shownOf(claim)) ?? 0) + 1);
  const ready = claims.filter((claim) => shownOf(claim) === 'ready');
  const billed = pools.filter(({ ownership }) => ownership !== 'foreign');
  const leaks = pools.filter(isLeak);
  return {
    claims: claims.length,
    ready: ready.length,
    counts,
    gpusAsked: sum(claims.filter(({ phase }) => phase !== 'deleting').map(({ gpus = 0 }) => gpus)),
    // A Ready claim with a reason still waits for its GPUs.
    gpusReady: sum(ready.filter(({ reason }) => reason === undefined).map(({ gpus = 0 }) => gpus)),
    usdPerHour: sum(billed.map(({ usdPerHour = 0 }) => usdPerHour)),
    unpriced: billed.filter(({ usdPerHour }) => usdPerHour === undefined).length,
    leaks,
    leakUsdPerHour: sum(leaks.map(({ usdPerHour = 0 }) => usdPerHour)),
  };
}

/** What a reason means and what to do about it. A reason is anybody's text: `constructor` has no guide. */
export function guideOf({ guides }: Pick<StatusFeed, 'guides'>, reason: string | undefined): FeedGuide | undefined {
  return reason !== undefined && Object.hasOwn(guides, reason) ? guides[reason] : undefined;
}

/** Made for a claim, as it seems, and no claim has it. */
export function isLeak({ ownership }: FeedPool): boolean {
  return ownership === 'orphan' || ownership === 'orphan_in_use' || ownership === 'ambiguous';
}

export type Need =
  | { readonly is: 'stuck' | 'late'; readonly claim: FeedClaim }
  | { readonly is: 'leak'; readonly pool: FeedPool };

/** Needs with one cause: the first of them speaks for the others. */
export interface NeedGroup {
  readonly key: string;
  readonly needs: readonly [Need, ...Need[]];
}

/** Stuck claims, leaked pools, late claims; those that say the same reason together. */
export function needsOf({ claims, pools }: StatusFeed): readonly NeedGroup[] {
  const groups = new Map<string, [Need, ...Need[]]>();
  const note = (need: Need): void => {
    const said = need.is === 'leak' ? `${need.pool.ownership} ${need.pool.row ?? ''}` : need.claim.phase;
    const { reason = '' } = need.is === 'leak' ? need.pool : need.claim;
    const key = `${need.is} ${said} ${reason}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [need]);
    else group.push(need);
  };
  for (const claim of claims) if (claim.attention === 'stuck') note({ is: 'stuck', claim });
  for (const pool of pools) if (isLeak(pool)) note({ is: 'leak', pool });
  for (const claim of claims) if (claim.attention === 'late') note({ is: 'late', claim });
  return [...groups].map(([key, needs]) => ({ key, needs }));
}

/** Every word of `filter` is somewhere in what the row shows. */
export function matches(claim: FeedClaim, filter: string): boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const { kind, name, vmSize, node, pool, workspace, reason, message, uid } = claim;
  const said = [
    kind,
    name,
    shownWords[shownOf(claim)],
    claim.phase,
    vmSize,
    node,
    pool,
    workspace,
    reason,
    message,
    uid,
  ];
  const text = said
    .filter((part) => part !== undefined)
    .join('\n')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

const poolRank: Readonly<Record<FeedPool['ownership'], number>> = {
  orphan: 0,
  orphan_in_use: 0,
  ambiguous: 1,
  unknown: 2,
  owned: 3,
  foreign: 4,
};

/** Leaks first, other people's last; the dearest first. */
export function poolsByNeed(pools: readonly FeedPool[]): readonly FeedPool[] {
  return pools.toSorted(
    (a, b) =>
      poolRank[a.ownership] - poolRank[b.ownership] ||
      (b.usdPerHour ?? 0) - (a.usdPerHour ?? 0) ||
      a.name.localeCompare(b.name),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
