import { describe, expect, test } from 'vitest';
import { aMachine, aNode, aPool, poolIdOf, sentHashFor } from '../../test/support/claim-builders.ts';
import type { Claim } from '../apis/claim.ts';
import type { AgentPool } from '../azure/pool.ts';
import { recordOf } from './annotations.ts';
import { ownerOf } from './ownership.ts';
import type { Owner } from './ownership.ts';
import { poolOfProviderId } from './provider-id.ts';

function owner(claim: Claim, pool: AgentPool, allows = true): Owner {
  return ownerOf(pool, { claim, record: recordOf(claim), allowsSize: () => allows });
}

const claim = aMachine();
const tags = aPool(claim).tags;

describe('ownerOf', () => {
  test.each<[string, Partial<AgentPool>, Owner]>([
    ['our tags', {}, { owner: 'mine', proof: 'tags' }],
    [
      'our tags in another case',
      { tags: Object.fromEntries(Object.entries(tags).map(([key, value]) => [key.toUpperCase(), value])) },
      { owner: 'mine', proof: 'tags' },
    ],
    ['our tags on a System pool', { mode: 'System' }, { owner: 'other' }],
    ['our tags on a reserved name', { name: 'aksmanagedap' }, { owner: 'other' }],
    ['the uid of an earlier claim', { tags: { ...tags, 'gpu-provisioner-uid': 'uid-0' } }, { owner: 'earlier' }],
    ['another name', { tags: { ...tags, 'gpu-provisioner-name': 'x' } }, { owner: 'other' }],
    ['another kind', { tags: { ...tags, 'gpu-provisioner-kind': 'NodeClaim' } }, { owner: 'other' }],
    ['a uid alone that is not ours', { tags: { 'gpu-provisioner-uid': 'uid-0' } }, { owner: 'other' }],
    ['our uid alone', { tags: { 'gpu-provisioner-uid': 'uid-1' } }, { owner: 'unproven' }],
    ['no tags', { tags: {} }, { owner: 'unproven' }],
  ])('%s', (_what, changes, expected) => {
    expect(owner(claim, aPool(claim, 'settled', changes))).toEqual(expected);
  });

  test('lost tags are made up for by the record, while labels and size are those we sent', () => {
    const known = aMachine({ record: { poolId: poolIdOf(claim.name).toUpperCase(), sentHash: sentHashFor(claim) } });
    expect(owner(known, aPool(known, 'settled', { tags: {} }))).toEqual({ owner: 'mine', proof: 'record' });
    expect(
      owner(known, aPool(known, 'settled', { tags: { other: 'x' }, vmSize: 'standard_nc24ads_a100_v4' })),
    ).toMatchObject({ owner: 'mine' });
    expect(owner(known, aPool(known, 'settled', { tags: {}, vmSize: 'Standard_D2s_v5' }))).toEqual({
      owner: 'unproven',
    });
    expect(owner(known, aPool(known, 'settled', { tags: {}, id: poolIdOf('other') }))).toEqual({ owner: 'unproven' });
    expect(owner(known, aPool(known, 'settled', { tags: { 'gpu-provisioner-name': 'x' } }))).toEqual({
      owner: 'other',
    });
  });

  describe('a pool of the Go provisioner', () => {
    const linked = aMachine({
      finalizers: ['karpenter.sh/termination'],
      annotations: { 'karpenter.sh/linked': aNode().spec?.providerID ?? '' },
    });
    const untagged = aPool(linked, 'settled', { tags: {} });
    const adopted = { owner: 'mine', proof: 'adoption' };

    test('K29-LA03 is adopted by a linked annotation, by providerID, or while it is being created', () => {
      expect(owner(linked, untagged)).toEqual(adopted);
      const running = aMachine({
        finalizers: ['karpenter.sh/termination'],
        status: { providerID: aNode().spec?.providerID ?? '' },
      });
      expect(owner(running, untagged)).toEqual(adopted);
      const bare = aMachine({ finalizers: ['karpenter.sh/termination'] });
      expect(owner(bare, { ...untagged, phase: 'creating' })).toEqual(adopted);
      expect(owner(bare, untagged)).toEqual({ owner: 'unproven' });
    });

    test.each<[string, Claim, Partial<AgentPool>]>([
      ['without the finalizer', aMachine({ annotations: linked.annotations }), {}],
      ['of another workspace', linked, { nodeLabels: { ...untagged.nodeLabels, 'kaito.sh/workspace': 'x' } }],
      [
        'of another provisioner',
        linked,
        { nodeLabels: { ...untagged.nodeLabels, 'karpenter.sh/provisioner-name': 'x' } },
      ],
      [
        'linked to another pool',
        aMachine({
          finalizers: linked.finalizers,
          annotations: { 'karpenter.sh/linked': aNode({ pool: 'other' }).spec?.providerID ?? '' },
        }),
        {},
      ],
      ['whose claim has no KAITO label', { ...linked, labels: {} }, {}],
    ])('is not adopted %s', (_what, by, changes) => {
      expect(owner(by, { ...untagged, ...changes })).toEqual({ owner: 'unproven' });
    });

    test('is not adopted when the spec does not allow its size', () => {
      expect(owner(linked, untagged, false)).toEqual({ owner: 'unproven' });
    });

    test("is adopted by a person's order in place of the link, and not in place of any other proof", () => {
      const ordered = { ...linked, annotations: { 'gpu-provisioner.io/adopt': 'true' } };
      expect(owner({ ...linked, annotations: {} }, untagged)).toEqual({ owner: 'unproven' });
      expect(owner(ordered, untagged)).toEqual(adopted);
      expect(owner(ordered, untagged, false)).toEqual({ owner: 'unproven' });
      expect(owner({ ...ordered, finalizers: [] }, untagged)).toEqual({ owner: 'unproven' });
      expect(owner(ordered, { ...untagged, nodeLabels: {} })).toEqual({ owner: 'unproven' });
      expect(owner({ ...linked, annotations: { 'gpu-provisioner.io/adopt': 'yes' } }, untagged)).toEqual({
        owner: 'unproven',
      });
    });
  });

  describe('the pool of an earlier claim of this name', () => {
    const pool = aPool(claim, 'settled', { tags: { ...tags, 'gpu-provisioner-uid': 'uid-0' } });
    const ordered = aMachine({ annotations: { 'gpu-provisioner.io/adopt': 'true' } });

    test("is this one's by a person's order, when it is what this one asks for", () => {
      expect(owner(ordered, pool)).toEqual({ owner: 'mine', proof: 'adoption' });
      expect(owner(ordered, pool, false)).toEqual({ owner: 'earlier' });
      expect(owner(ordered, { ...pool, tags: { ...tags, 'gpu-provisioner-name': 'x' } })).toEqual({ owner: 'other' });
      expect(owner(ordered, { ...pool, mode: 'System' })).toEqual({ owner: 'other' });
    });

    test('stays so by the record that the adoption wrote, and not by one of another pool', () => {
      const record = { poolId: poolIdOf(claim.name), sentHash: sentHashFor(claim) };
      expect(owner(aMachine({ record: { ...record, adopted: true } }), pool)).toEqual({
        owner: 'mine',
        proof: 'record',
      });
      expect(owner(aMachine({ record }), pool)).toEqual({ owner: 'earlier' });
      expect(owner(aMachine({ record: { ...record, adopted: true, sentHash: 'x' } }), pool)).toEqual({
        owner: 'unproven',
      });
    });
  });
});

test.each([
  [
    'azure:///subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/aks-ws1-12345678-vmss/virtualMachines/0',
    'ws1',
  ],
  [
    'azure:///subscriptions/s/resourcegroups/rg/providers/microsoft.compute/virtualmachinescalesets/AKS-WS1-12345678-vmss/virtualMachines/12',
    'ws1',
  ],
  [
    'azure:///subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/aks-ws1-12345678-vms0',
    'ws1',
  ],
  [
    'azure:///subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/aks-karpenter-abc',
    undefined,
  ],
  ['azure:///x/virtualMachineScaleSets/vmss/virtualMachines/0', undefined],
  ['aws:///eu-west-1/i-0', undefined],
  ['', undefined],
])('poolOfProviderId(%j) is %j', (providerId, pool) => {
  expect(poolOfProviderId(providerId)).toBe(pool);
});
