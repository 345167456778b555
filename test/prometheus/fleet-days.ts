// What a fleet goes through in its worst days, one after the other, so that every panel has something to show and every alert
// a reason. Each part ends when Prometheus has seen it.
import { kaitoMachine } from '../support/machines.ts';
import { kaitoNodeClaim } from '../support/nodeclaims.ts';
import { aPod } from '../support/pods.ts';
import type { World, WorldOptions } from '../support/world.ts';
import type { Answers } from './answers.ts';

const lost = ['wsa', 'wsb', 'wsc'] as const;
const failing = ['wsf1', 'wsf2', 'wsf3', 'wsf4', 'wsf5'] as const;
const failingSize = 'Standard_NC12s_v3';
const refusedSize = 'Standard_NC24ads_A100_v4';

export const fleetWorld: WorldOptions = {
  env: { INSTANCE_GONE: '10s' },
  script: {
    quotas: { families: { standardNCADSA100v4Family: 0 } },
    plans: [{ vmSize: failingSize, fail: { code: 'NodesNotReady', message: 'The nodes did not become ready' } }],
  },
};

/** As a pool of ours is tagged, for a claim that nobody has heard of. */
const orphanTags = {
  'gpu-provisioner-schema': '1',
  'gpu-provisioner-kind': 'Machine',
  'gpu-provisioner-name': 'wsgone',
  'gpu-provisioner-uid': '11111111-2222-4333-8444-555555555555',
  'gpu-provisioner-mode': 'dedicated',
} as const;

export async function play(world: World, answers: Answers): Promise<void> {
  await aGoodDay(world);
  await answers.ask();
  await aLeakAndARefusal(world, answers);
  await poolsThatFail(world, answers);
  await troubleWithAzure(world, answers);
  await noApiServer(world, answers);
  await manyAreLost(world, answers);
  await anHourWithoutRest(world, answers);
}

/** Claims of both kinds become Ready; one of them goes again, with a pod on its Node. */
async function aGoodDay(world: World): Promise<void> {
  for (const name of [...lost, 'wsd']) await world.create('Machine', kaitoMachine({ name }));
  await world.create('NodeClaim', kaitoNodeClaim({ name: 'wse' }));
  for (const name of [...lost, 'wsd', 'wse']) await world.untilReady(name);
  const node = world.claim('wsd')?.status?.nodeName ?? '';
  await world.create('Pod', aPod({ name: 'model', node, tolerations: [{ key: 'sku', operator: 'Exists' }] }));
  await world.remove('Machine', 'wsd');
  await world.untilGone('Machine', 'wsd');
}

async function aLeakAndARefusal(world: World, answers: Answers): Promise<void> {
  await world.makePool('wsgone', { tags: orphanTags });
  await world.create('Machine', kaitoMachine({ name: 'wsq', vmSize: refusedSize }));
  await world.untilCondition('wsq', 'MachineLaunched', 'False', 'QuotaExceeded');
  await answers.until(['GpuProvisionerOrphanPool']);
}

async function poolsThatFail(world: World, answers: Answers): Promise<void> {
  for (const name of failing) await world.create('Machine', kaitoMachine({ name, vmSize: failingSize }));
  await answers.until(['GpuProvisionerPoolsFailing']);
  for (const name of failing) await world.remove('Machine', name);
  for (const name of failing) await world.untilGone('Machine', name);
}

/** It throttles, then it does not know our rights any more. */
async function troubleWithAzure(world: World, answers: Answers): Promise<void> {
  world.azure.setFault({
    operation: 'LIST',
    times: 'always',
    effect: { kind: 'armThrottled', retryAfterSeconds: 20 },
  });
  await answers.until(['GpuProvisionerThrottled']);
  world.azure.clearFaults();
  world.azure.setFault({
    operation: 'LIST',
    times: 'always',
    effect: { kind: 'refuse', by: 'arm', status: 403, code: 'AuthorizationFailed', message: 'It has no authorization' },
  });
  await answers.until(['GpuProvisionerCredentialsRefused', 'GpuProvisionerAzureUnreachable']);
  world.azure.clearFaults();
}

/** In the middle of a creation. Events are told in vain, and passes over the claim fail. */
async function noApiServer(world: World, answers: Answers): Promise<void> {
  const { api } = world.controller;
  await world.create('Machine', kaitoMachine({ name: 'wsx' }));
  await world.untilCalls('PUT', 'wsx', 1);
  api.cut();
  await answers.until(['GpuProvisionerReconcileErrors', 'GpuProvisionerEventsDropped', 'GpuProvisionerCacheStale']);
  api.mend();
  await world.untilReady('wsx');
}

async function manyAreLost(world: World, answers: Answers): Promise<void> {
  for (const name of lost) world.azure.loseMachine(name, world.claim(name)?.status?.nodeName ?? '');
  await answers.until(['GpuProvisionerMassDisruption']);
}

/** Azure is at work on the cluster and deletes nothing; a claim is refused all the while. */
async function anHourWithoutRest(world: World, answers: Answers): Promise<void> {
  world.azure.holdCluster('Updating', 3 * 3600);
  world.azure.setFault({
    operation: 'DELETE',
    times: 'always',
    effect: { kind: 'refuse', by: 'aks', status: 500, code: 'InternalServerError', message: 'Something broke' },
  });
  await world.remove('NodeClaim', 'wse');
  await world.until('the gate is closed', async () =>
    (await world.controller.health('/readyz?verbose')).body.includes('closed: Azure is at work'),
  );
  world.clock.jump(61 * 60_000);
  await answers.until(['GpuProvisionerGateClosed', 'GpuProvisionerClaimNotReady', 'GpuProvisionerClaimDeletionStuck']);
}
