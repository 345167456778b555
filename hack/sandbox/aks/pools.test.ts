// Agent pools over raw HTTP: what a client sees of their lives.
import { describe, expect, it } from 'vitest';
import { anArm, clusterPath, gpuPool } from './arm-fixture.ts';
import { objectAt, textAt } from './json.ts';

describe('PUT agentPools', () => {
  it('answers 201 Creating with a signed operation URL and no Retry-After', async () => {
    await using arm = await anArm();
    const reply = await arm.put('ws1', {
      ...gpuPool,
      vmSize: 'standard_nc24ADS_a100_v4',
      nodeLabels: {},
      nodeTaints: [],
      tags: {},
    });
    const url = reply.headers.get('azure-asyncoperation') ?? '';

    expect(reply.status).toBe(201);
    expect(reply.properties).toMatchObject({
      provisioningState: 'Creating',
      vmSize: 'standard_nc24ADS_a100_v4',
      count: 1,
    });
    expect(reply.body['id']).toBe(`${clusterPath.replace('resourceGroups', 'resourcegroups')}/agentPools/ws1`);
    expect(url).toMatch(
      new RegExp(
        `^${arm.aks.url}/subscriptions/sub/providers/.*/operations/[0-9a-f-]{36}\\?api-version=2016-03-30&t=638`,
      ),
    );
    expect(url.length).toBeGreaterThan(2500);
    expect(reply.headers.has('retry-after')).toBe(false);
    expect(reply.headers.has('x-ms-correlation-request-id')).toBe(true);
  });

  it('fills in defaults and leaves empty collections out', async () => {
    await using arm = await anArm();
    const { properties } = await arm.put('ws1', {
      vmSize: 'Standard_NC6s_v3',
      osDiskSizeGB: 0,
      nodeLabels: {},
      nodeTaints: [],
      tags: {},
    });

    expect(properties).toMatchObject({
      osDiskSizeGB: 320,
      maxPods: 250,
      osDiskType: 'Ephemeral',
      mode: 'User',
      upgradeSettings: { maxSurge: '10%' },
    });
    expect(Object.keys(properties)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(nodeLabels|nodeTaints|tags|availabilityZones|status)$/)]),
    );
  });

  it('drops properties that it does not know', async () => {
    await using arm = await anArm();
    const { properties } = await arm.put('ws1', { ...gpuPool, fancy: true });
    expect(properties).not.toHaveProperty('fancy');
  });

  it('is Succeeded after its time, and the operation says so', async () => {
    await using arm = await anArm({ timing: { createSeconds: 180 } });
    const created = await arm.put('ws1');
    expect(await arm.operation(created)).toEqual({
      name: expect.any(String),
      status: 'InProgress',
      startTime: '2026-11-22T00:00:00.000Z',
    });

    arm.clock.advance(179);
    expect((await arm.get('ws1')).properties['provisioningState']).toBe('Creating');
    arm.clock.advance(1);

    expect((await arm.get('ws1')).properties).toMatchObject({
      provisioningState: 'Succeeded',
      powerState: { code: 'Running' },
    });
    expect(await arm.operation(created)).toMatchObject({ status: 'Succeeded', endTime: '2026-11-22T00:03:00.000Z' });
  });

  it('divides every duration by the time scale', async () => {
    await using arm = await anArm({ timing: { createSeconds: 180 } }, { timeScale: 60 });
    await arm.put('ws1');
    arm.clock.advance(3);
    expect((await arm.get('ws1')).properties['provisioningState']).toBe('Succeeded');
  });

  it('leaves a Failed pool with the reason when the creation fails later', async () => {
    const fail = { afterSeconds: 60, code: 'AllocationFailed', message: 'Allocation failed.' };
    await using arm = await anArm({ plans: [{ pool: 'ws1', times: 1, fail }] });
    const created = await arm.put('ws1');
    arm.clock.advance(60);

    const { properties } = await arm.get('ws1');
    expect(properties).toMatchObject({
      provisioningState: 'Failed',
      status: { provisioningError: { code: 'AllocationFailed', message: 'Allocation failed.' } },
    });
    expect(await arm.operation(created)).toMatchObject({ status: 'Failed', error: { code: 'AllocationFailed' } });
    expect((await arm.put('ws1')).status).toBe(200);
  });

  it('keeps the operation InProgress for ever when the plan says it hangs', async () => {
    await using arm = await anArm({ plans: [{ operation: 'hangs' }] });
    const created = await arm.put('ws1');
    arm.clock.advance(3600);
    expect((await arm.get('ws1')).properties['provisioningState']).toBe('Succeeded');
    expect(await arm.operation(created)).toMatchObject({ status: 'InProgress' });
  });

  it('replaces mutable fields of an idle pool, and drops those that are left out', async () => {
    await using arm = await anArm();
    await arm.put('ws1', { ...gpuPool, nodeLabels: { a: '1' }, tags: { owner: 'me' } });
    arm.clock.advance(180);
    const updated = await arm.put('ws1', { ...gpuPool, nodeLabels: { b: '2' } });

    expect(updated.status).toBe(200);
    expect(updated.properties).toMatchObject({ provisioningState: 'Updating', nodeLabels: { b: '2' } });
    expect(updated.properties).not.toHaveProperty('tags');
    arm.clock.advance(20);
    expect((await arm.get('ws1')).properties['provisioningState']).toBe('Succeeded');
  });

  it('answers 200 Succeeded without an operation when nothing changes', async () => {
    await using arm = await anArm();
    await arm.put('ws1');
    arm.clock.advance(180);
    const again = await arm.put('ws1');
    expect([again.status, again.properties['provisioningState'], again.headers.has('azure-asyncoperation')]).toEqual([
      200,
      'Succeeded',
      false,
    ]);
  });

  it('refuses another value of a property that is set once', async () => {
    await using arm = await anArm();
    await arm.put('ws1');
    arm.clock.advance(180);
    const reply = await arm.put('ws1', { ...gpuPool, vmSize: 'Standard_NC48ads_A100_v4' });
    expect(reply.status).toBe(400);
    expect(reply.body).toMatchObject({
      code: 'PropertyChangeNotAllowed',
      message: "Changing property 'properties.vmSize' is not allowed.",
      target: 'properties.vmSize',
    });
  });

  it('takes the size of a pool in any case on an update', async () => {
    await using arm = await anArm();
    await arm.put('ws1');
    arm.clock.advance(180);
    expect((await arm.put('ws1', { ...gpuPool, vmSize: 'STANDARD_NC24ADS_A100_V4' })).status).toBe(200);
  });

  it('refuses the 101st pool', async () => {
    await using arm = await anArm();
    for (let index = 1; index < 100; index += 1) expect((await arm.put(`p${index}`)).status).toBe(201);
    const reply = await arm.put('p100');
    expect([reply.status, reply.body['code']]).toEqual([400, 'MaxAgentPoolsReached']);
  });
});

describe('GET agentPools', () => {
  it('answers a pool that is not there with the bare envelope', async () => {
    await using arm = await anArm();
    const reply = await arm.get('nope');
    expect(reply.status).toBe(404);
    expect(reply.text).toBe('{"code":"NotFound","details":null,"message":"Agent Pool not found","subcode":""}');
    expect(reply.headers.has('x-ms-failure-cause')).toBe(false);
  });

  it.each([
    [
      'cluster',
      '/subscriptions/sub/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/other',
      'ResourceNotFound',
    ],
    [
      'resource group',
      '/subscriptions/sub/resourceGroups/other/providers/Microsoft.ContainerService/managedClusters/mc',
      'ResourceGroupNotFound',
    ],
    [
      'subscription',
      '/subscriptions/other/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/mc',
      'SubscriptionNotFound',
    ],
  ])('answers a missing %s with the envelope of ARM', async (_, parent, code) => {
    await using arm = await anArm();
    const reply = await arm.send('GET', `${arm.aks.url}${parent}/agentPools/ws1?api-version=2026-06-01`);
    expect([reply.status, textAt(objectAt(reply.body, 'error'), 'code')]).toEqual([404, code]);
    expect(reply.headers.get('x-ms-failure-cause')).toBe('gateway');
  });

  it('compares the fixed parts of a path without regard to case', async () => {
    await using arm = await anArm();
    const path =
      '/subscriptions/SUB/resourcegroups/RG/providers/microsoft.containerservice/managedclusters/MC/agentpools/nodepool1';
    expect((await arm.send('GET', `${arm.aks.url}${path}?api-version=2026-06-01`)).status).toBe(200);
  });

  it('needs an api-version', async () => {
    await using arm = await anArm();
    const reply = await arm.send('GET', `${arm.aks.url}${clusterPath}/agentPools`);
    expect(reply.body).toMatchObject({ error: { code: 'MissingApiVersionParameter' } });
  });
});

describe('LIST agentPools', () => {
  it('always gives a nextLink, whose page is empty', async () => {
    await using arm = await anArm();
    await arm.put('ws1');
    const first = await arm.send('GET', '/agentPools');
    const second = await arm.send('GET', textAt(first.body, 'nextLink') ?? '');
    expect(first.body['value']).toMatchObject([{ name: 'nodepool1' }, { name: 'ws1' }]);
    expect(second.text).toBe('{"value":[]}');
    expect(arm.aks.counts()).toEqual({ PUT: 1, LIST: 2 });
  });

  it('spreads pools over pages when the script says so', async () => {
    await using arm = await anArm({ pageSize: 2 });
    for (const name of ['a', 'b', 'c', 'd']) await arm.put(name);
    const names: string[][] = [];
    let next: string | undefined = '/agentPools';
    while (next !== undefined) {
      const { body } = await arm.send('GET', next);
      const value: unknown = body['value'];
      names.push(Array.isArray(value) ? value.map((pool) => textAt(pool, 'name') ?? '') : []);
      next = textAt(body, 'nextLink');
    }
    expect(names).toEqual([['a', 'b'], ['c', 'd'], ['nodepool1'], []]);
  });
});
