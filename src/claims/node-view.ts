// A Node as the lifecycle sees it: whose it is, whether it is fit, and what still keeps it from being initialized.
import type { ClaimIdentity, ClaimSpec } from '../apis/claim.ts';
import type { WantedCondition } from '../apis/conditions.ts';
import { InvalidQuantity, parseQuantity } from '../apis/quantity.ts';
import type { Node, OwnerReference, Taint } from '../apis/wire.ts';
import { finalizer } from './annotations.ts';
import { reasons } from './reasons.ts';
import type { Why } from './faces.ts';

export const registeredLabel = 'karpenter.sh/registered';
export const initializedLabel = 'karpenter.sh/initialized';

export interface NodeView {
  readonly name: string;
  readonly uid: string;
  readonly providerId: string | undefined;
  /** API server time. */
  readonly createdAtMs: number;
  readonly ready: 'True' | 'False' | 'Unknown';
  /** Since when `ready` says so, API server time; the Node's creation when it never said anything. */
  readonly readySinceMs: number;
  readonly deleting: boolean;
  readonly hasFinalizer: boolean;
  /** The claim that owns it by reference, whatever its kind. */
  readonly ownerUid: string | undefined;
  /** AKS's upgrader has marked it. */
  readonly upgradeMark: boolean;
  readonly cordoned: boolean;
  /** Our label says that it was initialized once, under this very Node object. */
  readonly initialized: boolean;
  /** What a person reads while it is not initialized; undefined: nothing stands in the way. */
  readonly initBlocker: Why | undefined;
  /** What is to be said of its GPUs; absent: it has none, or nobody has looked. */
  readonly gpu?: WantedCondition;
  readonly node: Node;
}

/**
 * Taints that kubelet, the node controller and the cloud controller manager take away by themselves (Karpenter's list); the
 * first that a Node has is told of, so that the last to go are first.
 */
const ephemeralTaints: readonly Pick<Taint, 'key' | 'effect'>[] = [
  { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' },
  { key: 'node.cloudprovider.kubernetes.io/uninitialized', effect: 'NoSchedule' },
  { key: 'karpenter.sh/unregistered', effect: 'NoExecute' },
];

/** AKS's upgrader writes the first; the second pair belongs to its remediator and to the cluster autoscaler. */
const upgradeAnnotation = 'kubernetes.azure.com/azure-cluster-autoscaler-scale-down-disabled-reason';
const upgradeTaints = new Set(['remediator.kubernetes.azure.com/unschedulable', 'ToBeDeletedByClusterAutoscaler']);

const claimKinds = new Set(['Machine', 'NodeClaim']);

/** Disk sizes are asked of the pool, no Node ever advertises them under these names (contract/kaito.md 2.5). */
const neverAdvertised = new Set(['storage', 'ephemeral-storage']);

export function viewOfNode(node: Node, spec: ClaimSpec): NodeView {
  const { metadata } = node;
  const readyCondition = node.status?.conditions?.find((condition) => condition.type === 'Ready');
  const createdAtMs = Date.parse(metadata.creationTimestamp);
  const since = Date.parse(readyCondition?.lastTransitionTime ?? '');
  const ready = readyCondition?.status;
  const taints = node.spec?.taints ?? [];
  const view = {
    name: metadata.name,
    uid: metadata.uid,
    providerId: node.spec?.providerID === '' ? undefined : node.spec?.providerID,
    createdAtMs,
    ready: ready === 'True' || ready === 'False' ? ready : 'Unknown',
    readySinceMs: Number.isNaN(since) ? createdAtMs : since,
    deleting: metadata.deletionTimestamp !== undefined,
    hasFinalizer: metadata.finalizers?.includes(finalizer) ?? false,
    ownerUid: ownerClaimUid(node),
    upgradeMark:
      metadata.annotations?.[upgradeAnnotation] === 'upgrade' || taints.some(({ key }) => upgradeTaints.has(key)),
    cordoned: node.spec?.unschedulable === true,
    initialized: metadata.labels?.[initializedLabel] === 'true',
    node,
  } as const;
  return { ...view, initBlocker: initBlockerOf(view, spec) };
}

/** The uid of the Machine or NodeClaim that owns the Node. */
export function ownerClaimUid(node: Node): string | undefined {
  return node.metadata.ownerReferences?.find(isClaimReference)?.uid;
}

/** Whether it names a claim, of either kind and any version. */
export function isClaimReference({ kind, apiVersion }: OwnerReference): boolean {
  return claimKinds.has(kind) && apiVersion.startsWith('karpenter.sh/');
}

/** A Node of this pool that may be this claim's: Ready or not, so that startup taints are there before pods are. */
export function isSeen(node: NodeView, claim: ClaimIdentity, notBeforeMs: number): boolean {
  return (
    node.providerId !== undefined &&
    !node.deleting &&
    (node.ownerUid === undefined || node.ownerUid === claim.uid) &&
    node.createdAtMs >= notBeforeMs
  );
}

/** We have let go of it and deleted it, and somebody else's finalizer is all that keeps it. */
export function isKeptByOthers({ deleting, hasFinalizer, ownerUid }: NodeView): boolean {
  return deleting && !hasFinalizer && ownerUid === undefined;
}

export function isFit(node: NodeView, claim: ClaimIdentity, notBeforeMs: number): boolean {
  return node.ready === 'True' && isSeen(node, claim, notBeforeMs);
}

/** Which of several fit Nodes serves best: one that nobody is about to take away, then the oldest. */
export function byFitness(a: NodeView, b: NodeView): number {
  return (
    Number(a.upgradeMark) - Number(b.upgradeMark) ||
    Number(a.cordoned) - Number(b.cordoned) ||
    a.createdAtMs - b.createdAtMs ||
    (a.name < b.name ? -1 : 1)
  );
}

/** The first of Karpenter's conditions for an initialized Node that does not hold (contract/provisioner.md 2.3). */
function initBlockerOf(view: Omit<NodeView, 'initBlocker'>, spec: ClaimSpec): Why | undefined {
  const taints = view.node.spec?.taints ?? [];
  if (view.ready !== 'True')
    return { reason: reasons.NodeNotReady, message: `Node "${view.name}" is not Ready yet: ${readyMessage(view)}` };
  const startup = taints.find((taint) => spec.startupTaints.some((wanted) => isSameTaint(taint, wanted)));
  if (startup !== undefined)
    return {
      reason: reasons.StartupTaintsExist,
      message: `Node "${view.name}" still has the startup taint "${taintText(startup)}"; who put it on the claim takes it off the Node`,
    };
  const ephemeral = ephemeralTaints.find((known) => taints.some((taint) => isSameTaint(taint, known)));
  if (ephemeral !== undefined)
    return {
      reason: reasons.KnownEphemeralTaintsExist,
      message: `Node "${view.name}" still has the taint "${ephemeral.key}", which its cluster takes off by itself`,
    };
  for (const [resource, asked] of Object.entries(spec.requests)) {
    if (neverAdvertised.has(resource)) continue;
    const has = advertised(view.node, resource);
    if (!offers(has, asked))
      return {
        reason: reasons.ResourceNotRegistered,
        message: `Node "${view.name}" offers ${has ?? 'no'} ${resource} and the claim asks for ${asked}`,
      };
  }
  return undefined;
}

/** A quantity that cannot be read is offered by no Node; the API server takes some that nobody can mean. */
function offers(has: string | undefined, asked: string | number): boolean {
  try {
    const amount = parseQuantity(asked);
    return amount <= 0n || (has !== undefined && parseQuantity(has) >= amount);
  } catch (error) {
    if (error instanceof InvalidQuantity) return false;
    throw error;
  }
}

/** Devices as pods can get them; cpu and memory as the machine has them, since the kubelet keeps a part for itself. */
function advertised(node: Node, resource: string): string | undefined {
  return resource.includes('/') ? node.status?.allocatable?.[resource] : node.status?.capacity?.[resource];
}

function isSameTaint(a: Pick<Taint, 'key' | 'effect'>, b: Pick<Taint, 'key' | 'effect'>): boolean {
  return a.key === b.key && a.effect === b.effect;
}

function taintText({ key, value, effect }: Taint): string {
  return value === undefined || value === '' ? `${key}:${effect}` : `${key}=${value}:${effect}`;
}

function readyMessage(view: Pick<NodeView, 'node'>): string {
  const condition = view.node.status?.conditions?.find(({ type }) => type === 'Ready');
  return condition?.message === undefined || condition.message === ''
    ? 'its kubelet has not reported'
    : condition.message;
}
