// What Azure does to a cluster with several claims in it: afterwards they are the same claims, Ready, and nothing was bought.
import { expect } from 'vitest';
import { ClaimFleet, expectUntouched } from '../support/claim-fleet.ts';
import type { Scenario } from '../support/scenario.ts';
import { untilNodeIsReplaced, untilNoNodeIsLeft } from '../support/world-nodes.ts';
import type { World } from '../support/world.ts';

/** Neither the youth of a Node nor a long wait keeps the controller from a mistake. */
const hasty = { YOUNG_NODE: '1s', INSTANCE_GONE: '10s' } as const;

async function untilUpgraded(world: World, version: string): Promise<void> {
  await world.until('every pool is upgraded', () =>
    world.azure.pools().every((pool) => {
      const { currentOrchestratorVersion, provisioningState } = Object(pool['properties']);
      return currentOrchestratorVersion === version && provisioningState === 'Succeeded';
    }),
  );
}

/**
 * AKS looks each half minute, and counts ten minutes from the look that found the Node out of order: on a busy machine that
 * may be one later than the first.
 */
async function untilRemedy(world: World, node: string, reason: string): Promise<void> {
  const isTold = (): boolean => world.eventsOf(node).some((event) => event.reason === reason);
  for (let jumps = 0; jumps < 5 && !isTold(); jumps += 1) {
    await world.pass(31);
    world.clock.jump(10 * 60_000);
    await world.pass(31);
  }
  await world.untilEvent(node, reason);
}

export const platform: readonly Scenario[] = [
  {
    name: 'an upgrade of the whole cluster takes and brings back every Node: five claims are Ready again, no PUT, no DELETE',
    world: { env: hasty, script: { timing: { upgradeSeconds: 12 } } },
    async play(world) {
      const fleet = await ClaimFleet.ready(world, 5);
      const old = await world.list('Node');
      world.azure.upgradeCluster();
      await untilUpgraded(world, '1.35.0');
      for (const name of fleet.names) await untilNodeIsReplaced(world, name, old);
      await fleet.untilReadyAgain();
      expectUntouched(world, fleet);
      expect(fleet.firstNodes).toHaveLength(5);
      for (const node of fleet.firstNodes) await world.untilEvent(node, 'Drain');
    },
  },
  {
    name: 'a cluster that stops and starts has five other Nodes: the same five claims are Ready again, no PUT, no DELETE',
    world: { env: hasty, script: { numbering: 'continue' } },
    async play(world) {
      const fleet = await ClaimFleet.ready(world, 5);
      world.azure.stopCluster();
      for (const name of fleet.names) await untilNoNodeIsLeft(world, name);
      await fleet.untilNotReady();
      world.clock.jump(60 * 60_000);
      await world.pass(20);
      world.azure.startCluster();
      await fleet.untilReadyAgain();
      expectUntouched(world, fleet);
      const nodes = fleet.names.map((name) => world.claim(name)?.status?.nodeName ?? '');
      for (const node of nodes) expect(fleet.firstNodes).not.toContain(node);
    },
  },
  {
    name: 'the cloud controller manager takes all machines for gone and deletes their Nodes: let go at once, five claims wait and are Ready again',
    world: { env: hasty },
    async play(world) {
      const fleet = await ClaimFleet.ready(world, 5);
      await world.nodes.storm(fleet.firstNodes);
      for (const name of fleet.names) await untilNoNodeIsLeft(world, name);
      await fleet.untilNotReady();
      // Longer than two looks need to agree that an instance is gone: these are not.
      await world.pass(40);
      expectUntouched(world, fleet);
      for (const node of fleet.firstNodes) expect(world.azure.repair(node, 'reboot')).toBe(true);
      await fleet.untilReadyAgain();
      expectUntouched(world, fleet);
    },
  },
  {
    name: 'AKS repairs Nodes that stay NotReady, by a reboot or by a new image that deletes the Node: the same claims, no PUT, no DELETE',
    world: { autoRepair: true, env: hasty },
    async play(world) {
      const fleet = await ClaimFleet.ready(world, 2);
      const [rebooted = '', reimaged = ''] = fleet.firstNodes;
      const first = world.history.get('Node', reimaged)?.metadata.uid;
      await world.nodes.fail(rebooted, 'reboot');
      await world.nodes.fail(reimaged, 'reimage');
      await fleet.untilNotReady();
      await untilRemedy(world, rebooted, 'NodeRebootStart');
      await world.untilReady(fleet.names[0] ?? '');
      await untilRemedy(world, reimaged, 'NodeRebootStart');
      await untilRemedy(world, reimaged, 'NodeReimageStart');
      await fleet.untilReadyAgain();
      expectUntouched(world, fleet);
      expect(world.history.get('Node', reimaged)?.metadata.uid).not.toBe(first);
    },
  },
];
