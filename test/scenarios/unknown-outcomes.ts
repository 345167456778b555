// Requests that Azure may or may not have carried out: found out by looking, never by asking twice.
import { expect } from 'vitest';
import type { FaultEffect } from '../../hack/sandbox/aks/faults.ts';
import { kaitoMachine } from '../support/machines.ts';
import type { Scenario } from '../support/scenario.ts';
import { conditionOf, isTrue } from '../support/world-things.ts';
import type { World, WorldOptions } from '../support/world.ts';

const name = 'ws6fa1b2c3d';

async function create(world: World): Promise<void> {
  await world.startController();
  await world.create('Machine', kaitoMachine({ name }));
}

function once(effect: FaultEffect): WorldOptions {
  return { script: { faults: [{ operation: 'PUT', effect }] } };
}

const away = {
  kind: 'refuse',
  by: 'aks',
  status: 503,
  code: 'ServiceUnavailable',
  message: 'Not now',
} as const satisfies FaultEffect;

/** Resolves when the controller has found that Azure does not answer, and what it saw before is too old to be believed. */
async function untilNothingIsKnown(world: World): Promise<void> {
  world.clock.jump(5 * 60_000);
  await world.until('the controller knows that Azure does not answer', async () =>
    (await world.controller.health('/readyz?verbose')).body.includes('[-]azure failed'),
  );
  world.clock.jump(5 * 60_000);
}

const stalled = { kind: 'half', end: 'stall', encoding: 'gzip' } as const satisfies FaultEffect;

export const unknownOutcomes: readonly Scenario[] = [
  {
    name: 'a PUT whose answer is lost after it took effect: its pool is found, and no other PUT goes out',
    world: once({ kind: 'reset', when: 'after' }),
    async play(world) {
      await create(world);
      await world.untilReady(name);
      expect(world.calls('PUT')).toHaveLength(1);
    },
  },
  {
    name: 'a PUT that is lost before it took effect: another goes out, no sooner than after twenty seconds of looking',
    world: once({ kind: 'reset', when: 'before' }),
    async play(world) {
      await create(world);
      await world.untilReady(name);
      const [first, second, ...more] = world.calls('PUT').map(({ at }) => at.getTime());
      expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(20_000);
      expect(more).toEqual([]);
      expect(world.calls('GET', name).length).toBeGreaterThanOrEqual(1);
    },
  },
  {
    name: 'a PUT that is carried out and never answered: given up after thirty seconds, and found',
    world: once({ kind: 'silent', when: 'after' }),
    async play(world) {
      await create(world);
      await world.untilReady(name);
      expect(world.calls('PUT')).toHaveLength(1);
    },
  },
  {
    name: 'answers that stall in their middle, compressed: PUT and LIST are given up after thirty seconds, and the pool is found',
    world: {
      script: {
        faults: [
          { operation: 'PUT', effect: stalled },
          { operation: 'LIST', skip: 1, effect: stalled },
        ],
      },
    },
    async play(world) {
      await create(world);
      await world.untilReady(name);
      expect(world.calls('PUT')).toHaveLength(1);
    },
  },
  {
    name: 'a PUT that is neither carried out nor answered: said so, and asked again',
    keepsLease: true,
    world: once({ kind: 'silent', when: 'before' }),
    async play(world) {
      await create(world);
      // What it says is of the next PUT soon after.
      const said = await world.until('the Machine has said that Azure does not answer', () =>
        world.history
          .versions('Machine', name)
          .map(({ thing }) => conditionOf(thing, 'MachineLaunched'))
          .find((launched) => launched?.message?.startsWith('Azure gave no answer') === true),
      );
      expect(said).toMatchObject({ status: 'Unknown', reason: 'AwaitingAzure' });
      await world.untilReady(name);
      expect(world.calls('PUT')).toHaveLength(2);
    },
  },
  {
    name: 'a slow answer is waited for',
    world: once({ kind: 'slow', ms: 700 }),
    async play(world) {
      await create(world);
      await world.untilReady(name);
      expect(world.calls('PUT')).toHaveLength(1);
    },
  },
  {
    name: 'a LIST that fails is never taken for an empty one: nothing is deleted, nothing asked, and it is said',
    async play(world) {
      await create(world);
      await world.untilReady(name);
      world.azure.setFault({
        operation: ['LIST', 'GET'],
        times: 'always',
        effect: away,
      });
      await untilNothingIsKnown(world);
      await world.create('Machine', kaitoMachine({ name: 'other' }));
      await world.untilCondition('other', 'MachineLaunched', 'Unknown', 'AwaitingAzure');
      world.clock.jump(5 * 60_000);
      await world.pass(20);
      expect(isTrue(world.machine(name), 'Ready')).toBe(true);
      expect(world.calls('DELETE')).toEqual([]);
      expect(world.calls('PUT', 'other')).toEqual([]);
      world.azure.clearFaults();
      await world.untilReady('other');
    },
  },
  {
    name: 'while nothing is known, a deletion waits and says so',
    async play(world) {
      await create(world);
      await world.untilReady(name);
      world.azure.setFault({
        operation: ['LIST', 'GET'],
        times: 'always',
        effect: away,
      });
      await untilNothingIsKnown(world);
      await world.remove('Machine', name);
      const machine = await world.untilCondition(name, 'InstanceTerminating', 'Unknown');
      expect(machine.metadata.finalizers).toEqual(['karpenter.sh/termination']);
      await world.pass(30);
      expect(world.calls('DELETE')).toEqual([]);
      world.azure.clearFaults();
      await world.untilGone('Machine', name);
      expect(world.poolState(name)).toBeUndefined();
    },
  },
];
