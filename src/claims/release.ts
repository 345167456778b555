// Letting go of a Node: our finalizer and owner reference, and where the pool is gone the Node object itself.
import { nodes as nodesResource } from '../apis/resource.ts';
import type { Node } from '../apis/wire.ts';
import type { KubeClient } from '../kube/client.ts';
import { NotFound } from '../kube/errors.ts';
import { trimNode } from '../runtime/node-trim.ts';
import type { Store } from '../runtime/store.ts';
import { releasePatch } from './node-sync.ts';

/**
 * A Node that is gone already is no error. With `remove` the Node is deleted under its UID, so that a Node of the same
 * name which has joined since stays.
 */
export async function releaseNode(
  node: Node,
  claimUid: string | undefined,
  { kube, nodes }: { readonly kube: KubeClient; readonly nodes: Store<Node> },
  { signal, remove }: { readonly signal: AbortSignal; readonly remove: boolean },
): Promise<void> {
  const { name, uid } = node.metadata;
  try {
    let current = node;
    if (remove && node.metadata.deletionTimestamp === undefined) {
      // While our finalizer is still there, so that its removal is what ends the Node and our cache knows at once.
      await kube.delete(nodesResource, { name }, { preconditions: { uid }, signal });
      current = await kube.get(nodesResource, { name }, { signal });
      if (current.metadata.uid !== uid) return;
    }
    const patch = releasePatch(current, claimUid);
    if (patch === undefined) return;
    const written = await kube.patch(nodesResource, { name }, { type: 'merge', body: patch }, { signal });
    nodes.noteWrite(trimNode(written));
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
  }
}
