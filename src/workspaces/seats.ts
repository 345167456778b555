// Which nodes a Workspace has: those of its claims, and those that were there already and have its labels (pure).
import type { Claim } from '../apis/claim.ts';
import { conditionOf } from '../apis/conditions.ts';
import type { Node } from '../apis/wire.ts';
import type { Workspace } from '../apis/workspace.gen.ts';
import { countOf, nodeLabelsOf, sizeOf } from '../apis/workspace.ts';
import { ownerClaimUid } from '../claims/node-view.ts';
import { types } from './reasons.ts';
import { claimNameOf, workspaceLabel, workspaceNamespaceLabel, workspaceUidAnnotation } from './workspace-claims.ts';

/** A node that a pod of the Workspace has, or will have. */
interface Seat {
  readonly ready: boolean;
  readonly node?: Node;
  /** Absent for a node that nobody was asked to add. */
  readonly claim?: Claim;
}

export interface Seating {
  readonly seats: readonly Seat[];
  /** Slots whose claims are missing. */
  readonly missing: readonly number[];
  /** Its claims that are going; their names are not free yet. */
  readonly leaving: readonly Claim[];
}

const instanceTypeLabel = 'node.kubernetes.io/instance-type';

/** Of KAITO's claims the labels say whose they are; of ours the uid, whatever became of the labels. */
function isClaimOf({ metadata }: Workspace, { labels, annotations }: Claim): boolean {
  const uid = annotations[workspaceUidAnnotation];
  if (uid !== undefined) return uid === metadata.uid;
  return labels[workspaceLabel] === metadata.name && labels[workspaceNamespaceLabel] === metadata.namespace;
}

/**
 * Claims that were made here for a Workspace of this name with another uid. Its name has one holder at a time, so when
 * `uid` holds it (undefined: nobody does), theirs are gone: a finalizer was taken away by force, or a leader that came too
 * late bought a node once more.
 */
export function strayClaims(
  { name, namespace, uid }: { readonly name: string; readonly namespace: string; readonly uid: string | undefined },
  claims: readonly Claim[],
): readonly Claim[] {
  return claims.filter(({ labels, annotations, deletingSince }) => {
    const maker = annotations[workspaceUidAnnotation];
    const isOfName = labels[workspaceLabel] === name && labels[workspaceNamespaceLabel] === namespace;
    return isOfName && maker !== undefined && maker !== uid && deletingSince === undefined;
  });
}

/**
 * Nodes without a claim that another Workspace with the same labels serves on: a model takes all GPUs of its node, and two on
 * one would wait for each other. Who has a node keeps it. Where both took it at the same moment, the older one does.
 */
export function nodesHeldByOthers(workspace: Workspace, all: Iterable<Workspace>): ReadonlySet<string> {
  const held = new Set<string>();
  const own = new Set(workspace.status?.workerNodes);
  for (const other of all) {
    const { metadata, status } = other;
    if (metadata.uid === workspace.metadata.uid || metadata.deletionTimestamp !== undefined || isDone(other)) continue;
    const isOlder = seniority(other) < seniority(workspace);
    for (const name of status?.workerNodes ?? []) if (isOlder || !own.has(name)) held.add(name);
  }
  return held;
}

/** A tuning that has ended leaves its node. */
function isDone({ tuning, status }: Workspace): boolean {
  return tuning !== undefined && conditionOf(status?.conditions ?? [], types.WorkspaceReady)?.status === 'True';
}

function seniority({ metadata }: Workspace): string {
  return `${metadata.creationTimestamp} ${metadata.uid}`;
}

export interface OwnClaims {
  readonly live: readonly Claim[];
  readonly leaving: readonly Claim[];
}

/** Asked of the claims alone: a Workspace on its way out may be one that could never be served. */
export function claimsOf(workspace: Workspace, claims: readonly Claim[]): OwnClaims {
  const own = claims.filter((claim) => isClaimOf(workspace, claim));
  return {
    live: own.filter(({ deletingSince }) => deletingSince === undefined),
    leaving: own.filter(({ deletingSince }) => deletingSince !== undefined),
  };
}

/**
 * Claims come first, since they are paid for. Then nodes that have the labels and the size and belong to nobody else:
 * preferred ones, those that served until now, then by name. What is still missing gets a claim.
 */
export function seatingOf(workspace: Workspace, nodes: readonly Node[], claims: readonly Claim[]): Seating {
  const { live, leaving } = claimsOf(workspace, claims);
  const wanted = countOf(workspace);
  const ofClaims = live.map((claim) => seatOf(claim, nodes));
  const free = freeNodes(workspace, nodes).slice(0, Math.max(0, wanted - live.length));
  const lacking = Math.max(0, wanted - live.length - free.length);
  const taken = new Set([...live, ...leaving].map(({ name }) => name));
  const slots = Array.from({ length: wanted }, (_, slot) => slot);
  return {
    seats: [...ofClaims, ...free.map((node): Seat => ({ ready: isReady(node), node }))],
    missing: slots.filter((slot) => !taken.has(claimNameOf(workspace, slot))).slice(0, lacking),
    leaving,
  };
}

function seatOf(claim: Claim, nodes: readonly Node[]): Seat {
  const node = nodes.find(({ metadata }) => metadata.name === claim.status.nodeName);
  const claimReady = conditionOf(claim.status.conditions, 'Ready')?.status === 'True';
  return { ready: claimReady && node !== undefined && isReady(node), claim, ...(node === undefined ? {} : { node }) };
}

/** A node that served until now keeps its seat while it is not Ready: another one would be bought for a moment's sake. */
function freeNodes(workspace: Workspace, nodes: readonly Node[]): readonly Node[] {
  const { preferredNodes = [] } = workspace.resource;
  const served = workspace.status?.workerNodes ?? [];
  const rank = ({ metadata }: Node): number =>
    preferredNodes.includes(metadata.name) ? 0 : served.includes(metadata.name) ? 1 : 2;
  return nodes
    .filter((node) => isUsable(workspace, node) && (isReady(node) || served.includes(node.metadata.name)))
    .toSorted((a, b) => rank(a) - rank(b) || (a.metadata.name < b.metadata.name ? -1 : 1));
}

function isUsable(workspace: Workspace, node: Node): boolean {
  const { labels = {}, name, deletionTimestamp } = node.metadata;
  // A node that a claim stands for is that claim's Workspace's, and comes in with the claim.
  if (deletionTimestamp !== undefined || ownerClaimUid(node) !== undefined) return false;
  if (!Object.entries(nodeLabelsOf(workspace)).every(([key, value]) => labels[key] === value)) return false;
  const holder = labels[workspaceLabel];
  const isOurs = holder === workspace.metadata.name && labels[workspaceNamespaceLabel] === workspace.metadata.namespace;
  if (holder !== undefined && !isOurs) return false;
  if (workspace.resource.preferredNodes?.includes(name) === true) return true;
  const size = labels[instanceTypeLabel];
  return size === undefined || size.toLowerCase() === sizeOf(workspace).toLowerCase();
}

function isReady({ metadata, status }: Node): boolean {
  return (
    metadata.deletionTimestamp === undefined &&
    (status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false)
  );
}
