// An ARM client against the fake, and calls whose failure a test wants to see.
import { onTestFinished } from 'vitest';
import { createArmClient, type ArmClientOptions } from '../../src/azure/arm-adapter.ts';
import type { ArmClient } from '../../src/azure/arm-client.ts';
import { ArmError } from '../../src/azure/arm-errors.ts';
import { endpointOf } from '../../src/azure/endpoint.ts';
import type { AgentPoolBody } from '../../src/azure/pool-body.ts';
import { systemClock } from '../../src/clock.ts';
import { startFakeArm, type FakeArm, type FakeReply } from './fake-arm.ts';

export const signal = new AbortController().signal;
export const base = '/subscriptions/sub/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/mc';
export const body: AgentPoolBody = {
  vmSize: 'Standard_NC24ads_A100_v4',
  count: 1,
  enableAutoScaling: false,
  mode: 'User',
  type: 'VirtualMachineScaleSets',
  osType: 'Linux',
  nodeLabels: { 'kaito.sh/workspace': 'w' },
  nodeTaints: ['sku=gpu:NoSchedule'],
  tags: { 'gpu-provisioner-uid': 'u1' },
};
export const write = { signal, beforeSend: () => {} };
export const remove = { ...write, etag: 'e-1', ignorePodDisruptionBudget: true };
export const signedUrl =
  'https://management.azure.com/subscriptions/s/operations/1?api-version=2016-03-30&t=1&s=SECRET';

/** The fake answers as `reply` says and is closed with the test. Plain http, so that no token may be asked for. */
export async function startArmClient(
  reply: FakeArm['reply'],
  options: Partial<ArmClientOptions> = {},
): Promise<{ readonly fake: FakeArm; readonly arm: ArmClient }> {
  const fake = await startFakeArm(reply);
  onTestFinished(() => fake[Symbol.asyncDispose]());
  const arm = createArmClient({
    subscriptionId: 'sub',
    resourceGroup: 'rg',
    clusterName: 'mc',
    endpoint: endpointOf({ armEndpoint: fake.url }),
    credential: {
      getToken() {
        throw new Error('No token may be asked for plain http');
      },
    },
    version: '1.2.3',
    clock: systemClock,
    ...options,
  });
  return { fake, arm };
}

/** The ArmError that this call throws. */
export async function failureOf(call: Promise<unknown>): Promise<ArmError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ArmError) return error;
  throw new Error(`Expected an ArmError, got ${String(error)}`);
}

/** A page of a LIST. */
export const page = (value: unknown[], nextLink?: string): FakeReply => ({
  status: 200,
  body: { value, ...(nextLink === undefined ? {} : { nextLink }) },
});
