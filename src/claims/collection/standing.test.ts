import { describe, expect, test } from 'vitest';
import { aMachine, aNode, aPool, poolIdOf, sentHashFor } from '../../../test/support/claim-builders.ts';
import type { Claim } from '../../apis/claim.ts';
import type { AgentPool } from '../../azure/pool.ts';
import { finalizer } from '../annotations.ts';
import type { OwnerSource } from './owner-source.ts';
import { standingOf } from './standing.ts';

const machine = aMachine();
const tagged = aPool(machine);

function source(claims: readonly Claim[], changes: Partial<OwnerSource> = {}): OwnerSource {
  return {
    kind: 'Machine',
    known: true,
    byUid: (uid) => claims.find((claim) => claim.uid === uid),
    byPool: (pool) => claims.filter(({ name }) => name === pool),
    ask: async () => Promise.resolve({ known: false, why: 'not asked here' }),
    ...changes,
  };
}

function standing(pool: AgentPool, claims: readonly Claim[] = [], nodes = [aNode({ owner: 'uid-1' })]) {
  return standingOf(pool, { sources: [source(claims)], nodes });
}

describe('standingOf', () => {
  test('tags that name a claim which no cache shows: an orphan, as far as one can tell', () => {
    expect(standing(tagged)).toMatchObject({
      is: 'tagged',
      owner: { kind: 'Machine', name: 'ws1a2b3c4d5', uid: 'uid-1' },
      known: true,
    });
  });

  test('the claim of the tags lives, though it is being deleted or has another pool by now: owned', () => {
    expect(standing(tagged, [machine]).is).toBe('owned');
    expect(standing(tagged, [aMachine({ deletingSince: -5, finalizers: [finalizer] })]).is).toBe('owned');
    expect(standing({ ...tagged, name: 'elsewhere', id: poolIdOf('elsewhere') }, [machine]).is).toBe('owned');
  });

  test('tags that were copied to a pool which the claim they name could never have: ambiguous', () => {
    expect(standing({ ...tagged, name: 'training', id: poolIdOf('training') }, [], []).is).toBe('ambiguous');
    const long = aMachine({ name: 'ws-with-a-name-that-no-pool-can-have' });
    expect(standing(aPool(long), [], [])).toMatchObject({ is: 'tagged', owner: { name: long.name } });
  });

  test('a claim of that name with another uid does not own it', () => {
    expect(standing(tagged, [aMachine({ uid: 'uid-2' })])).toMatchObject({ is: 'tagged', owner: { uid: 'uid-1' } });
  });

  test('unless a person wants it to adopt the pool', () => {
    const adopting = aMachine({ uid: 'uid-2', annotations: { 'gpu-provisioner.io/adopt': 'true' } });
    expect(standing(tagged, [adopting])).toMatchObject({ is: 'owned', owner: { uid: 'uid-2' } });
  });

  test.each([
    ['a pool of people', {}],
    ['a pool of people with tags of theirs', { tags: { owner: 'somebody' } }],
    ['the system pool, whatever is written on it', { mode: 'System', tags: tagged.tags }],
    ["a pool of AKS's own", { name: 'aksmanagedap', tags: tagged.tags }],
  ])('%s: foreign', (_, changes) => {
    expect(standing({ ...tagged, nodeLabels: {}, tags: {}, ...changes }).is).toBe('foreign');
  });

  test('labels of the Go provisioner and no tags of ours: ambiguous', () => {
    expect(standing({ ...tagged, tags: {} }).is).toBe('ambiguous');
  });

  test('a pool that a live claim has by its record, though the tags are gone: owned', () => {
    const untagged = { ...tagged, tags: {} };
    const record = { poolId: tagged.id, sentHash: sentHashFor(machine) };
    expect(standing(untagged, [aMachine({ record })]).is).toBe('owned');
    expect(standing(untagged, [aMachine({ record: { ...record, sentHash: 'of other labels' } })]).is).toBe('ambiguous');
  });

  test.each([
    ['a tag is missing', { 'gpu-provisioner-uid': '' }],
    ['another schema', { 'gpu-provisioner-schema': '2' }],
    ['a shared pool', { 'gpu-provisioner-mode': 'shared' }],
    ['no kind of ours', { 'gpu-provisioner-kind': 'Deployment' }],
    ['no name that a claim could have', { 'gpu-provisioner-name': 'a,metadata.name!=a' }],
  ])('%s: ambiguous', (_, tags) => {
    expect(standing({ ...tagged, tags: { ...tagged.tags, ...tags } }).is).toBe('ambiguous');
  });

  describe('tags that somebody has overwritten', () => {
    const overwritten = { ...tagged, tags: { ...tagged.tags, 'gpu-provisioner-uid': 'nobody' } };

    test('of a pool that a live claim is bound to: ambiguous', () => {
      const bound = aMachine({ record: { poolId: tagged.id, boundUid: 'node-uid-1' } });
      expect(standing(overwritten, [bound], []).is).toBe('ambiguous');
    });

    test('of a pool that a live claim was given and has not come to a Node on yet: ambiguous', () => {
      const waiting = aMachine({ record: { poolId: tagged.id } });
      expect(standing(overwritten, [waiting], []).is).toBe('ambiguous');
    });

    test('of a pool whose Node a live claim owns: ambiguous', () => {
      expect(standing(overwritten, [machine]).is).toBe('ambiguous');
    });
  });

  test('a kind that is not served, or whose list is not complete: nothing is known', () => {
    const unknown = { sources: [source([], { known: false })], nodes: [] };
    expect(standingOf(tagged, unknown)).toMatchObject({ is: 'tagged', known: false });
    expect(standingOf(tagged, { sources: [], nodes: [] })).toMatchObject({ is: 'tagged', known: false });
  });

  test('a Node that a claim of another, unknown kind owns: nothing is known', () => {
    const node = aNode();
    const owner = { apiVersion: 'karpenter.sh/v1', kind: 'NodeClaim', name: 'n', uid: 'n-1' };
    const nodes = [{ ...node, metadata: { ...node.metadata, ownerReferences: [owner] } }];
    expect(standingOf(tagged, { sources: [source([])], nodes })).toMatchObject({ is: 'tagged', known: false });
  });
});
