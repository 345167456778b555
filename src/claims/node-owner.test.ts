import { describe, expect, test } from 'vitest';
import { aMachine, aNode } from '../../test/support/claim-builders.ts';
import type { ClaimKind } from '../apis/claim.ts';
import { machines } from '../apis/machine.ts';
import { nodeClaims } from '../apis/nodeclaim.ts';
import type { Node } from '../apis/wire.ts';
import type { KnownClaims } from './known-claims.ts';
import { isOfClaim, ownerOfNode } from './node-owner.ts';

const live = aMachine();

/** A kind with at most one claim, `uid-1`. */
function kindOf(
  kind: ClaimKind,
  { known = true, has }: { known?: boolean; has?: 'ours' | 'foreign' } = {},
): KnownClaims {
  return {
    kind,
    resource: kind === 'Machine' ? machines : nodeClaims,
    known,
    find: (uid) => (uid === 'uid-1' && has !== undefined ? { claim: live, ours: has === 'ours' } : undefined),
    onGone: () => undefined,
  };
}

function ownedBy(...owners: readonly (readonly [kind: string, uid: string, apiVersion?: string])[]): Node {
  const references = owners.map(([kind, uid, apiVersion = 'karpenter.sh/v1']) => ({
    kind,
    uid,
    apiVersion,
    name: uid,
  }));
  return { ...aNode(), metadata: { ...aNode().metadata, ownerReferences: references } };
}

describe('ownerOfNode', () => {
  const none = [kindOf('Machine'), kindOf('NodeClaim')];

  test("a Node without a reference to a claim is nobody's", () => {
    expect(ownerOfNode(ownedBy(), none)).toEqual({ is: 'nobody' });
    expect(ownerOfNode(ownedBy(['Machine', 'uid-1', 'other.io/v1']), none)).toEqual({ is: 'nobody' });
  });

  test.each(['Machine', 'NodeClaim'] as const)('a live %s owns its Node', (kind) => {
    const kinds = [kindOf('Machine', { has: 'ours' }), kindOf('NodeClaim', { has: 'ours' })];
    expect(ownerOfNode(ownedBy([kind, 'uid-1']), kinds)).toEqual({ is: 'claim', claim: live });
  });

  test('an owner is gone only when its kind is known and has no such uid', () => {
    expect(ownerOfNode(ownedBy(['Machine', 'uid-1']), none)).toEqual({ is: 'gone', uid: 'uid-1' });
    const unlisted = [kindOf('Machine', { known: false }), kindOf('NodeClaim')];
    expect(ownerOfNode(ownedBy(['Machine', 'uid-1']), unlisted)).toEqual({ is: 'unknown' });
    expect(ownerOfNode(ownedBy(['Machine', 'uid-1']), [])).toEqual({ is: 'unknown' });
  });

  test('a uid counts only within its kind', () => {
    const kinds = [kindOf('Machine', { has: 'ours' }), kindOf('NodeClaim')];
    expect(ownerOfNode(ownedBy(['NodeClaim', 'uid-1']), kinds)).toEqual({ is: 'gone', uid: 'uid-1' });
  });

  test('the claim of another provisioner owns its Node', () => {
    const kinds = [kindOf('Machine'), kindOf('NodeClaim', { has: 'foreign' })];
    expect(ownerOfNode(ownedBy(['NodeClaim', 'uid-1']), kinds)).toEqual({ is: 'foreign' });
  });

  test('of two owners of different kinds the one that lives decides, whichever comes first', () => {
    const kinds = [kindOf('Machine'), kindOf('NodeClaim', { has: 'ours' })];
    for (const order of [
      ownedBy(['Machine', 'uid-1'], ['NodeClaim', 'uid-1']),
      ownedBy(['NodeClaim', 'uid-1'], ['Machine', 'uid-1']),
    ])
      expect(ownerOfNode(order, kinds)).toEqual({ is: 'claim', claim: live });
  });

  test('of two owners one that cannot be known keeps the other from counting as the end', () => {
    const kinds = [kindOf('Machine'), kindOf('NodeClaim', { known: false })];
    expect(ownerOfNode(ownedBy(['Machine', 'uid-1'], ['NodeClaim', 'uid-2']), kinds)).toEqual({ is: 'unknown' });
  });
});

describe('isOfClaim', () => {
  const pool = { 'kubernetes.azure.com/agentpool': 'ws1a2b3c4d5' };
  const kaito = { 'kaito.sh/machine-type': 'gpu' };
  test.each([
    ['a Machine, in a pool', 'Machine', pool, true],
    ['a Machine, in none', 'Machine', {}, false],
    ["a NodeClaim, with KAITO's labels", 'NodeClaim', { ...pool, ...kaito }, true],
    ["a NodeClaim of Karpenter's", 'NodeClaim', pool, false],
    ['another kind', 'ConfigMap', { ...pool, ...kaito }, false],
  ])('K17-NT04 of a Node that is owned by %s', (_, kind, labels, ours) => {
    const node = ownedBy([kind, 'uid-1']);
    expect(isOfClaim({ ...node, metadata: { ...node.metadata, labels } })).toBe(ours);
  });
});
