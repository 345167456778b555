// Freeing Nodes on the embedded API server: what is ours, what is not, and what others do meanwhile.
import { describe, expect, test } from 'vitest';
import { anEmbeddedApi, type EmbeddedApi } from '../../test/support/embedded-api.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { silent } from '../../test/support/kube-fixture.ts';
import { heldNode, machineOwner, nodeObject } from '../../test/support/nodes.ts';
import { endOf } from '../../test/support/task-end.ts';
import { nodes } from '../apis/resource.ts';
import { Conflict } from '../kube/errors.ts';
import { freeNodes, type FreeNodesOptions, NodesNotFreed } from './free-nodes.ts';

const { signal } = new AbortController();

function options({ client }: EmbeddedApi, kube: Partial<FreeNodesOptions['kube']> = {}) {
  const list: FreeNodesOptions['kube']['list'] = (...args) => client.list(...args);
  const patch: FreeNodesOptions['kube']['patch'] = (...args) => client.patch(...args);
  return { kube: { list, patch, ...kube }, clock: new FakeClock(), log: silent, signal };
}

async function holdsOf({ client }: EmbeddedApi, name: string): Promise<unknown> {
  const { metadata } = await client.get(nodes, { name }, { signal });
  return { finalizers: metadata.finalizers ?? [], owners: (metadata.ownerReferences ?? []).map(({ uid }) => uid) };
}

describe('freeNodes', () => {
  test('takes our finalizer and owner references off, and leaves those of others', async () => {
    const world = await anEmbeddedApi();
    const another = { kind: 'Machine', uid: 'another-uid' };
    const theirs = { kind: 'ConfigMap', apiVersion: 'v1', uid: 'their-uid' };
    await world.create(
      nodes,
      nodeObject({
        name: 'ours',
        pool: 'p1',
        finalizers: ['their.io/finalizer', 'karpenter.sh/termination'],
        owners: [theirs, machineOwner, another],
      }),
    );
    await expect(freeNodes(options(world))).resolves.toBe(1);
    await expect(holdsOf(world, 'ours')).resolves.toEqual({
      finalizers: ['their.io/finalizer'],
      owners: ['their-uid'],
    });
  });

  test("frees the Nodes of NodeClaims, which have KAITO's labels, as well", async () => {
    const world = await anEmbeddedApi();
    const owner = { kind: 'NodeClaim', apiVersion: 'karpenter.sh/v1', uid: 'nodeclaim-uid' };
    const held = nodeObject({ name: 'ours', pool: 'p1', finalizers: ['karpenter.sh/termination'], owners: [owner] });
    const { metadata } = { metadata: {}, ...held };
    const labels = { 'kubernetes.azure.com/agentpool': 'p1', 'kaito.sh/machine-type': 'gpu' };
    await world.create(nodes, { metadata: { ...metadata, labels } });
    await expect(freeNodes(options(world))).resolves.toBe(1);
    await expect(holdsOf(world, 'ours')).resolves.toEqual({ finalizers: [], owners: [] });
  });

  test('lets a Node go that waits for our finalizer', async () => {
    const world = await anEmbeddedApi();
    await world.create(nodes, heldNode('ours'));
    await world.client.delete(nodes, { name: 'ours' }, { signal });
    await freeNodes(options(world));
    const { items } = await world.client.list(nodes, { signal });
    expect(items).toEqual([]);
  });

  test.each([
    ['in no agent pool', { owners: [machineOwner] }],
    ['of Karpenter, with its finalizer', { pool: 'p1', owners: [{ kind: 'NodeClaim', uid: 'their-uid' }] }],
    ['owned by a Machine of another API', { pool: 'p1', owners: [{ ...machineOwner, apiVersion: 'other.io/v1' }] }],
    ['owned by nobody', { pool: 'p1' }],
  ])('does not touch a Node %s', async (_, wish) => {
    const world = await anEmbeddedApi();
    await world.create(nodes, nodeObject({ name: 'theirs', finalizers: ['karpenter.sh/termination'], ...wish }));
    const before = await world.client.get(nodes, { name: 'theirs' }, { signal });
    await expect(freeNodes(options(world))).resolves.toBe(0);
    await expect(world.client.get(nodes, { name: 'theirs' }, { signal })).resolves.toEqual(before);
  });

  test('finds nothing to do the second time', async () => {
    const world = await anEmbeddedApi();
    await world.create(nodes, heldNode('a'), heldNode('b'));
    await expect(freeNodes(options(world))).resolves.toBe(2);
    await expect(freeNodes(options(world))).resolves.toBe(0);
  });

  test('reads every page', async () => {
    const world = await anEmbeddedApi();
    await world.create(nodes, ...Array.from({ length: 501 }, (_, index) => heldNode(`n${index}`)));
    await expect(freeNodes(options(world))).resolves.toBe(501);
  });

  test('tries again where somebody else changed the Node meanwhile', async () => {
    const world = await anEmbeddedApi();
    await world.create(nodes, heldNode('ours'));
    let disturbed = 0;
    const given = options(world, {
      async patch(...[resource, name, ...rest]) {
        if (disturbed++ === 0) {
          await world.client.patch(
            nodes,
            name,
            { type: 'merge', body: { metadata: { labels: { x: 'y' } } } },
            { signal },
          );
        }
        return world.client.patch(resource, name, ...rest);
      },
    });
    const freed = freeNodes(given);
    await given.clock.advanceUntil(() => disturbed === 2);
    await expect(freed).resolves.toBe(1);
    await expect(holdsOf(world, 'ours')).resolves.toEqual({ finalizers: [], owners: [] });
  });

  test('gives up, with the names, where others never stop changing a Node', async () => {
    const world = await anEmbeddedApi();
    await world.create(nodes, heldNode('ours'));
    let tries = 0;
    const given = options(world, {
      async patch() {
        tries += 1;
        return Promise.reject(new Conflict('changed', { status: 409 }));
      },
    });
    const end = endOf(freeNodes(given));
    await given.clock.advanceUntil(() => end.reached);
    expect(end.error).toEqual(new NodesNotFreed(['ours']));
    expect(tries).toBe(10);
  });
});
