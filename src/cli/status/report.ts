// What `status` tells, as data: the JSON of `status -o json`, and what its text is made from (pure).
import type { Workspace } from '../../apis/workspace.gen.ts';
import { countOf, sizeOf } from '../../apis/workspace.ts';
import { defaultTimings } from '../../claims/timings.ts';
import { claimRows } from '../../status/claim-rows.ts';
import type { FeedClaim, FeedPool, StatusFeed } from '../../status/feed.ts';
import { missingOf, valueOf } from '../asking/answer.ts';
import type { Answer, Missing } from '../asking/answer.ts';
import type { SeenClaims } from '../asking/claims.ts';
import type { Controller, Leader, Replicas } from '../asking/controller.ts';
import { problemsOf } from './problems.ts';
import { verdictOf } from './workspace-verdict.ts';

/** What could be seen of the cluster. */
export interface Fleet extends SeenClaims {
  /** API server time. */
  readonly now: Date;
  readonly workspaces: Answer<readonly Workspace[]>;
  readonly controller: Controller;
}

/** Fields are added to a version, never taken away. Times are RFC 3339 in UTC. */
export interface StatusReport {
  readonly version: 1;
  readonly at: string;
  /** What is wrong, in sentences; empty: nothing is. */
  readonly problems: readonly string[];
  /** Those that need somebody first. */
  readonly claims: readonly FeedClaim[];
  /** So many claims belong to another provisioner, and are not shown. */
  readonly othersClaims: number;
  readonly workspaces: readonly WorkspaceRow[];
  readonly sums: Sums;
  /** Pools that are billed and that no claim has, or whose owner cannot be told; undefined: not known. */
  readonly leaks?: readonly FeedPool[];
  readonly azure?: StatusFeed['azure'];
  readonly gate?: StatusFeed['gate'];
  readonly controller: ControllerRow;
  readonly missing: readonly Missing[];
}

export interface WorkspaceRow {
  readonly namespace: string;
  readonly name: string;
  readonly vmSize: string;
  readonly count: number;
  readonly ready: boolean;
  /** Waiting will not help. */
  readonly failed: boolean;
  /** Of what it says now. */
  readonly since?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly claims: readonly string[];
}

interface Sums {
  readonly phases: Readonly<Record<FeedClaim['phase'], number>>;
  /** Of sizes that the catalogue knows. */
  readonly gpus: { readonly asked: number; readonly ready: number };
  /** List prices of the pools of claims; undefined: not known. */
  readonly usdPerHour?: number;
  readonly unpriced: number;
}

interface ControllerRow {
  /** Of the replica that answered. */
  readonly instance?: string;
  readonly build?: string;
  readonly leader?: Leader;
  readonly replicas: readonly Replicas[];
}

const rank: Readonly<Record<FeedClaim['attention'], number>> = { stuck: 0, late: 1, none: 2 };
const leaking: ReadonlySet<FeedPool['ownership']> = new Set(['orphan', 'orphan_in_use', 'ambiguous']);

export function statusReport(fleet: Fleet): StatusReport {
  const { controller, machines, nodeClaims, now, workspaces } = fleet;
  const feed = valueOf(controller.feed, undefined);
  const seen = [...valueOf(machines, []), ...valueOf(nodeClaims, [])];
  const ours = seen.filter((each) => each.ours).map(({ claim }) => claim);
  const claims = claimRows(ours, { now, timings: defaultTimings, pools: new Map(), poolsKnown: false })
    .map((row) => asTheControllerSees(row, feed))
    .toSorted((a, b) => rank[a.attention] - rank[b.attention]);
  const leaks = feed?.pools.filter(({ ownership }) => leaking.has(ownership));
  const row = controllerRow(controller, feed);
  const told = {
    claims,
    workspaces: valueOf(workspaces, []).map((workspace) => workspaceRow(workspace, claims)),
    ...(leaks === undefined ? {} : { leaks }),
    ...(feed === undefined ? {} : { azure: feed.azure, gate: feed.gate }),
    controller: row,
  };
  return {
    version: 1,
    at: now.toISOString(),
    problems: problemsOf(told, controller),
    ...told,
    othersClaims: seen.length - ours.length,
    sums: sumsOf(claims),
    missing: missingOf([machines, nodeClaims, workspaces, controller.feed, controller.leader, controller.replicas]),
  };
}

/** The controller knows its own waits and the pool; while it shows an older phase, it knows less. */
function asTheControllerSees(row: FeedClaim, feed: StatusFeed | undefined): FeedClaim {
  const told = feed?.claims.find(({ uid }) => uid === row.uid);
  if (told === undefined) return row;
  const { attention, gpus, usdPerHour, vmSize } = told;
  return {
    ...row,
    ...(told.phase === row.phase ? { attention } : {}),
    ...(vmSize === undefined ? {} : { vmSize }),
    ...(gpus === undefined ? {} : { gpus }),
    ...(usdPerHour === undefined ? {} : { usdPerHour }),
  };
}

function workspaceRow(workspace: Workspace, claims: readonly FeedClaim[]): WorkspaceRow {
  const { name, namespace = '' } = workspace.metadata;
  return {
    namespace,
    name,
    vmSize: sizeOf(workspace),
    count: countOf(workspace),
    ...verdictOf(workspace),
    claims: claims.filter(({ workspace: owner }) => owner === `${namespace}/${name}`).map((claim) => claim.name),
  };
}

function sumsOf(claims: readonly FeedClaim[]): Sums {
  const count = (phase: FeedClaim['phase']): number => claims.filter((claim) => claim.phase === phase).length;
  const priced = claims.flatMap(({ usdPerHour }) => usdPerHour ?? []);
  return {
    phases: {
      launching: count('launching'),
      registering: count('registering'),
      initializing: count('initializing'),
      ready: count('ready'),
      deleting: count('deleting'),
    },
    gpus: {
      asked: gpusOf(claims.filter(({ phase }) => phase !== 'deleting')),
      ready: gpusOf(claims.filter(({ phase }) => phase === 'ready')),
    },
    ...(priced.length === 0 && claims.length > 0 ? {} : { usdPerHour: priced.reduce((sum, usd) => sum + usd, 0) }),
    unpriced: claims.length - priced.length,
  };
}

function gpusOf(claims: readonly FeedClaim[]): number {
  return claims.reduce((sum, { gpus = 0 }) => sum + gpus, 0);
}

function controllerRow({ leader, replicas }: Controller, feed: StatusFeed | undefined): ControllerRow {
  const held = valueOf(leader, undefined);
  return {
    ...(feed === undefined ? {} : { instance: feed.instance, build: feed.build }),
    ...(held === undefined ? {} : { leader: held }),
    replicas: valueOf(replicas, []),
  };
}
