// Table D: a Node that has our finalizer and is being deleted. Every such deletion counts as the platform's: the finalizer
// goes at once, the claim stays and waits for the next Node (docs/lifecycle.md 6c).
import type { KubeObject, Node } from '../apis/wire.ts';
import { Conflict } from '../kube/errors.ts';
import type { EventRecorder } from '../runtime/events.ts';
import { done, requeueAfter } from '../runtime/controller.ts';
import type { Result } from '../runtime/controller.ts';
import { finalizer } from './annotations.ts';
import type { LifecycleContext } from './context.ts';
import { ownerClaimUid } from './node-view.ts';
import { poolOfNode } from './observe.ts';
import { reasons } from './reasons.ts';
import { releaseNode } from './release.ts';

/** Index of the claim store. */
export const uidIndex = 'uid';

const afterConflictMs = 200;

export type NodeReleaseContext<T extends KubeObject> = Pick<
  LifecycleContext<T>,
  'kube' | 'nodes' | 'claims' | 'adapter' | 'log'
> & { readonly events: EventRecorder };

/** The key is the Node's name. Nothing here asks Azure or waits for it, and no claim is ever deleted. */
export async function releaseDeletedNode<T extends KubeObject>(
  key: string,
  context: NodeReleaseContext<T>,
  { signal }: { readonly signal: AbortSignal },
): Promise<Result> {
  const { nodes, claims, adapter, log, events } = context;
  const node = nodes.get(key);
  if (node === undefined || !isOurs(node, adapter.kind)) return done;
  if (node.metadata.deletionTimestamp === undefined || !node.metadata.finalizers?.includes(finalizer)) return done;
  const uid = ownerClaimUid(node);
  const [owner] = uid === undefined ? [] : claims.byIndex(uidIndex, uid);
  // D1: the claim is being deleted too, and table C lets go of the Node when the pool is gone.
  if (owner !== undefined && adapter.read(owner).deletingSince !== undefined) return done;
  try {
    await releaseNode(node, owner === undefined ? uid : undefined, context, { signal, remove: false });
  } catch (error) {
    if (error instanceof Conflict) return requeueAfter(afterConflictMs);
    throw error;
  }
  const pool = poolOfNode(node);
  log.info({ Node: key, pool, row: owner === undefined ? 'D2' : 'D3' }, 'node finalizer released');
  events.record({
    regarding: { apiVersion: 'v1', kind: 'Node', name: key, uid: node.metadata.uid },
    type: 'Normal',
    reason: reasons.NodeFinalizerReleased,
    message: `The Node is being deleted, so its finalizer was released; agent pool "${pool ?? ''}" stays`,
  });
  return done;
}

/** Karpenter's finalizer is on other provisioners' Nodes too: ours are in an agent pool and owned by our kind of claim. */
export function isOurs(node: Node, kind: string): boolean {
  return (
    poolOfNode(node) !== undefined &&
    (node.metadata.ownerReferences?.some(
      (owner) => owner.kind === kind && owner.apiVersion.startsWith('karpenter.sh/'),
    ) ??
      false)
  );
}
