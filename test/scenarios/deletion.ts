// Deletion in every phase of a Machine's life: claim, pool and Node are gone, and no finalizer is left.
import { expect } from 'vitest';
import { kaitoMachine } from '../support/machines.ts';
import type { Scenario } from '../support/scenario.ts';
import { untilSaid } from '../support/world-said.ts';
import { conditionOf } from '../support/world-things.ts';
import type { World } from '../support/world.ts';

const name = 'ws6fa1b2c3d';

async function create(world: World): Promise<void> {
  await world.startController();
  await world.create('Machine', kaitoMachine({ name }));
}

async function deleteAndWait(world: World): Promise<void> {
  await world.remove('Machine', name);
  await world.untilGone('Machine', name);
  expect(world.poolState(name)).toBeUndefined();
  expect(await world.nodesNow(name)).toEqual([]);
}

export const deletion: readonly Scenario[] = [
  {
    name: 'before anything was asked of an Azure that does not answer: the Machine goes, no request is made',
    world: {
      script: { faults: [{ operation: ['LIST', 'GET'], times: 'always', effect: { kind: 'reset', when: 'before' } }] },
    },
    async play(world) {
      await create(world);
      await world.untilCondition(name, 'MachineLaunched', 'Unknown', 'AwaitingAzure');
      await deleteAndWait(world);
      expect([...world.calls('PUT'), ...world.calls('DELETE')]).toEqual([]);
    },
  },
  {
    name: 'while the PUT is being answered: the pool that it made is deleted',
    world: { script: { faults: [{ operation: 'PUT', effect: { kind: 'slow', ms: 300 } }] } },
    async play(world) {
      await create(world);
      await world.untilCalls('PUT', name, 1);
      await deleteAndWait(world);
      expect(world.calls('PUT', name)).toHaveLength(1);
      // Azure may have gone on with the creation between the look and the DELETE, which names the version that was seen.
      const answers = world.calls('DELETE', name).map(({ status }) => status);
      expect(answers.filter((status) => status !== 412)).toEqual([202]);
    },
  },
  {
    name: 'while Azure is creating: the deletion does not wait for the creation',
    world: { script: { timing: { createSeconds: 3600, joinSeconds: 3600 } } },
    async play(world) {
      await create(world);
      await world.until('Azure is creating', () => world.poolState(name) === 'Creating');
      await deleteAndWait(world);
      expect(world.calls('DELETE', name)).toHaveLength(1);
    },
  },
  {
    name: 'after the pool failed: it is removed with the Machine',
    world: { script: { capacity: { Standard_NC6s_v3: 0 } } },
    async play(world) {
      await create(world);
      await world.untilCondition(name, 'MachineLaunched', 'False', 'InsufficientCapacity');
      await deleteAndWait(world);
      expect(world.calls('DELETE', name)).toHaveLength(1);
    },
  },
  {
    name: 'before the Node joins: there is nothing to drain',
    world: { script: { plans: [{ node: 'never' }] } },
    async play(world) {
      await create(world);
      await world.untilCondition(name, 'MachineRegistered', 'False', 'NodeNotFound');
      await deleteAndWait(world);
    },
  },
  {
    name: 'after somebody deleted the pool: nothing is asked of Azure but whether it is gone',
    async play(world) {
      await create(world);
      await world.untilReady(name);
      world.azure.deletePoolAsUser(name);
      await world.until('the pool is gone', () => world.poolState(name) === undefined);
      await deleteAndWait(world);
      expect(world.calls('DELETE', name)).toEqual([]);
    },
  },
  {
    name: 'while somebody else is deleting the pool: it is waited for',
    world: { script: { timing: { deleteSeconds: 20 } } },
    async play(world) {
      await create(world);
      await world.untilReady(name);
      world.azure.deletePoolAsUser(name);
      await deleteAndWait(world);
      expect(world.calls('DELETE', name)).toEqual([]);
    },
  },
  {
    name: 'after a refused PUT: there is no pool, and none is deleted',
    world: { script: { quotas: { regionalCores: 4 } } },
    async play(world) {
      await create(world);
      await world.untilCondition(name, 'MachineLaunched', 'False', 'QuotaExceeded');
      await deleteAndWait(world);
      expect(world.calls('DELETE', name)).toEqual([]);
    },
  },
  {
    name: 'of a Machine whose spec was refused: at once',
    async play(world) {
      await world.startController();
      await world.create('Machine', kaitoMachine({ name, vmSize: '' }));
      await world.untilCondition(name, 'MachineLaunched', 'False', 'InvalidSpec');
      await deleteAndWait(world);
    },
  },
  {
    name: 'when Azure fails to delete: it says so, tries again, and ends',
    world: {
      script: { plans: [{ failDeletion: { code: 'InternalOperationError', message: 'Something broke', times: 1 } }] },
    },
    async play(world) {
      await create(world);
      await world.untilReady(name);
      await world.remove('Machine', name);
      const machine = await untilSaid(world, name, { type: 'InstanceTerminating', status: 'False' });
      expect(conditionOf(machine, 'InstanceTerminating')?.message).toContain('tried again');
      await world.untilGone('Machine', name);
      expect(world.calls('DELETE', name)).toHaveLength(2);
    },
  },
  {
    name: 'when a 409 says that the cluster is busy: it waits, says so, and ends',
    async play(world) {
      await create(world);
      await world.untilReady(name);
      world.azure.setFault({
        operation: 'DELETE',
        effect: {
          kind: 'refuse',
          status: 409,
          by: 'aks',
          code: 'OperationNotAllowed',
          message:
            'Operation is not allowed: Another operation (Updating) is in progress, please wait for it to finish',
        },
      });
      await world.remove('Machine', name);
      await untilSaid(world, name, { type: 'InstanceTerminating', status: 'Unknown', reason: 'AzureBusy' });
      await world.untilGone('Machine', name);
      expect(world.calls('DELETE', name).map(({ status }) => status)).toEqual([409, 202]);
    },
  },
  {
    name: 'when the pool changed in between: it is looked at and asked again with its new version',
    async play(world) {
      await create(world);
      await world.untilReady(name);
      world.azure.setFault({
        operation: 'DELETE',
        effect: { kind: 'refuse', status: 412, by: 'aks', code: 'PreconditionFailed', message: 'The eTag is another' },
      });
      await deleteAndWait(world);
      expect(world.calls('DELETE', name).map(({ status }) => status)).toEqual([412, 202]);
    },
  },
  {
    name: 'when the connection breaks after Azure took the DELETE: the pool is looked at, not deleted twice',
    async play(world) {
      await create(world);
      await world.untilReady(name);
      world.azure.setFault({ operation: 'DELETE', effect: { kind: 'reset', when: 'after' } });
      await deleteAndWait(world);
      expect(world.calls('DELETE', name)).toHaveLength(1);
    },
  },
  {
    name: 'leaves the name free: a new Machine of that name gets a pool of its own',
    async play(world) {
      await create(world);
      const first = await world.untilReady(name);
      await deleteAndWait(world);
      await world.create('Machine', kaitoMachine({ name }));
      const second = await world.untilReady(name);
      expect(second.metadata.uid).not.toBe(first.metadata.uid);
      expect(world.calls('PUT', name).map(({ status }) => status)).toEqual([201, 201]);
    },
  },
];
