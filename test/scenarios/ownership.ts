// Whose pool it is: proved by tags and record, never guessed; what is not ours is never written to.
import { expect } from 'vitest';
import { kaitoMachine } from '../support/machines.ts';
import type { Scenario } from '../support/scenario.ts';
import { conditionOf, isTrue } from '../support/world-things.ts';
import type { World } from '../support/world.ts';

const name = 'ws6fa1b2c3d';

async function create(world: World): Promise<void> {
  await world.startController();
  await world.create('Machine', kaitoMachine({ name }));
}

function writes(world: World): readonly (string | undefined)[] {
  return [...world.calls('PUT'), ...world.calls('DELETE')].map(({ operation, pool }) => `${operation} ${pool}`);
}

async function poolIsUp(world: World, pool: string): Promise<void> {
  await world.until(`pool "${pool}" is up`, () => world.poolState(pool) === 'Succeeded');
}

export const ownership: readonly Scenario[] = [
  {
    name: 'a pool of the same name that is not ours: NameConflict, no request, and it outlives the Machine',
    async play(world) {
      await world.makePool(name, { tags: { owner: 'somebody' } });
      await create(world);
      const machine = await world.untilCondition(name, 'MachineLaunched', 'False', 'NameConflict');
      expect(conditionOf(machine, 'Ready')?.message).toContain(`"${name}"`);
      await world.untilEvent(name, 'NameConflict');
      await world.pass(60);
      await world.remove('Machine', name);
      await world.untilGone('Machine', name);
      expect(writes(world)).toEqual([]);
      expect(world.poolState(name)).toBe('Succeeded');
    },
  },
  {
    name: 'a foreign pool that goes away leaves its name to the Machine, once its Node is gone, too',
    async play(world) {
      await world.makePool(name, {});
      await create(world);
      await world.untilCondition(name, 'MachineLaunched', 'False', 'NameConflict');
      await poolIsUp(world, name);
      const { metadata } = await world.until('its Node is there', () => world.nodesOf(name)[0]);
      await world.edit('Node', metadata.name, { metadata: { finalizers: ['example.com/backup'] } });
      world.azure.deletePoolAsUser(name);
      await world.until('it is gone', () => world.poolState(name) === undefined);
      // At rest the pools are listed each five minutes.
      world.clock.jump(5 * 60_000);
      const machine = await world.untilCondition(name, 'MachineLaunched', 'Unknown', 'RemovingNode');
      expect(conditionOf(machine, 'Ready')?.message).toContain(`"${metadata.name}"`);
      await world.pass(60);
      expect(writes(world)).toEqual([]);
      await world.edit('Node', metadata.name, { metadata: { finalizers: null } });
      await world.untilReady(name);
      expect(world.calls('PUT').map(({ status }) => status)).toEqual([201]);
    },
  },
  {
    name: 'a pool that somebody makes between our look and our PUT is not overwritten: If-None-Match, and NameConflict',
    // At rest nobody looks again before the PUT, however long that takes.
    world: { env: { ARM_POLL_IDLE: '1h' } },
    async play(world) {
      await world.startController();
      await world.until('Azure was listed', () => world.calls('LIST').some(({ status }) => status === 200));
      await world.makePool(name, { tags: { owner: 'somebody' } });
      await world.create('Machine', kaitoMachine({ name }));
      await world.untilCondition(name, 'MachineLaunched', 'False', 'NameConflict');
      expect(world.calls('PUT').map(({ status }) => status)).toEqual([412]);
      // We did ask for a pool of this name, and this one has no tags: only a person can say whose it is.
      await world.remove('Machine', name);
      await world.untilCondition(name, 'InstanceTerminating', 'False', 'OwnershipUnproven');
      await world.pass(60);
      expect(world.calls('DELETE')).toEqual([]);
      expect(world.poolState(name)).toBe('Succeeded');
      world.azure.deletePoolAsUser(name);
      await world.until('it is gone', () => world.poolState(name) === undefined);
      world.clock.jump(3_600_000);
      await world.untilGone('Machine', name);
      expect(world.calls('DELETE')).toEqual([]);
    },
  },
  {
    name: 'the system pool is never ours, whatever a Machine is called',
    async play(world) {
      await world.startController();
      await world.create('Machine', kaitoMachine({ name: 'nodepool1' }));
      await world.untilCondition('nodepool1', 'MachineLaunched', 'False', 'NameConflict');
      await world.remove('Machine', 'nodepool1');
      await world.untilGone('Machine', 'nodepool1');
      expect(writes(world)).toEqual([]);
      expect(world.poolState('nodepool1')).toBe('Succeeded');
    },
  },
  {
    name: 'tags that were lost: said once, the Machine stays Ready, and its own deletion still removes the pool',
    async play(world) {
      await create(world);
      await world.untilReady(name);
      await poolIsUp(world, name);
      world.azure.retag(name, { team: 'ml' });
      world.clock.jump(5 * 60_000);
      await world.untilEvent(name, 'OwnershipTagsLost');
      expect(isTrue(world.machine(name), 'Ready')).toBe(true);
      await poolIsUp(world, name);
      await world.remove('Machine', name);
      await world.untilGone('Machine', name);
      expect(world.poolState(name)).toBeUndefined();
    },
  },
  {
    name: 'tags that name somebody else win over our record: the pool is left alone for good',
    async play(world) {
      await create(world);
      await world.untilReady(name);
      await poolIsUp(world, name);
      world.azure.retag(name, {
        'gpu-provisioner-schema': '1',
        'gpu-provisioner-kind': 'Machine',
        'gpu-provisioner-name': 'another',
        'gpu-provisioner-uid': '00000000-0000-4000-8000-000000000000',
        'gpu-provisioner-mode': 'dedicated',
      });
      world.clock.jump(5 * 60_000);
      await world.untilEvent(name, 'OwnershipLost');
      await poolIsUp(world, name);
      const { status } = await world.untilReady(name);
      await world.remove('Machine', name);
      await world.untilGone('Machine', name);
      expect(world.calls('DELETE')).toEqual([]);
      expect(world.poolState(name)).toBe('Succeeded');
      const node = await world.get('Node', status?.nodeName ?? '');
      expect(node?.metadata.finalizers ?? []).toEqual([]);
      expect(node?.metadata.ownerReferences ?? []).toEqual([]);
    },
  },
  {
    name: 'tags and labels lost: the deletion stops and says how to go on; the tag put back, it ends',
    async play(world) {
      await create(world);
      const { metadata } = await world.untilReady(name);
      await poolIsUp(world, name);
      world.azure.retag(name, {});
      await poolIsUp(world, name);
      world.azure.relabel(name, { mine: 'now' });
      await poolIsUp(world, name);
      await world.remove('Machine', name);
      const machine = await world.untilCondition(name, 'InstanceTerminating', 'False', 'OwnershipUnproven');
      expect(conditionOf(machine, 'InstanceTerminating')?.message).toContain(metadata.uid);
      expect(world.calls('DELETE')).toEqual([]);
      world.azure.retag(name, {
        'gpu-provisioner-kind': 'Machine',
        'gpu-provisioner-name': name,
        'gpu-provisioner-uid': metadata.uid,
      });
      // Not until it is up: a controller that looks in between deletes it before anybody has seen it so.
      await world.until('Azure is done', () => world.poolState(name) !== 'Updating');
      world.clock.jump(5 * 60_000);
      await world.untilGone('Machine', name);
      expect(world.poolState(name)).toBeUndefined();
    },
  },
  {
    name: 'a pool that the Go provisioner made is adopted: Ready, and nothing was written to Azure',
    async play(world) {
      const labels = {
        'karpenter.sh/provisioner-name': 'default',
        'kaito.sh/machine-type': 'gpu',
        'kaito.sh/workspace': 'workspace-phi-3-mini',
        'kaito.sh/workspacenamespace': 'default',
      };
      await world.makePool(name, { nodeLabels: labels, nodeTaints: ['sku=gpu:NoSchedule'] });
      await poolIsUp(world, name);
      const providerID = await world.until('its Node has an instance', () => world.nodesOf(name)[0]?.spec?.providerID);
      await world.create(
        'Machine',
        kaitoMachine({
          name,
          finalizers: ['karpenter.sh/termination'],
          annotations: { 'karpenter.sh/linked': providerID },
        }),
      );
      await world.startController();
      await world.untilEvent(name, 'Adopted');
      await world.untilReady(name);
      expect(writes(world)).toEqual([]);
      await world.remove('Machine', name);
      await world.untilGone('Machine', name);
      expect(writes(world)).toEqual([`DELETE ${name}`]);
    },
  },
  {
    name: 'the pool of an earlier Machine of this name is neither taken nor deleted',
    async play(world) {
      await create(world);
      await world.untilReady(name);
      await poolIsUp(world, name);
      await world.controller.stop();
      // Somebody forces the Machine out of the way.
      await world.edit('Machine', name, { metadata: { finalizers: null } });
      await world.remove('Machine', name);
      await world.untilGone('Machine', name);
      await create(world);
      const machine = await world.untilCondition(name, 'MachineLaunched', 'False', 'NameConflict');
      expect(conditionOf(machine, 'Ready')?.message).toContain('earlier');
      await world.remove('Machine', name);
      await world.untilGone('Machine', name);
      expect(writes(world)).toEqual([`PUT ${name}`]);
      expect(world.poolState(name)).toBe('Succeeded');
    },
  },
];
