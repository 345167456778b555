// Whose a Node is, by its owner references and the claims of every kind.
import type { Claim } from '../apis/claim.ts';
import type { Node, OwnerReference } from '../apis/wire.ts';
import type { KnownClaims } from './known-claims.ts';
import { isClaimReference } from './node-view.ts';
import { poolOfNode } from './observe.ts';

export type NodeOwner =
  /** No claim is named. */
  | { readonly is: 'nobody' }
  /** A claim is named and cannot be looked up: its kind is not served, or not listed yet. */
  | { readonly is: 'unknown' }
  /** Another provisioner's claim. */
  | { readonly is: 'foreign' }
  | { readonly is: 'gone'; readonly uid: string }
  | { readonly is: 'claim'; readonly claim: Claim };

/**
 * Of several owners one that is there decides, whatever its kind; then one that cannot be known. Only when every one of
 * them was looked for and not found is the owner gone.
 */
export function ownerOfNode(node: Node, kinds: readonly KnownClaims[]): NodeOwner {
  const references = (node.metadata.ownerReferences ?? []).filter(isClaimReference);
  const [first] = references;
  if (first === undefined) return { is: 'nobody' };
  const owners = references.map((reference) => lookUp(reference, kinds));
  return (
    owners.find(({ is }) => is === 'claim') ??
    owners.find(({ is }) => is === 'foreign') ??
    owners.find(({ is }) => is === 'unknown') ?? { is: 'gone', uid: first.uid }
  );
}

/**
 * Whether the Node is of a claim that was served here, when there is no claim to ask. Karpenter's own Nodes have the same
 * finalizer and owner; each pool that is made for a NodeClaim has labels of KAITO's, and no Node of Karpenter's has.
 */
export function isOfClaim(node: Node): boolean {
  if (poolOfNode(node) === undefined) return false;
  const kinds = (node.metadata.ownerReferences ?? []).filter(isClaimReference).map(({ kind }) => kind);
  return kinds.includes('Machine') || (kinds.includes('NodeClaim') && hasKaitoLabel(node));
}

function hasKaitoLabel({ metadata }: Node): boolean {
  return Object.keys(metadata.labels ?? {}).some((key) => key.startsWith('kaito.sh/'));
}

function lookUp({ kind, uid }: OwnerReference, kinds: readonly KnownClaims[]): NodeOwner {
  const claims = kinds.find((each) => each.kind === kind);
  if (claims?.known !== true) return { is: 'unknown' };
  const found = claims.find(uid);
  if (found === undefined) return { is: 'gone', uid };
  return found.ours ? { is: 'claim', claim: found.claim } : { is: 'foreign' };
}
