// The controller dies without a word at the worst moments; the next one finds out what it did, and buys nothing twice.
import { expect } from 'vitest';
import { kaitoMachine } from '../support/machines.ts';
import { aBudget, aPod } from '../support/pods.ts';
import type { Scenario } from '../support/scenario.ts';
import type { KubeRequest } from '../support/world-proxy.ts';
import { isTrue } from '../support/world-things.ts';
import type { World } from '../support/world.ts';

const name = 'ws6fa1b2c3d';

async function create(world: World): Promise<void> {
  await world.startController({ killable: true });
  await world.create('Machine', kaitoMachine({ name }));
}

/** As a Deployment does; the new one has nothing but what is in the API server and in Azure. */
async function restart(world: World): Promise<void> {
  await world.controller.kill();
  await world.startController();
}

function made(world: World): readonly (string | undefined)[] {
  return world
    .calls('PUT')
    .filter(({ status }) => status === 201)
    .map(({ pool }) => pool);
}

async function gone(world: World): Promise<void> {
  await world.untilGone('Machine', name);
  expect(world.poolState(name)).toBeUndefined();
  expect(await world.nodesNow(name)).toEqual([]);
}

const isMetadataPatch = ({ method, path }: KubeRequest): boolean => method === 'PATCH' && path.endsWith(`/${name}`);

export const crashes: readonly Scenario[] = [
  {
    name: 'before the intent is written: it starts anew',
    async play(world) {
      const { api } = await world.startController({ killable: true });
      const hold = api.hold(isMetadataPatch);
      await world.create('Machine', kaitoMachine({ name }));
      await hold.reached;
      await restart(world);
      await world.untilReady(name);
      expect(world.calls('PUT')).toMatchObject([{ status: 201 }]);
    },
  },
  {
    name: 'after the intent, with the PUT not carried out: it looks first, and asks again',
    world: { script: { faults: [{ operation: 'PUT', effect: { kind: 'silent', when: 'before' } }] } },
    async play(world) {
      await create(world);
      await world.untilCalls('PUT', name, 1);
      await restart(world);
      await world.untilReady(name);
      expect(world.calls('PUT').map(({ status }) => status)).toEqual([undefined, 201]);
    },
  },
  {
    name: 'after the PUT took effect and before its answer: the pool is found, no other PUT goes out',
    world: { script: { faults: [{ operation: 'PUT', effect: { kind: 'silent', when: 'after' } }] } },
    async play(world) {
      await create(world);
      await world.until('Azure is creating', () => world.poolState(name) === 'Creating');
      await restart(world);
      await world.untilReady(name);
      expect(world.calls('PUT')).toHaveLength(1);
    },
  },
  {
    name: 'while Azure is creating: it goes on waiting',
    world: { script: { timing: { createSeconds: 60, joinSeconds: 50 } } },
    async play(world) {
      await create(world);
      await world.untilEvent(name, 'PoolRequested');
      await restart(world);
      await world.untilReady(name);
      expect(world.calls('PUT')).toHaveLength(1);
    },
  },
  {
    name: 'while the Node is registered: the Node gets everything all the same',
    async play(world) {
      const { api } = await world.startController({ killable: true });
      const hold = api.hold(({ method, path }) => method === 'PATCH' && path.startsWith('/api/v1/nodes/'));
      await world.create('Machine', kaitoMachine({ name }));
      await hold.reached;
      await restart(world);
      const machine = await world.untilReady(name);
      expect(await world.nodesNow(name)).toMatchObject([
        { metadata: { ownerReferences: [{ uid: machine.metadata.uid }], finalizers: ['karpenter.sh/termination'] } },
      ]);
      expect(world.calls('PUT')).toHaveLength(1);
    },
  },
  {
    name: 'while it drains: it goes on draining',
    async play(world) {
      await world.create('PodDisruptionBudget', aBudget('keep-one', 'model', 1));
      await create(world);
      const { status } = await world.untilReady(name);
      const tolerations = [{ key: 'sku', operator: 'Exists' }];
      await world.create(
        'Pod',
        aPod({ name: 'model', node: status?.nodeName ?? '', labels: { app: 'model' }, tolerations }),
      );
      // No budget protects a pod that does not run yet.
      await world.until('the pod runs', () => isTrue(world.history.get('Pod', 'model'), 'Ready'));
      await world.remove('Machine', name);
      await world.untilCondition(name, 'Drained', 'Unknown', 'DrainBlocked');
      await restart(world);
      await world.pass(30);
      expect(world.calls('DELETE')).toEqual([]);
      await world.remove('PodDisruptionBudget', 'keep-one');
      await gone(world);
      expect(world.calls('DELETE')).toHaveLength(1);
    },
  },
  {
    name: 'after the DELETE took effect and before its answer: the pool is seen going, not deleted twice',
    world: { script: { timing: { deleteSeconds: 90 } } },
    async play(world) {
      await create(world);
      await world.untilReady(name);
      world.azure.setFault({ operation: 'DELETE', effect: { kind: 'silent', when: 'after' } });
      await world.remove('Machine', name);
      await world.until('Azure is deleting', () => world.poolState(name) === 'Deleting');
      await restart(world);
      await gone(world);
      expect(world.calls('DELETE')).toHaveLength(1);
    },
  },
  {
    name: 'before the finalizer goes: the next one proves again that the pool is gone, and lets go',
    async play(world) {
      await create(world);
      await world.untilReady(name);
      // The Node of a machine that is gone is deleted by Azure's part of the cluster, too: whoever comes first, this one lets go of it.
      const hold = world.controller.api.hold(
        ({ method, path }) => method !== 'GET' && path.includes('/nodes/') && world.poolState(name) === undefined,
      );
      await world.remove('Machine', name);
      await hold.reached;
      await restart(world);
      await gone(world);
      expect(world.calls('DELETE')).toHaveLength(1);
    },
  },
  {
    name: 'a Machine that is deleted while nobody is there leaves nothing either',
    world: { script: { timing: { createSeconds: 60, joinSeconds: 50 } } },
    async play(world) {
      await create(world);
      await world.until('Azure is creating', () => world.poolState(name) === 'Creating');
      await world.controller.kill();
      await world.remove('Machine', name);
      await world.startController();
      await gone(world);
      // The creation may end between the look and the DELETE, which names the version that was seen.
      const answers = world.calls('DELETE').map(({ status }) => status);
      expect(answers.filter((status) => status !== 412)).toEqual([202]);
    },
  },
  {
    name: 'with twenty Machines in mid-creation: all become Ready, and none gets a second pool',
    world: { script: { timing: { createSeconds: 90, joinSeconds: 80 } } },
    async play(world) {
      await world.startController({ killable: true });
      const names = Array.from({ length: 20 }, (_, index) => `many${index}`);
      for (const each of names) await world.create('Machine', kaitoMachine({ name: each }));
      await world.until('half of them were asked for', () => world.calls('PUT').length >= 10);
      await restart(world);
      for (const each of names) await world.untilReady(each);
      expect(new Set(made(world))).toEqual(new Set(names));
      expect(made(world)).toHaveLength(20);
    },
  },
];
