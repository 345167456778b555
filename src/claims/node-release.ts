// Table D: a Node that has our finalizer and is being deleted. Every such deletion counts as the platform's: the finalizer
// goes at once, the claim stays and waits for the next Node (docs/lifecycle.md 6c).
import type { Node } from '../apis/wire.ts';
import type { KubeClient } from '../kube/client.ts';
import { Conflict } from '../kube/errors.ts';
import type { EventRecorder } from '../runtime/events.ts';
import { done, requeueAfter } from '../runtime/controller.ts';
import type { Result } from '../runtime/controller.ts';
import type { Logger } from '../observability/logger.ts';
import type { Store } from '../runtime/store.ts';
import { finalizer } from './annotations.ts';
import type { KnownClaims } from './known-claims.ts';
import { isOfClaim, ownerOfNode } from './node-owner.ts';
import { poolOfNode } from './observe.ts';
import { reasons } from './reasons.ts';
import { releaseNode } from './release.ts';

const afterConflictMs = 200;

/** A kind that is not served now may be again in a moment, and another one's claims say nothing of its Nodes. */
const ownerUnknownMs = 1000;

export interface NodeReleaseContext {
  readonly kube: KubeClient;
  readonly nodes: Store<Node>;
  /** One for each kind of claim. */
  readonly kinds: readonly KnownClaims[];
  readonly log: Logger;
  readonly events: EventRecorder;
}

/** The key is the Node's name. Nothing here asks Azure or waits for it, and no claim is ever deleted. */
export async function releaseDeletedNode(
  key: string,
  context: NodeReleaseContext,
  { signal }: { readonly signal: AbortSignal },
): Promise<Result> {
  const { nodes, kinds, log, events } = context;
  const node = nodes.get(key);
  if (node === undefined || poolOfNode(node) === undefined) return done;
  if (node.metadata.deletionTimestamp === undefined || !node.metadata.finalizers?.includes(finalizer)) return done;
  const owner = ownerOfNode(node, kinds);
  if (owner.is === 'unknown') return requeueAfter(ownerUnknownMs);
  if (owner.is === 'nobody' || owner.is === 'foreign' || (owner.is === 'gone' && !isOfClaim(node))) return done;
  // D1: the claim is being deleted too, and table C lets go of the Node when the pool is gone.
  if (owner.is === 'claim' && owner.claim.deletingSince !== undefined) return done;
  try {
    await releaseNode(node, owner.is === 'gone' ? owner.uid : undefined, context, { signal, remove: false });
  } catch (error) {
    if (error instanceof Conflict) return requeueAfter(afterConflictMs);
    throw error;
  }
  const pool = poolOfNode(node);
  log.info({ Node: key, pool, row: owner.is === 'gone' ? 'D2' : 'D3' }, 'node finalizer released');
  events.record({
    regarding: { apiVersion: 'v1', kind: 'Node', name: key, uid: node.metadata.uid },
    type: 'Normal',
    reason: reasons.NodeFinalizerReleased,
    message: `The Node is being deleted, so its finalizer was released; agent pool "${pool ?? ''}" stays`,
  });
  return done;
}
