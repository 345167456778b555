// The API server or Azure goes away and comes back: the process lives, says so, and goes on where it was.
import { expect } from 'vitest';
import type { FaultEffect } from '../../hack/sandbox/aks/faults.ts';
import { kaitoMachine } from '../support/machines.ts';
import type { Scenario } from '../support/scenario.ts';
import { removeDefinition } from '../support/world-definitions.ts';
import { conditionOf, isTrue } from '../support/world-things.ts';
import type { World } from '../support/world.ts';

const name = 'ws6fa1b2c3d';
/** Events about the process are on its Deployment, and on its lease where no Deployment of that name is. */
const self = ['gpu-provisioner', 'gpu-provisioner-leader-election'];
const unreachable = {
  operation: ['LIST', 'GET', 'PUT', 'DELETE'],
  times: 'always',
  effect: { kind: 'reset', when: 'before' } as const satisfies FaultEffect,
} as const;

async function untilReadyz(world: World, status: number): Promise<string> {
  return world.until(`readyz answers ${status}`, async () => {
    const answer = await world.controller.health('/readyz?verbose');
    return answer.status === status && answer.body;
  });
}

async function untilTold(world: World, reason: string, says: string): Promise<void> {
  await world.until(`event ${reason} about the controller says "${says}"`, () =>
    self
      .flatMap((each) => world.eventsOf(each))
      .some((event) => event.reason === reason && event.note?.includes(says) === true),
  );
}

export const outages: readonly Scenario[] = [
  {
    name: 'an API server that is away at the start: alive, not ready, and at work when it comes back',
    async play(world) {
      await world.startController({ withoutApi: true });
      expect(await untilReadyz(world, 503)).toContain('[-]machines failed');
      expect((await world.controller.health('/healthz')).status).toBe(200);
      await world.create('Machine', kaitoMachine({ name }));
      world.controller.api.mend();
      await world.untilReady(name);
      await untilReadyz(world, 200);
      expect(world.calls('PUT')).toHaveLength(1);
    },
  },
  {
    name: 'a cluster without either definition at the start: alive, not ready, and at work as soon as one of them appears',
    keepsLease: true,
    async play(world) {
      const bringBack = [
        await removeDefinition(world, 'machines.karpenter.sh'),
        await removeDefinition(world, 'nodeclaims.karpenter.sh'),
      ];
      try {
        await world.startController();
        await world.until('readyz says what it waits for', async () =>
          (await untilReadyz(world, 503)).includes('its CRD is not installed'),
        );
        expect((await world.controller.health('/healthz')).status).toBe(200);
        await untilTold(
          world,
          'NotWatching',
          'its CRD is not installed, or lacks that version; install it with the chart',
        );
        await world.pass(30);
        expect([...world.calls('PUT'), ...world.calls('DELETE')]).toEqual([]);
      } finally {
        await bringBack[0]?.();
        await world.until('Machines are served', () => world.isServed('Machine'));
      }
      try {
        await untilReadyz(world, 200);
        await untilTold(world, 'Watching', 'machines');
        await world.create('Machine', kaitoMachine({ name }));
        await world.untilReady(name);
        expect(world.calls('PUT')).toHaveLength(1);
      } finally {
        await bringBack[1]?.();
        await world.until('NodeClaims are served', () => world.isServed('NodeClaim'));
      }
    },
  },
  {
    name: 'an API server that goes away in mid-creation: the Machine becomes Ready when it is back, from one PUT',
    async play(world) {
      await world.startController();
      await world.create('Machine', kaitoMachine({ name }));
      // Where one looks late, it is done.
      await world.until('Azure is creating', () => world.poolState(name) !== undefined);
      world.controller.api.cut();
      await world.until('Azure is done', () => world.poolState(name) === 'Succeeded');
      await world.until('the Node is there', () => isTrue(world.nodesOf(name)[0], 'Ready'));
      world.controller.api.mend();
      await world.untilReady(name);
      expect(world.calls('PUT')).toHaveLength(1);
    },
  },
  {
    name: 'a Machine that is deleted while the API server is out of reach goes when it is back',
    async play(world) {
      await world.startController();
      await world.create('Machine', kaitoMachine({ name }));
      await world.untilReady(name);
      world.controller.api.cut();
      await world.remove('Machine', name);
      await world.pass(20);
      world.controller.api.mend();
      await world.untilGone('Machine', name);
      expect(world.poolState(name)).toBeUndefined();
    },
  },
  {
    name: 'an Azure out of reach: ready all the same, told in ?verbose and in an event, and at work when it is back',
    world: { script: { faults: [unreachable] } },
    async play(world) {
      await world.startController();
      await world.create('Machine', kaitoMachine({ name }));
      await world.untilCondition(name, 'MachineLaunched', 'Unknown', 'AwaitingAzure');
      await world.until('the Machine says why', () =>
        conditionOf(world.machine(name), 'MachineLaunched')?.message?.startsWith('Azure gave no answer'),
      );
      expect(await untilReadyz(world, 200)).toContain('[-]azure failed (not required)');
      await untilTold(world, 'AzureUnavailable', 'Azure gave no answer');
      world.azure.clearFaults();
      await world.untilReady(name);
      await untilTold(world, 'AzureAnswers', 'Azure shows');
      expect(await untilReadyz(world, 200)).toContain('[+]azure ok');
    },
  },
  {
    name: 'a kubeconfig that is none ends the process with 2 and says which file',
    async play(world) {
      const controller = await world.startController({ env: { KUBECONFIG: import.meta.filename } });
      expect(await controller.ended).toBe(2);
      expect(controller.lines.join('\n')).toContain(import.meta.filename);
    },
  },
];
