// The gate: what is done to a cluster while Azure is at work on it, and what waits.
import { expect } from 'vitest';
import { kaitoMachine } from '../support/machines.ts';
import type { Scenario } from '../support/scenario.ts';
import { untilNoNodeIsLeft } from '../support/world-nodes.ts';
import type { World } from '../support/world.ts';

const first = 'ws6fa1b2c3d';
const second = 'ws7fa1b2c3d';
/** Long enough for the controller to look at the cluster meanwhile. */
const slowPower = { script: { timing: { powerSeconds: 40 } } } as const;
const heldSeconds = 90;

async function ready(world: World): Promise<void> {
  await world.startController();
  await world.create('Machine', kaitoMachine({ name: first }));
  await world.untilReady(first);
}

/** `failed` where a person has to give a right; else a gate that is not open is no fault of the process. */
async function untilGate(world: World, words: string, is: 'ok' | 'failed' = 'ok'): Promise<void> {
  await world.until(`the gate says "${words}"`, async () =>
    (await world.controller.health('/readyz?verbose')).body.includes(`gate ${is} (not required): ${words}`),
  );
}

export const gate: readonly Scenario[] = [
  {
    name: 'while the cluster stops and starts nothing is asked of Azure; a new Machine gets its pool afterwards',
    world: slowPower,
    async play(world) {
      await ready(world);
      await untilGate(world, 'open');
      world.azure.stopCluster();
      await untilGate(world, 'closed: The cluster is stop');
      await world.create('Machine', kaitoMachine({ name: second }));
      await world.untilCondition(second, 'MachineLaunched', 'Unknown', 'ClusterBusy');
      await untilGate(world, 'closed: The cluster is stopped');
      await untilNoNodeIsLeft(world, first);
      const startedMs = world.clock.now().getTime();
      world.azure.startCluster();
      await world.untilReady(second);
      const [madeMs = 0] = world.calls('PUT', second).map(({ at }) => at.getTime());
      expect(madeMs - startedMs).toBeGreaterThanOrEqual(slowPower.script.timing.powerSeconds * 1000);
      await world.untilReady(first);
      await untilGate(world, 'open');
      expect(world.calls('PUT')).toHaveLength(2);
      expect(world.calls('DELETE')).toEqual([]);
    },
  },
  {
    name: 'a Machine that is deleted while the cluster starts keeps its pool until it has started, so that the start succeeds',
    world: slowPower,
    async play(world) {
      await ready(world);
      world.azure.stopCluster();
      await untilGate(world, 'closed: The cluster is stopped');
      const startedMs = world.clock.now().getTime();
      world.azure.startCluster();
      await world.remove('Machine', first);
      await world.untilCondition(first, 'InstanceTerminating', 'Unknown', 'WaitingForCluster');
      await world.untilGone('Machine', first);
      const [deletedMs = 0, ...others] = world.calls('DELETE').map(({ at }) => at.getTime());
      expect(deletedMs - startedMs).toBeGreaterThanOrEqual(slowPower.script.timing.powerSeconds * 1000);
      expect(others).toEqual([]);
      await untilGate(world, 'open');
    },
  },
  {
    name: 'an identity that may not read the cluster goes on creating and deleting; the gate stays closed and says which action it lacks',
    world: { script: { deny: ['Microsoft.ContainerService/managedClusters/read'] } },
    async play(world) {
      await ready(world);
      const lack = 'closed: The identity lacks the action Microsoft.ContainerService/managedClusters/read';
      await untilGate(world, lack, 'failed');
      await world.remove('Machine', first);
      await world.untilGone('Machine', first);
      expect(world.poolState(first)).toBeUndefined();
    },
  },
  {
    name: 'a pool that failed stays while Azure is at work on the cluster, and goes afterwards',
    world: { script: { capacity: { Standard_NC6s_v3: 0 } }, env: { LATE_NODE: '5s' } },
    async play(world) {
      await world.startController();
      await untilGate(world, 'open');
      await world.create('Machine', kaitoMachine({ name: first }));
      await world.until('Azure is creating', () => world.poolState(first) === 'Creating');
      const heldMs = world.clock.now().getTime();
      world.azure.holdCluster('Upgrading', heldSeconds);
      await world.untilCondition(first, 'MachineLaunched', 'False', 'InsufficientCapacity');
      await untilGate(world, 'closed: Azure is at work on the cluster (Upgrading)');
      await world.until('the failed pool is gone', () => world.poolState(first) === undefined);
      const [deletedMs = 0, ...others] = world.calls('DELETE').map(({ at }) => at.getTime());
      expect(deletedMs - heldMs).toBeGreaterThanOrEqual(heldSeconds * 1000);
      expect(others).toEqual([]);
    },
  },
];
