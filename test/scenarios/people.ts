// What people do to pools and Nodes that are ours: their will is done, and no more than that.
import { expect } from 'vitest';
import { ClaimFleet, expectUntouched } from '../support/claim-fleet.ts';
import type { Scenario } from '../support/scenario.ts';
import { hurryUntil } from '../support/world-haste.ts';
import { grown, untilPersonIsBelieved } from '../support/world-belief.ts';
import { untilNoNodeIsLeft } from '../support/world-nodes.ts';
import { isTrue } from '../support/world-things.ts';

const name = 'fleet0';

export const people: readonly Scenario[] = [
  {
    name: 'a pool that somebody scales to 2 keeps its first Node and says ExtraNodes; scaled back, nothing has changed',
    async play(world) {
      const fleet = await ClaimFleet.ready(world, 1);
      const [node = ''] = fleet.firstNodes;
      world.azure.scalePool(name, 2);
      await world.until(
        'two Nodes are Ready',
        () => world.nodesOf(name).filter((each) => isTrue(each, 'Ready')).length === 2,
      );
      await fleet.untilSettled();
      // After a quarter of an hour, of which nobody knows who has begun after it.
      await hurryUntil(world, 'ExtraNodes is told', () =>
        world.eventsOf(name).some(({ reason }) => reason === 'ExtraNodes'),
      );
      expect(world.claim(name)?.status?.nodeName).toBe(node);
      world.azure.scalePool(name, 1);
      await world.until('one Node is left', () => world.nodesOf(name).length === 1);
      await fleet.untilReadyAgain();
      expect(world.claim(name)?.status?.nodeName).toBe(node);
      expectUntouched(world, fleet);
    },
  },
  {
    name: 'a pool that somebody hands to the autoscaler is followed to no node and to two, and goes with its claim',
    async play(world) {
      const fleet = await ClaimFleet.ready(world, 1);
      world.azure.autoscalePool(name, 0, 3);
      await fleet.untilSettled();
      // The autoscaler's own doing; in the sandbox somebody has to do it.
      world.azure.scalePool(name, 0);
      world.clock.jump(5 * 60_000);
      await world.untilCondition(name, 'Ready', 'False', 'PoolScaledToZero');
      await untilNoNodeIsLeft(world, name);
      world.azure.scalePool(name, 2);
      await fleet.untilReadyAgain();
      await fleet.untilSettled();
      expectUntouched(world, fleet);
      await world.remove('Machine', name);
      await world.untilGone('Machine', name);
      expect(world.poolState(name)).toBeUndefined();
      expect(await world.nodesNow(name)).toEqual([]);
      expect(world.calls('DELETE')).toHaveLength(1);
      expect(world.calls('PUT')).toHaveLength(1);
    },
  },
  {
    name: 'D4 E2N4 a person who deletes a healthy Node means its claim: claim and pool go, one DELETE',
    world: grown,
    async play(world) {
      const fleet = await ClaimFleet.ready(world, 1);
      await untilPersonIsBelieved(world);
      await world.remove('Node', fleet.firstNodes[0] ?? '');
      await world.untilGone('Machine', name);
      expect(world.poolState(name)).toBeUndefined();
      expect(await world.nodesNow(name)).toEqual([]);
      expect(world.calls('DELETE')).toHaveLength(1);
      expect(world.calls('PUT')).toHaveLength(1);
    },
  },
  {
    name: 'D4 with --on-node-deletion=replace a person who deletes a healthy Node gets another one for the same claim',
    world: { ...grown, env: { ...grown.env, ON_NODE_DELETION: 'replace' } },
    async play(world) {
      const fleet = await ClaimFleet.ready(world, 1);
      await untilPersonIsBelieved(world);
      const [node = ''] = fleet.firstNodes;
      const first = world.history.get('Node', node)?.metadata.uid;
      await world.remove('Node', node);
      await world.until('its first Node is gone', () => world.history.get('Node', node)?.metadata.uid !== first);
      await world.untilCalls('PUT', name, 2);
      await fleet.untilReadyAgain();
      expect(world.claim(name)?.metadata.uid).toBe(fleet.claims[0]?.metadata.uid);
      expect(world.calls('DELETE')).toHaveLength(1);
      expect(world.calls('PUT')).toHaveLength(2);
    },
  },
  {
    name: 'a person who orders it lets go of a claim that Azure will not delete: Node and claim are free, the pool stays and is told of',
    world: { script: { deny: ['Microsoft.ContainerService/managedClusters/agentPools/delete'] } },
    async play(world) {
      const fleet = await ClaimFleet.ready(world, 1);
      await world.remove('Machine', name);
      await world.untilCondition(name, 'InstanceTerminating', 'False', 'AuthorizationFailed');
      await world.edit('Machine', name, { metadata: { annotations: { 'gpu-provisioner.io/force-release': 'true' } } });
      await world.untilGone('Machine', name);
      await world.untilEvent(name, 'ForceReleased');
      const node = await world.get('Node', fleet.firstNodes[0] ?? '');
      expect(node?.metadata.finalizers ?? []).toEqual([]);
      expect(world.poolState(name)).toBe('Succeeded');
    },
  },
];
