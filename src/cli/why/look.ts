// Everything that an explanation needs of the cluster, read through the API server; what is refused is left out and named.
import { pods } from '../../apis/resource.ts';
import type { Node } from '../../apis/wire.ts';
import type { StatusFeed } from '../../status/feed.ts';
import { workspaceLabel, workspaceNamespaceLabel } from '../../workspaces/workspace-claims.ts';
import type { RestClient } from '../../kube/rest-client.ts';
import { attempt, eachOnce, missingOf, valueOf } from '../asking/answer.ts';
import type { Answer, Missing } from '../asking/answer.ts';
import { askClaims } from '../asking/claims.ts';
import type { SeenClaim } from '../asking/claims.ts';
import type { Controller } from '../asking/controller.ts';
import { troublesOf } from '../status/problems.ts';
import { askEvents } from './events.ts';
import { explainClaim } from './explain-claim.ts';
import { explainNode } from './explain-node.ts';
import { explainPool } from './explain-pool.ts';
import { explainWorkspace } from './explain-workspace.ts';
import type { Around, Explanation, Told } from './explanation.ts';
import type { Found } from './find.ts';

export interface Asking {
  readonly kube: Pick<RestClient, 'get' | 'list' | 'serverNow'>;
  readonly signal: AbortSignal;
  readonly controller: Controller;
}

export async function explain(found: Found, asking: Asking): Promise<Explanation> {
  switch (found.is) {
    case 'claim':
      return lookAtClaim(found.seen, asking);
    case 'workspace':
      return lookAtWorkspace(found, asking);
    case 'node':
      return lookAtNode(found.node, asking);
    case 'pool': {
      const events = await aboutPool(found.pool.name, asking);
      return explainPool(found.pool, found.feed, around(asking, [events]));
    }
  }
}

async function lookAtClaim(seen: SeenClaim, asking: Asking): Promise<Explanation> {
  const { claim } = seen;
  const { nodeName } = claim.status;
  const events = await Promise.all([
    askEvents({ kind: claim.kind, name: claim.name, uid: claim.uid }, asking),
    ...(nodeName === undefined || nodeName === '' ? [] : [askEvents({ kind: 'Node', name: nodeName }, asking)]),
  ]);
  return explainClaim(seen, { ...around(asking, events), feed: feedOf(asking) });
}

async function lookAtNode(node: Node, asking: Asking): Promise<Explanation> {
  const { name, uid } = node.metadata;
  const events = [await askEvents({ kind: 'Node', name, uid }, asking)];
  const owner = await ownerOf(node, asking);
  const claim = owner.seen?.claim;
  if (claim !== undefined) events.push(await askEvents({ kind: claim.kind, name: claim.name, uid: claim.uid }, asking));
  return explainNode(node, {
    ...around(asking, events, owner.missing),
    feed: feedOf(asking),
    owner: owner.seen,
  });
}

/** By its owner reference; a Node that has just joined has none yet, and its claim may name it. */
async function ownerOf(
  { metadata }: Node,
  { kube, signal }: Asking,
): Promise<{ readonly seen: SeenClaim | undefined; readonly missing: readonly Missing[] }> {
  const { machines, nodeClaims } = await askClaims(kube, { signal });
  const all = [...valueOf(machines, []), ...valueOf(nodeClaims, [])];
  const owners = new Set(metadata.ownerReferences?.map(({ uid }) => uid));
  const seen =
    all.find(({ claim }) => owners.has(claim.uid)) ?? all.find(({ claim }) => claim.status.nodeName === metadata.name);
  return { seen, missing: missingOf([machines, nodeClaims]).filter(({ because }) => because === 'refused') };
}

async function lookAtWorkspace(
  { workspace }: Extract<Found, { readonly is: 'workspace' }>,
  asking: Asking,
): Promise<Explanation> {
  const { kube, signal } = asking;
  const { name, namespace = '', uid } = workspace.metadata;
  const labelSelector = `${workspaceLabel}=${name},${workspaceNamespaceLabel}=${namespace}`;
  const [claims, itsPods, events] = await Promise.all([
    askClaims(kube, { signal, labelSelector }),
    attempt('Pods', { verb: 'list', resource: 'pods', namespace }, async () => {
      const { items } = await kube.list(pods, { namespace, labelSelector: `${workspaceLabel}=${name}`, signal });
      return items;
    }),
    askEvents({ kind: 'Workspace', name, namespace, uid }, asking),
  ]);
  const refusedClaims = missingOf([claims.machines, claims.nodeClaims]).filter(({ because }) => because === 'refused');
  return explainWorkspace(workspace, {
    ...around(asking, [events], [...refusedClaims, ...missingOf([itsPods])]),
    feed: feedOf(asking),
    claims: [...valueOf(claims.machines, []), ...valueOf(claims.nodeClaims, [])],
    pods: valueOf(itsPods, []),
  });
}

/** A name that nobody has now: what was said of whoever had it, and of a pool of that name. */
export async function explainNobody(
  name: string,
  { namespace, missing }: { readonly namespace: string | undefined; readonly missing: readonly Missing[] },
  asking: Asking,
): Promise<Explanation> {
  const [own, ofPool] = await Promise.all([askEvents({ name, namespace }, asking), aboutPool(name, asking)]);
  const { events, now, missing: all } = around(asking, [own, ofPool], missing);
  const shown = namespace === undefined ? name : `${namespace}/${name}`;
  const last = events.at(-1);
  const refused = all.filter(({ because }) => because !== 'absent');
  return {
    version: 1,
    at: now.toISOString(),
    kind: 'Unknown',
    ...(namespace === undefined ? {} : { namespace }),
    name,
    verdict: 'gone',
    headline:
      last === undefined
        ? `There is no claim, Workspace, Node or pool "${shown}"${refused.length === 0 ? '' : ', as far as could be seen'}`
        : `"${shown}" is gone: only its events are left, the last one of ${last.at}`,
    facts: [],
    timeline: [],
    holds: [],
    parts: [],
    events,
    missing: all,
  };
}

/** Pools are no objects: the controller speaks of them in events on its lease. */
async function aboutPool(name: string, asking: Asking): Promise<Answer<readonly Told[]>> {
  const leader = valueOf(asking.controller.leader, undefined);
  const namespace = leader?.namespace;
  if (namespace === undefined) return { known: true, value: [] };
  const events = await askEvents({ kind: 'Lease', name: leaseName, namespace }, asking);
  return events.known
    ? { known: true, value: events.value.filter(({ message }) => message.includes(`"${name}"`)) }
    : events;
}

const leaseName = 'gpu-provisioner-leader-election';

function around(
  { controller, kube }: Asking,
  events: readonly Answer<readonly Told[]>[],
  missing: readonly Missing[] = [],
): Around {
  return {
    now: kube.serverNow(),
    events: events.flatMap((each) => valueOf(each, [])).toSorted((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at))),
    troubles: troublesOf(controller),
    missing: eachOnce([...missing, ...missingOf([controller.feed, ...events])]),
  };
}

function feedOf({ controller }: Asking): StatusFeed | undefined {
  return valueOf(controller.feed, undefined);
}
