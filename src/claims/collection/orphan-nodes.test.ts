import { describe, expect, test } from 'vitest';
import { aNode } from '../../../test/support/claim-builders.ts';
import { aMachineNamed, playCollection, poolFor } from '../../../test/support/collection-fixture.ts';
import type { CollectionPlay } from '../../../test/support/collection-fixture.ts';
import { finalizer } from '../annotations.ts';

const minute = 60_000;

describe('Nodes that are left over', () => {
  const owned = { pool: 'wsa', owner: 'uid-wsa', finalizers: [finalizer], ready: 'Unknown' } as const;

  test('the claim and the pool are gone and the Node is not Ready: it is released and deleted', async () => {
    const { clock, kube } = playCollection();
    kube.put('nodes', aNode(owned));
    await clock.advance(minute);
    expect(kube.has('nodes', aNode(owned).metadata.name)).toBe(false);
  });

  test.each<[string, (world: CollectionPlay) => void]>([
    ['its pool is there', ({ arm }) => arm.put(poolFor('wsa'))],
    ['its claim is there', ({ kube }) => kube.put('machines', aMachineNamed('owner', 'uid-wsa'))],
    ['its kind is not served', ({ claims }) => claims.markUnserved()],
    ['the API server does not serve its kind', ({ kube }) => kube.unserved.add('machines')],
  ])('%s: it stays', async (_, arrange) => {
    const world = playCollection();
    arrange(world);
    world.kube.put('nodes', aNode(owned));
    await world.clock.advance(10 * minute);
    expect(world.kube.writes).toEqual([]);
  });

  test.each([
    ['reportOnly', { reportOnly: true }],
    ['paused', { paused: true }],
    ['paused', { paused: true, reportOnly: true }],
  ])('%s: it stays, and what would be done is logged once for each Node', async (by, policies) => {
    const { clock, kube, logged } = playCollection(policies);
    const node = aNode(owned);
    const { name } = node.metadata;
    kube.put('nodes', node);
    await clock.advance(10 * minute);
    const told = { Node: name, pool: 'wsa', by, would: `delete Node "${name}"` };
    expect(logged('step left undone')).toEqual([expect.objectContaining(told)]);
    kube.put('nodes', aNode({ ...owned, uid: 'another' }));
    await clock.advance(10 * minute);
    expect(logged('step left undone')).toHaveLength(2);
    expect(kube.writes).toEqual([]);
  });

  test('reportOnly: nothing is said of a Node whose claim or pool is there', async () => {
    const { arm, clock, kube, logged } = playCollection({ reportOnly: true });
    arm.put(poolFor('wsa'));
    kube.put('nodes', aNode(owned));
    kube.put('machines', aMachineNamed('owner', 'uid-wsb'));
    kube.put('nodes', aNode({ ...owned, name: 'b', uid: 'b', pool: 'wsb', owner: 'uid-wsb' }));
    await clock.advance(10 * minute);
    expect(logged('step left undone')).toEqual([]);
  });

  test('it is Ready: its machine runs, so it stays', async () => {
    const { clock, kube } = playCollection();
    kube.put('nodes', aNode({ ...owned, ready: 'True' }));
    await clock.advance(10 * minute);
    expect(kube.writes).toEqual([]);
  });

  test('no claim owns it: it is not ours', async () => {
    const { clock, kube } = playCollection();
    kube.put('nodes', aNode({ pool: 'wsa', finalizers: [finalizer], ready: 'Unknown' }));
    await clock.advance(10 * minute);
    expect(kube.writes).toEqual([]);
  });
});
