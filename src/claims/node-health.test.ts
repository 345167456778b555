import { describe, expect, test } from 'vitest';
import { aNode } from '../../test/support/claim-builders.ts';
import type { NodeOptions } from '../../test/support/claim-builders.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import type { Node } from '../apis/wire.ts';
import { Store } from '../runtime/store.ts';
import { NodeHealth } from './node-health.ts';

const shutdown = { key: 'node.cloudprovider.kubernetes.io/shutdown', effect: 'NoSchedule' };
const group = '/subscriptions/s/resourcegroups/mc_rg';

/** Seen for longer than any Node boots, each in a pool of its name. */
async function seen(nodes: Readonly<Record<string, NodeOptions>>): Promise<NodeHealth> {
  const clock = new FakeClock();
  const store = new Store<Node>({ clock });
  const health = new NodeHealth({ nodes: store, clock, onChange: () => {} });
  const objects = Object.entries(nodes).map(([name, options]) => aNode({ name, uid: name, pool: name, ...options }));
  store.replace(objects, '1');
  await clock.advance(10 * 60_000);
  return health;
}

function inGroup(text: string): NodeOptions {
  return { providerId: `azure:///${text}/providers/Microsoft.Compute/virtualMachineScaleSets/x/virtualMachines/0` };
}

describe('NodeHealth', () => {
  test('a Node that Azure has deallocated is neither down nor there, but for our own bound', async () => {
    const health = await seen({
      system: {},
      parked: { ready: 'Unknown', taints: [shutdown] },
      gone: { ready: 'Unknown' },
    });
    expect(health.down({ pools: new Set(['parked', 'gone']), group })).toMatchObject({ total: 2, down: 1, inPools: 2 });
  });

  test('Nodes on machines of the cluster are known by subscription and group, in whatever case Azure writes them', async () => {
    const health = await seen({
      a: inGroup('subscriptions/s/resourceGroups/MC_rg'),
      b: inGroup('subscriptions/S/resourcegroups/mc_rg'),
      otherGroup: inGroup('subscriptions/s/resourceGroups/mc_rg2'),
      otherSubscription: inGroup('subscriptions/t/resourceGroups/mc_rg'),
      virtual: { providerId: null },
      elsewhere: { providerId: 'kind://docker/kind/kind-control-plane' },
    });
    expect(health.down({ pools: new Set(), group }).inGroup).toBe(2);
    expect(health.down({ pools: new Set(), group: undefined }).inGroup).toBeUndefined();
  });
});
