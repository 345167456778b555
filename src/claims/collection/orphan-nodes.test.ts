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
