// Finds what a name stands for, in every kind that it may be of.
import { nodes } from '../../apis/resource.ts';
import type { Node } from '../../apis/wire.ts';
import type { Workspace } from '../../apis/workspace.gen.ts';
import { workspaces } from '../../apis/workspace.ts';
import { poolOfClaim } from '../../claims/observe.ts';
import type { RestClient } from '../../kube/rest-client.ts';
import type { FeedPool, StatusFeed } from '../../status/feed.ts';
import { attempt, attemptOne, missingOf, valueOf } from '../asking/answer.ts';
import type { Answer, Missing } from '../asking/answer.ts';
import { askClaims } from '../asking/claims.ts';
import type { SeenClaim } from '../asking/claims.ts';
import { refOf } from './refs.ts';
import type { Wanted } from './wanted.ts';

export type Found =
  | { readonly is: 'claim'; readonly seen: SeenClaim }
  | { readonly is: 'workspace'; readonly workspace: Workspace }
  | { readonly is: 'node'; readonly node: Node }
  | { readonly is: 'pool'; readonly pool: FeedPool; readonly feed: StatusFeed };

export interface Search {
  readonly found: readonly Found[];
  /** Where it could not be looked for. */
  readonly missing: readonly Missing[];
}

export interface Asking {
  readonly kube: Pick<RestClient, 'get' | 'list'>;
  readonly signal: AbortSignal;
  readonly feed: Answer<StatusFeed>;
}

/** Several: the name is ambiguous. A claim stands for its pool, so that a pool is found alone when no claim has it. */
export async function find({ kinds, name, namespace }: Wanted, { feed, kube, signal }: Asking): Promise<Search> {
  const asksFor = (kind: Wanted['kinds'][number]): boolean => kinds.includes(kind);
  const none: Answer<readonly never[]> = { known: true, value: [] };
  const asksClaims = asksFor('machine') || asksFor('nodeclaim');
  const [claims, spaces, node, poolClaims] = await Promise.all([
    asksClaims
      ? askClaims(kube, { signal, fieldSelector: `metadata.name=${name}` })
      : { machines: none, nodeClaims: none },
    asksFor('workspace') ? askWorkspaces({ name, namespace }, { kube, signal }) : none,
    asksFor('node')
      ? attemptOne('Nodes', { verb: 'get', resource: 'nodes' }, () => kube.get(nodes, { name }, { signal }))
      : ({ known: true, value: undefined } as const),
    asksFor('pool') ? claimsOfPool(name, { kube, signal }) : [],
  ]);
  const seen = [
    ...(asksFor('machine') ? valueOf(claims.machines, []) : []),
    ...(asksFor('nodeclaim') ? valueOf(claims.nodeClaims, []) : []),
  ];
  const owners = poolClaims.filter(({ claim }) => !seen.some((each) => each.claim.uid === claim.uid));
  const pool = asksFor('pool') ? poolOf(name, feed) : undefined;
  const theNode = valueOf(node, undefined);
  return {
    found: [
      ...[...seen, ...owners].map((each) => ({ is: 'claim', seen: each }) as const),
      ...valueOf(spaces, []).map((workspace) => ({ is: 'workspace', workspace }) as const),
      ...(theNode === undefined ? [] : [{ is: 'node', node: theNode } as const]),
      ...(pool === undefined || seen.length + owners.length > 0 ? [] : [pool]),
    ],
    missing: missingOf([claims.machines, claims.nodeClaims, spaces, node, ...(asksFor('pool') ? [feed] : [])]),
  };
}

/** What to type for exactly this one. */
export function wordFor(found: Found): string {
  switch (found.is) {
    case 'claim':
      return refOf(found.seen.claim);
    case 'workspace':
      return `workspace/${found.workspace.metadata.namespace ?? ''}/${found.workspace.metadata.name}`;
    case 'node':
      return `node/${found.node.metadata.name}`;
    case 'pool':
      return `pool/${found.pool.name}`;
  }
}

async function askWorkspaces(
  { name, namespace }: { readonly name: string; readonly namespace: string | undefined },
  { kube, signal }: Omit<Asking, 'feed'>,
): Promise<Answer<readonly Workspace[]>> {
  const access = { verb: 'list', resource: 'workspaces.kaito.sh', namespace } as const;
  return attempt('Workspaces', access, async () => {
    const within = namespace === undefined ? {} : { namespace };
    const { items } = await kube.list(workspaces, { ...within, fieldSelector: `metadata.name=${name}`, signal });
    return items;
  });
}

/** The pool of a claim may have another name than the claim. */
async function claimsOfPool(name: string, { kube, signal }: Omit<Asking, 'feed'>): Promise<readonly SeenClaim[]> {
  const { machines, nodeClaims } = await askClaims(kube, { signal });
  const all = [...valueOf(machines, []), ...valueOf(nodeClaims, [])];
  return all.filter(({ claim, ours }) => ours && poolOfClaim(claim) === name);
}

function poolOf(name: string, feed: Answer<StatusFeed>): Extract<Found, { is: 'pool' }> | undefined {
  const told = valueOf(feed, undefined);
  const pool = told?.pools.find((each) => each.name === name);
  return told === undefined || pool === undefined ? undefined : { is: 'pool', pool, feed: told };
}
