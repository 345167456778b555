// What a claim's Node carries because of the claim, as one minimal patch; what others put there stays (pure).
import type { Claim } from '../apis/claim.ts';
import { apiVersionOf } from '../apis/resource.ts';
import type { Resource } from '../apis/resource.ts';
import type { KubeObject, Node, OwnerReference, Taint } from '../apis/wire.ts';
import { finalizer, prefix } from './annotations.ts';
import { terminationTimestamp } from './drain-end.ts';
import type { DrainEnd } from './drain-end.ts';
import { initializedLabel, registeredLabel } from './node-view.ts';

export const disruptedTaint: Taint = { key: 'karpenter.sh/disrupted', effect: 'NoSchedule' };
const unregisteredTaint = { key: 'karpenter.sh/unregistered', effect: 'NoExecute' };
const excludeFromBalancers = 'node.kubernetes.io/exclude-from-external-load-balancers';
const keepTaintsLabel = 'karpenter.sh/do-not-sync-taints';

/** Annotations that speak of the claim itself, not of its Node. */
const claimOnly = [prefix, 'kubectl.kubernetes.io/', 'karpenter.sh/linked', 'NodeHeartBeatTimeStamp'];

/** Domains whose labels the kubelet and AKS own: put where they are missing, never changed. */
const platformDomain = /(^|\.)(kubernetes\.io|k8s\.io|kubernetes\.azure\.com)\//u;

export interface SyncOptions {
  /** The Node is initialized: our label says so from now on. */
  readonly initialize: boolean;
  readonly resource: Resource<KubeObject>;
}

/** A merge patch with the Node's resourceVersion where it touches a list; undefined when nothing is missing. */
export function nodeSyncPatch(node: Node, claim: Claim, { initialize, resource }: SyncOptions): object | undefined {
  const isNew = node.metadata.labels?.[registeredLabel] !== 'true';
  // A claim that carries the milestones of a Node says nothing of this one.
  const { [registeredLabel]: _registered, [initializedLabel]: _initialized, ...claimLabels } = claim.labels;
  const labels = missing(node.metadata.labels, {
    ...claimLabels,
    [registeredLabel]: 'true',
    ...(initialize ? { [initializedLabel]: 'true' } : {}),
  });
  const annotations = missing(
    node.metadata.annotations,
    Object.fromEntries(
      Object.entries(claim.annotations).filter(([key]) => !claimOnly.some((start) => key.startsWith(start))),
    ),
  );
  const finalizers = node.metadata.finalizers ?? [];
  const owners = node.metadata.ownerReferences ?? [];
  const taints = node.spec?.taints ?? [];
  // Its absence lets pods in: it goes whether or not the other taints are the Node's own affair.
  const registered = taints.some((taint) => isSame(taint, unregisteredTaint))
    ? taints.filter((taint) => !isSame(taint, unregisteredTaint))
    : taints;
  const wantedTaints =
    node.metadata.labels?.[keepTaintsLabel] === 'true'
      ? registered
      : withTaints(
          registered,
          // Startup taints come once, with registration: whoever takes one off has done the work it waited for.
          isNew ? [...claim.spec.taints, ...claim.spec.startupTaints] : claim.spec.taints,
        );
  const metadata = {
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(finalizers.includes(finalizer) ? {} : { finalizers: [...finalizers, finalizer] }),
    ...(owners.some(({ uid }) => uid === claim.uid) ? {} : { ownerReferences: [...owners, ownerOf(claim, resource)] }),
  };
  const spec = sameTaints(taints, wantedTaints) ? {} : { spec: { taints: wantedTaints } };
  if (Object.keys(metadata).length === 0 && Object.keys(spec).length === 0) return undefined;
  return locked(node, { metadata, ...spec });
}

/**
 * Cordon, Karpenter's taint, and out of the load balancers; with word of when its pods end at the latest, where its claim
 * promised that (what somebody else wrote of it stays). Undefined when the Node has it all.
 */
export function drainPatch(node: Node, end?: Pick<DrainEnd, 'atApiMs' | 'isPromised'>): object | undefined {
  const taints = node.spec?.taints ?? [];
  const wanted = withTaints(taints, [disruptedTaint]);
  const labels = missing(node.metadata.labels, { [excludeFromBalancers]: 'karpenter' }, true);
  const isTold = end?.isPromised !== true || node.metadata.annotations?.[terminationTimestamp] !== undefined;
  const isCordoned = node.spec?.unschedulable === true;
  if (isCordoned && isTold && labels === undefined && sameTaints(taints, wanted)) return undefined;
  return locked(node, {
    metadata: {
      ...(labels === undefined ? {} : { labels }),
      ...(isTold ? {} : { annotations: { [terminationTimestamp]: inSeconds(end.atApiMs) } }),
    },
    spec: { ...(isCordoned ? {} : { unschedulable: true }), ...(sameTaints(taints, wanted) ? {} : { taints: wanted }) },
  });
}

function inSeconds(apiMs: number): string {
  return new Date(apiMs).toISOString().replace(/\.\d+Z$/u, 'Z');
}

/** Our finalizer and the owner reference to this claim go; undefined when there is neither. */
export function releasePatch(node: Node, claimUid: string | undefined): object | undefined {
  const finalizers = node.metadata.finalizers ?? [];
  const owners = node.metadata.ownerReferences ?? [];
  const keptFinalizers = finalizers.filter((name) => name !== finalizer);
  const keptOwners = owners.filter(({ uid }) => uid !== claimUid);
  if (keptFinalizers.length === finalizers.length && keptOwners.length === owners.length) return undefined;
  return locked(node, {
    metadata: {
      ...(keptFinalizers.length === finalizers.length ? {} : { finalizers: keptFinalizers }),
      ...(keptOwners.length === owners.length ? {} : { ownerReferences: keptOwners }),
    },
  });
}

function ownerOf(claim: Claim, resource: Resource<KubeObject>): OwnerReference {
  return {
    apiVersion: apiVersionOf(resource),
    kind: claim.kind,
    name: claim.name,
    uid: claim.uid,
    blockOwnerDeletion: true,
  };
}

function locked(node: Node, patch: { readonly metadata: object; readonly spec?: object }): object {
  return { ...patch, metadata: { ...patch.metadata, resourceVersion: node.metadata.resourceVersion } };
}

function missing(
  has: Readonly<Record<string, string>> | undefined,
  wanted: Readonly<Record<string, string>>,
  platformToo = false,
): Record<string, string> | undefined {
  const entries = Object.entries(wanted).filter(([key, value]) => {
    const present = has?.[key];
    return present === undefined || (present !== value && (platformToo || !platformDomain.test(key)));
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function withTaints(taints: readonly Taint[], wanted: readonly Taint[]): readonly Taint[] {
  const others = taints.filter((taint) => !wanted.some((want) => isSame(taint, want)));
  const same = wanted.map((want) => {
    const present = taints.find((taint) => isSame(taint, want));
    return present !== undefined && (present.value ?? '') === (want.value ?? '') ? present : want;
  });
  const added = same.filter((taint) => !taints.includes(taint));
  return added.length === 0 ? taints : [...others, ...same];
}

function sameTaints(a: readonly Taint[], b: readonly Taint[]): boolean {
  return a.length === b.length && a.every((taint, index) => taint === b[index]);
}

function isSame(a: Pick<Taint, 'key' | 'effect'>, b: Pick<Taint, 'key' | 'effect'>): boolean {
  return a.key === b.key && a.effect === b.effect;
}
