// The main flows through the real SDK: its calls, its pollers and its errors meet the emulator as they would Azure.
import { ContainerServiceClient, type AgentPool } from '@azure/arm-containerservice';
import { describe, expect, it } from 'vitest';
import { startAks, type Aks } from './aks.ts';
import type { AksScript } from './script.ts';

interface Fixture {
  readonly aks: Aks;
  readonly client: ContainerServiceClient;
  [Symbol.asyncDispose](): Promise<void>;
}

// A pool takes 180 emulated seconds: 180 real milliseconds here.
const timeScale = 1000;
const pool: AgentPool = {
  count: 1,
  vmSize: 'Standard_NC24ads_A100_v4',
  mode: 'User',
  typePropertiesType: 'VirtualMachineScaleSets',
};
const often = { updateIntervalInMs: 20 };

async function anSdk(script: AksScript = {}): Promise<Fixture> {
  const aks = await startAks({ subscription: 's', resourceGroup: 'rg', cluster: 'mc', timeScale, script });
  // Plain http takes no credential, and the SDK's types ask for one of some shape.
  const client = new ContainerServiceClient({ getToken: () => Promise.resolve(null) }, 's', {
    endpoint: aks.url,
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  });
  client.pipeline.removePolicy({ name: 'bearerTokenAuthenticationPolicy' });
  return { aks, client, [Symbol.asyncDispose]: () => aks.close() };
}

describe('@azure/arm-containerservice against the emulator', () => {
  it('creates a pool with its poller and reads it back', async () => {
    await using fixture = await anSdk();
    const { client } = fixture;
    const created = await client.agentPools.createOrUpdate('rg', 'mc', 'ws1', { ...pool, tags: { a: 'b' } }, often);
    expect(created).toMatchObject({
      name: 'ws1',
      provisioningState: 'Succeeded',
      tags: { a: 'b' },
      vmSize: pool.vmSize,
    });
    expect(created.eTag).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is one request when the PUT alone is awaited, with the pool in its answer', async () => {
    await using fixture = await anSdk();
    const { aks, client } = fixture;
    let answer: unknown;
    await client.agentPools
      .createOrUpdate('rg', 'mc', 'ws1', pool, {
        ifNoneMatch: '*',
        onResponse: (raw) => {
          answer = raw.parsedBody;
        },
      })
      .submitted();
    expect(aks.counts()).toEqual({ PUT: 1 });
    expect(aks.log[0]).toMatchObject({ ifNoneMatch: '*', status: 201, pool: 'ws1' });
    expect(answer).toMatchObject({
      name: 'ws1',
      properties: { provisioningState: 'Creating', eTag: expect.any(String) },
    });
  });

  it('rejects a second PUT with If-None-Match as PreconditionFailed', async () => {
    await using fixture = await anSdk();
    const { client } = fixture;
    await client.agentPools.createOrUpdate('rg', 'mc', 'ws1', pool).submitted();
    await expect(
      client.agentPools.createOrUpdate('rg', 'mc', 'ws1', pool, { ifNoneMatch: '*' }).submitted(),
    ).rejects.toMatchObject({
      statusCode: 412,
      code: 'PreconditionFailed',
    });
  });

  it('lists in two requests, following the nextLink', async () => {
    await using fixture = await anSdk();
    const { aks, client } = fixture;
    const names: (string | undefined)[] = [];
    for await (const each of client.agentPools.list('rg', 'mc')) names.push(each.name);
    expect([names, aks.counts()]).toEqual([['nodepool1'], { LIST: 2 }]);
  });

  it('reports a failed operation through the poller and on the pool', async () => {
    await using fixture = await anSdk({ capacity: { Standard_NC24ads_A100_v4: 0 } });
    const { client } = fixture;
    await expect(client.agentPools.createOrUpdate('rg', 'mc', 'ws1', pool, often)).rejects.toThrow(
      /AllocationFailed.*sufficient capacity/,
    );
    const failed = await client.agentPools.get('rg', 'mc', 'ws1');
    expect([failed.provisioningState, failed.status?.provisioningError?.code]).toEqual(['Failed', 'AllocationFailed']);
  });

  it('deletes with the eTag, and a pool that is gone reads as NotFound', async () => {
    await using fixture = await anSdk();
    const { aks, client } = fixture;
    const { eTag } = await client.agentPools.createOrUpdate('rg', 'mc', 'ws1', pool, often);
    await client.agentPools.delete('rg', 'mc', 'ws1', { ifMatch: String(eTag), ...often });
    expect(aks.log.find(({ operation }) => operation === 'DELETE')).toMatchObject({ ifMatch: eTag, status: 202 });
    await expect(client.agentPools.get('rg', 'mc', 'ws1')).rejects.toMatchObject({
      statusCode: 404,
      code: 'NotFound',
      message: 'Agent Pool not found',
    });
  });

  it('reads code and message from either envelope', async () => {
    await using fixture = await anSdk();
    const { client } = fixture;
    await expect(client.agentPools.get('rg', 'other', 'ws1')).rejects.toMatchObject({
      statusCode: 404,
      code: 'ResourceNotFound',
    });
  });

  it('stops, reads and starts the cluster', async () => {
    await using fixture = await anSdk();
    const { client } = fixture;
    await client.managedClusters.stop('rg', 'mc', often);
    expect(await client.managedClusters.get('rg', 'mc')).toMatchObject({
      provisioningState: 'Succeeded',
      powerState: { code: 'Stopped' },
      maxAgentPools: 100,
    });
    await client.managedClusters.start('rg', 'mc', often);
    expect(await client.managedClusters.get('rg', 'mc')).toMatchObject({ powerState: { code: 'Running' } });
  });

  it('lists machines and removes one', async () => {
    await using fixture = await anSdk();
    const { client } = fixture;
    await client.agentPools.createOrUpdate('rg', 'mc', 'ws1', { ...pool, count: 2 }, often);
    const names: string[] = [];
    for await (const machine of client.machines.list('rg', 'mc', 'ws1')) names.push(machine.name ?? '');
    expect(names).toHaveLength(2);
    await client.agentPools.deleteMachines('rg', 'mc', 'ws1', { machineNames: names.slice(0, 1) }, often);
    expect((await client.agentPools.get('rg', 'mc', 'ws1')).count).toBe(1);
  });

  it('aborts a creation', async () => {
    // A quarter of an hour of ours: it is under way for as long as the machine needs.
    await using fixture = await anSdk({ timing: { createSeconds: 900 * timeScale } });
    const { client } = fixture;
    await client.agentPools.createOrUpdate('rg', 'mc', 'ws1', pool).submitted();
    await client.agentPools.abortLatestOperation('rg', 'mc', 'ws1').submitted();
    expect((await client.agentPools.get('rg', 'mc', 'ws1')).provisioningState).toBe('Canceled');
  });
});
