// Two controllers and one lease: one of them acts, the other goes on where it stopped, and nothing is asked for twice.
import { expect } from 'vitest';
import { kaitoMachine } from '../support/machines.ts';
import { expectFenced, leaseName as lease, termsOf } from '../support/lease-terms.ts';
import type { Scenario } from '../support/scenario.ts';
import type { RunningController } from '../support/world-controller.ts';
import { isWrite } from '../support/world-proxy.ts';
import type { World, WorldOptions } from '../support/world.ts';

const name = 'ws6fa1b2c3d';
const quick = { createSeconds: 6, allocateSeconds: 2, joinSeconds: 4 } as const;
// A lease is a matter of seconds, and a busy machine must not lose it: time runs little faster than ours.
const elected: WorldOptions = { rate: 2, env: { LEADER_ELECT: 'true' }, script: { timing: quick } };

function holder(world: World): string | undefined {
  return world.history.get('Lease', lease)?.spec?.holderIdentity;
}

/** Two of them, the first of which leads. */
async function startTwo(world: World): Promise<void> {
  await world.startController();
  await world.until('the first leads', () => (holder(world) ?? '') !== '');
  await world.startController();
}

/** It ends well, unless it has just lost its lease. */
async function stop(controller: RunningController | undefined): Promise<void> {
  const code = await controller?.stop();
  expect(controller?.leaseWasLost?.() === true ? [0, 1] : [0]).toContain(code);
}

export const leaders: readonly Scenario[] = [
  {
    name: 'the leader stops in mid-creation: the other goes on at once, without another PUT',
    world: elected,
    async play(world) {
      await startTwo(world);
      const first = holder(world);
      await world.create('Machine', kaitoMachine({ name }));
      await world.untilEvent(name, 'PoolRequested');
      await stop(world.controllers[0]);
      await world.until('the second leads', () => ![first, '', undefined].includes(holder(world)));
      await world.untilReady(name);
      expect(world.calls('PUT')).toHaveLength(1);
      expectFenced(world);
    },
  },
  {
    name: 'a leader that loses the API server gives up by itself, and the other acts alone',
    world: elected,
    async play(world) {
      await startTwo(world);
      const [partitioned] = world.controllers;
      partitioned?.api.cut();
      await world.create('Machine', kaitoMachine({ name }));
      // Whoever cannot prove its lease leaves: it may not write, and somebody else leads by now.
      expect(await partitioned?.ended).toBe(1);
      await world.untilReady(name);
      expect(world.calls('PUT')).toHaveLength(1);
      expectFenced(world);
    },
  },
  {
    name: 'a partitioned leader with a PUT to repeat does not repeat it: the next leader does',
    world: {
      ...elected,
      script: {
        timing: quick,
        faults: [
          {
            operation: 'PUT',
            effect: { kind: 'refuse', by: 'aks', status: 500, code: 'InternalServerError', message: 'Something broke' },
          },
        ],
      },
    },
    async play(world) {
      await startTwo(world);
      await world.create('Machine', kaitoMachine({ name }));
      const [partitioned] = world.controllers;
      await world.untilCalls('PUT', name, 1);
      // The next PUT needs another intent: however late we see that it is due, it is not sent before the network is cut.
      partitioned?.api.hold(({ method, path }) => method === 'PATCH' && path.endsWith(`/${name}`));
      await world.untilCondition(name, 'MachineLaunched', 'Unknown', 'AzureError');
      partitioned?.api.cut();
      expect(await partitioned?.ended).toBe(1);
      await world.untilReady(name);
      expect(world.calls('PUT').map(({ status }) => status)).toEqual([500, 201]);
      const [, next] = termsOf(world);
      expect(world.calls('PUT')[1]?.at.getTime()).toBeGreaterThanOrEqual(next?.fromMs ?? Number.POSITIVE_INFINITY);
      expectFenced(world);
    },
  },
  {
    name: 'the one that waits is ready, and does nothing',
    // It must not come to lead because a busy machine kept the first from renewing: time runs as ours.
    world: { ...elected, rate: 1 },
    async play(world) {
      await startTwo(world);
      const { api } = world.controller;
      await world.until('it is ready', async () => (await world.controller.health('/readyz')).status === 200);
      await world.create('Machine', kaitoMachine({ name }));
      await world.untilReady(name);
      expect(api.requests.filter(isWrite)).toEqual([]);
    },
  },
  {
    name: 'a rolling update under work: each term begins after the last write of the one before, every PUT is in its writer’s, none is repeated',
    world: elected,
    async play(world) {
      await startTwo(world);
      const names = Array.from({ length: 6 }, (_, index) => `roll${index}`);
      const ask = async (...some: readonly string[]): Promise<void> => {
        for (const each of some) await world.create('Machine', kaitoMachine({ name: each }));
      };
      await ask(...names.slice(0, 2));
      const [first, second] = world.controllers;
      // A Deployment starts the new one before it stops an old one.
      await world.startController();
      await ask(...names.slice(2, 3));
      await stop(first);
      await ask(...names.slice(3, 5));
      await world.startController();
      await stop(second);
      await ask(...names.slice(5));
      for (const each of names) await world.untilReady(each);
      for (const each of names) expect(world.calls('PUT', each)).toHaveLength(1);
      expect(termsOf(world).length).toBeGreaterThan(1);
      expectFenced(world);
    },
  },
];
