// What Karpenter's own tests ask of launch and registration, in both eras.
import { describe, expect, test } from 'vitest';
import { begin, joined, kinds } from '../support/eras.ts';

const startupTaint = { key: 'starting', value: 'yes', effect: 'NoSchedule' };
const taint = { key: 'sku', value: 'gpu', effect: 'NoSchedule' };
const both = { spec: { startupTaints: [startupTaint] } };
const keepTaints = 'karpenter.sh/do-not-sync-taints';

describe.each(kinds)('launch of a %s', (kind) => {
  test('K29-LA01 K17-LA01 a new claim gets an instance: one pool is asked for', async () => {
    const era = await begin(kind);
    expect(era.callsOf('create')).toEqual([`create ${era.name}`]);
    expect(era.arm.pools.get(era.name)).toMatchObject({ vmSize: 'Standard_NC24ads_A100_v4', count: 1 });
  });

  test('K29-LA02 K17-LA03 Launched is a condition from the first second on, and True when the pool is made', async () => {
    const era = await begin(kind);
    expect(era.condition('Launched')).toMatchObject({ status: 'Unknown', reason: 'Creating' });
    era.settle();
    await era.clock.advance(20_000);
    expect(era.condition('Launched')).toMatchObject({ status: 'True', message: '' });
  });

  test('K29-LA04 K17-LA04 a claim without capacity is kept, with the literal that KAITO waits for', async () => {
    const era = await begin(kind);
    era.arm.change(era.name, {
      phase: 'failed',
      state: 'Failed',
      error: { code: 'AllocationFailed', message: 'Allocation failed. We do not have sufficient capacity' },
    });
    await era.clock.advance(30 * 60_000);
    expect(era.exists()).toBe(true);
    expect(era.now().deletingSince).toBeUndefined();
    expect(era.condition('Launched')).toMatchObject({
      status: 'False',
      message: expect.stringContaining('all requested instance types were unavailable during launch'),
    });
  });

  test('K17-LA06 what Azure says of a refused creation is what Launched says', async () => {
    const era = await begin(kind);
    era.arm.change(era.name, {
      phase: 'failed',
      state: 'Failed',
      error: { code: 'QuotaExceeded', message: 'Operation could not be completed as it results in exceeding quota' },
    });
    await era.clock.advance(6 * 60_000);
    const launched = era.condition('Launched');
    expect(launched?.status).toBe('False');
    expect(launched?.message).toContain('QuotaExceeded');
  });
});

describe.each(kinds)('registration of a %s', (kind) => {
  test('K29-RE01 K17-RE01 the Node that comes online is bound, by its name and providerID', async () => {
    const era = await joined(kind);
    const node = era.node();
    expect(era.condition('Registered')?.status).toBe('True');
    expect(era.now().status).toMatchObject({ nodeName: node.metadata.name, providerID: node.spec?.providerID });
  });

  test('K29-RE02 K17-RE03 the claim owns the Node', async () => {
    const era = await joined(kind);
    expect(era.node().metadata.ownerReferences).toEqual([
      {
        apiVersion: kind === 'Machine' ? 'karpenter.sh/v1alpha5' : 'karpenter.sh/v1',
        kind,
        name: era.name,
        uid: era.now().uid,
        blockOwnerDeletion: true,
      },
    ]);
  });

  test('K17-RE04 a Node that the claim owns already gets no second reference', async () => {
    const era = await joined(kind);
    const [reference] = era.node().metadata.ownerReferences ?? [];
    era.change(({ metadata, ...rest }) => ({ ...rest, metadata: { ...metadata, labels: { agentpool: era.name } } }));
    await era.clock.advance(5000);
    expect(era.node().metadata.labels).toMatchObject({ 'karpenter.sh/registered': 'true' });
    expect(era.node().metadata.ownerReferences).toEqual([reference]);
  });

  test('K29-RE03 the Node is labelled as registered when it comes online', async () => {
    const era = await joined(kind);
    expect(era.node().metadata.labels).toMatchObject({ 'karpenter.sh/registered': 'true' });
  });

  test('K29-RE04 the label comes back when the claim has registered already', async () => {
    const era = await joined(kind);
    era.change(({ metadata, ...rest }) => {
      const { 'karpenter.sh/registered': _, ...labels } = metadata.labels ?? {};
      return { ...rest, metadata: { ...metadata, labels } };
    });
    await era.clock.advance(5000);
    expect(era.node().metadata.labels).toMatchObject({ 'karpenter.sh/registered': 'true' });
  });

  test('K17-RE05 the Node is labelled as registered and loses the unregistered taint', async () => {
    const era = await joined(kind, {}, { taints: [{ key: 'karpenter.sh/unregistered', effect: 'NoExecute' }, taint] });
    expect(era.node().metadata.labels).toMatchObject({ 'karpenter.sh/registered': 'true' });
    expect(era.node().spec?.taints).toEqual([taint]);
  });

  test('K17-RE06 a Node that never had the unregistered taint registers all the same', async () => {
    const era = await joined(kind, {}, { taints: [taint] });
    expect(era.condition('Registered')?.status).toBe('True');
  });

  test('K29-RE05 K17-RE07 labels of the claim come to the Node', async () => {
    const era = await joined(kind, { labels: { team: 'a' } });
    expect(era.node().metadata.labels).toMatchObject({ team: 'a', 'kaito.sh/workspace': 'w' });
  });

  test('K29-RE06 K17-RE08 annotations of the claim come to the Node', async () => {
    const era = await joined(kind, { annotations: { 'example.com/note': 'x' } });
    expect(era.node().metadata.annotations).toEqual({ 'example.com/note': 'x' });
  });

  test.each([
    ['without the label', {}],
    ['with the label at another value', { [keepTaints]: 'no' }],
  ])(
    'K29-RE07 K29-RE08 K17-RE09 K17-RE10 K17-RE13 K17-RE14 taints and startup taints come to a Node %s do-not-sync-taints',
    async (_, labels) => {
      const era = await joined(kind, both, { labels, ready: 'False' });
      expect(era.node().spec?.taints).toEqual([taint, startupTaint]);
    },
  );

  test('K17-RE11 K17-RE12 neither comes to a Node with the label do-not-sync-taints', async () => {
    const era = await joined(kind, both, { labels: { [keepTaints]: 'true' } });
    expect(era.condition('Registered')?.status).toBe('True');
    expect(era.node().spec?.taints).toEqual([]);
  });

  test('K29-RE09 K17-RE15 a startup taint that was taken off does not come back', async () => {
    const era = await joined(kind, both);
    era.change(({ spec, ...rest }) => ({ ...rest, spec: { ...spec, taints: [taint] } }));
    await era.clock.advance(60_000);
    expect(era.node().spec?.taints).toEqual([taint]);
  });
});
