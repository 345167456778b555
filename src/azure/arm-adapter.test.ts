import type { AccessToken } from '@azure/identity';
import { describe, expect, it } from 'vitest';
import { base, failureOf, page, signal, startArmClient } from '../../test/support/arm-clients.ts';
import { poolJson } from '../../test/support/fake-arm.ts';
import { FakeClock, eventually, settle } from '../../test/support/fake-clock.ts';
import { noObserver } from './arm-observer.ts';
import { causeOf, causeOfProvisioning } from './causes.ts';
import { endpointOf } from './endpoint.ts';

const parentNotFound = { reason: 'ParentNotFound', kind: 'config' };

describe('ArmClient.list', () => {
  it('GPM15 GPN16 GPN38 returns the pools of every page with a request for each', async () => {
    const { fake, arm } = await startArmClient(({ query }) =>
      query.has('$skipToken')
        ? page([poolJson('b')])
        : page([poolJson('a')], `${fake.url}${base}/agentPools?%24skipToken=1&api-version=2026-06-01`),
    );
    const pools = await arm.list({ signal });
    expect(pools.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(fake.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `GET ${base}/agentPools`,
      `GET ${base}/agentPools`,
    ]);
  });

  it('GPM16 GPN17 GPN39 throws when a later page fails, so that no part is taken for the whole', async () => {
    const { fake, arm } = await startArmClient((_request, index) =>
      index === 0 ? page([poolJson('a')], `${fake.url}${base}/agentPools?x=1`) : 'reset',
    );
    const error = await failureOf(arm.list({ signal }));
    expect(error).toMatchObject({ code: 'ECONNRESET', operation: 'list' });
    expect(fake.requests).toHaveLength(2);
  });

  it('throws on pages without an end', async () => {
    const { fake, arm } = await startArmClient(() => page([], `${fake.url}${base}/agentPools?again=1`));
    await expect(failureOf(arm.list({ signal }))).resolves.toMatchObject({ code: 'MalformedAnswer' });
    expect(fake.requests.length).toBeLessThan(150);
  });

  it('gives each page its own deadline', async () => {
    const clock = new FakeClock();
    const { fake, arm } = await startArmClient(
      (_request, index) => (index === 0 ? page([poolJson('a')], `${fake.url}${base}/agentPools?x=1`) : 'silence'),
      { clock },
    );
    const failed = failureOf(arm.list({ signal }));
    await eventually(() => fake.requests.length === 2);
    await clock.advance(30_000);
    await expect(failed).resolves.toMatchObject({ code: 'RequestTimeout' });
  });

  it('rejects with the reason of the signal also when that comes between two pages', async () => {
    const stop = new AbortController();
    const reason = new Error('stopping');
    const observer = { ...noObserver, observeRequest: () => stop.abort(reason) };
    const { fake, arm } = await startArmClient(() => page([], `${fake.url}${base}/agentPools?x=1`), { observer });
    await expect(arm.list({ signal: stop.signal })).rejects.toBe(reason);
    expect(fake.requests).toHaveLength(1);
  });

  it('rejects with the reason of the signal while it waits for a token that no signal ends, and sends nothing then', async () => {
    const token = Promise.withResolvers<AccessToken>();
    const asked = Promise.withResolvers<void>();
    const getToken = (): Promise<AccessToken> => {
      asked.resolve();
      return token.promise;
    };
    let sent = 0;
    const observer = { ...noObserver, observeRequest: () => void (sent += 1) };
    // Nobody listens there; nobody is called, either.
    const endpoint = endpointOf({ armEndpoint: 'https://127.0.0.1:9' });
    const { arm } = await startArmClient(() => 'reset', { endpoint, credential: { getToken }, observer });
    const stop = new AbortController();
    const call = arm.list({ signal: stop.signal });
    await asked.promise;
    const reason = new Error('stopping');
    stop.abort(reason);
    await expect(call).rejects.toBe(reason);
    token.resolve({ token: 'late', expiresOnTimestamp: Date.now() + 3_600_000 });
    await settle();
    expect(sent).toBe(0);
  });

  it.each([
    ['no list of pools', { value: 'none' }],
    ['a body without its list', {}],
    ['a pool without a name', { value: [{ ...poolJson('a'), name: undefined }] }],
    ['a pool without a state', { value: [poolJson('a', { provisioningState: null })] }],
    ['labels that are no texts', { value: [poolJson('a', { nodeLabels: { a: 1 } })] }],
    ['broken JSON', '{"value":['],
    ['a page of HTML', '<html>proxy</html>'],
  ])('throws on %s', async (_what, malformed) => {
    const { arm } = await startArmClient(() => ({ status: 200, body: malformed }));
    const error = await failureOf(arm.list({ signal }));
    expect(error.code).toBe('MalformedAnswer');
    expect(causeOf(error)).toMatchObject({ reason: 'AzureError', kind: 'retry' });
  });

  it('reads what AKS writes', async () => {
    const { arm } = await startArmClient(() =>
      page([
        poolJson('sys', { mode: 'System', provisioningState: 'Updating', enableAutoScaling: true, count: 3 }),
        poolJson('vms', { vmSize: undefined, count: undefined, type: 'VirtualMachines' }),
        poolJson('bad', {
          provisioningState: 'Failed',
          powerState: { code: 'Stopped' },
          tags: { 'gpu-provisioner-uid': 'u1' },
          nodeTaints: ['a=b:NoSchedule'],
          status: {
            provisioningError: {
              code: 'ReconcileVMSSAgentPoolFailed',
              message: 'failed',
              details: [{ code: 'AllocationFailed', message: 'no room' }],
            },
          },
        }),
        poolJson('deep', {
          provisioningState: 'Failed',
          status: {
            provisioningError: {
              code: 'ReconcileVMSSAgentPoolFailed',
              message: 'failed',
              details: [
                { code: 'VMSSError', message: 'see', details: [{ code: 'QuotaExceeded', message: 'none left' }] },
              ],
            },
          },
        }),
        poolJson('odd', {
          provisioningState: 'Failed',
          status: {
            provisioningError: { code: 'X', message: 'failed', details: [{ code: 7, message: 'odd' }] },
          },
        }),
      ]),
    );
    const [system, machines, failed, deep, odd] = await arm.list({ signal });
    expect(system).toMatchObject({
      phase: 'busy',
      state: 'Updating',
      mode: 'System',
      autoscaled: true,
      nodeLabels: {},
    });
    expect(machines).toMatchObject({ phase: 'settled', vmSize: '', count: 0, tags: {}, nodeTaints: [] });
    expect(failed).toMatchObject({
      phase: 'failed',
      power: 'stopped',
      etag: 'e-1',
      tags: { 'gpu-provisioner-uid': 'u1' },
      error: { code: 'ReconcileVMSSAgentPoolFailed', message: 'failed; Code: AllocationFailed; no room' },
    });
    expect(deep?.error?.message).toBe('failed; Code: VMSSError; see; Code: QuotaExceeded; none left');
    expect(causeOfProvisioning(deep?.error).reason).toBe('QuotaExceeded');
    expect(odd?.error).toEqual({ code: 'X', message: 'failed; odd' });
  });
});

describe('ArmClient.get', () => {
  it("is undefined for AKS's own word that the pool is gone", async () => {
    const { arm, fake } = await startArmClient(() => ({
      status: 404,
      body: { code: 'NotFound', details: null, message: 'Agent Pool not found', subcode: '' },
    }));
    await expect(arm.get('a', { signal })).resolves.toBeUndefined();
    expect(fake.requests).toHaveLength(1);
  });

  it.each([
    [
      'the cluster',
      { error: { code: 'ResourceNotFound', message: "The Resource 'mc' was not found" } },
      parentNotFound,
    ],
    ['the group', { error: { code: 'ResourceGroupNotFound', message: 'Resource group not found' } }, parentNotFound],
    [
      'the pool in the wrong envelope',
      { error: { code: 'NotFound', message: 'Agent Pool not found' } },
      parentNotFound,
    ],
    ['something else', { code: 'NotFound', message: 'Cluster not found' }, parentNotFound],
    ['nobody knows what', '<html>', { reason: 'AwaitingAzure', kind: 'retry' }],
  ])('throws when the 404 is about %s', async (_what, answer, cause) => {
    const { arm } = await startArmClient(() => ({ status: 404, body: answer }));
    const error = await failureOf(arm.get('a', { signal }));
    expect(causeOf(error)).toMatchObject(cause);
  });

  it('tries again after a reset, three times at most', async () => {
    const { arm, fake } = await startArmClient((_request, index) =>
      index < 2 ? 'reset' : { status: 200, body: poolJson('a') },
    );
    await expect(arm.get('a', { signal })).resolves.toMatchObject({ name: 'a' });
    fake.reply = () => 'reset';
    await expect(failureOf(arm.get('a', { signal }))).resolves.toMatchObject({ code: 'ECONNRESET' });
    expect(fake.requests).toHaveLength(6);
  });

  it('does not try again what ARM answered', async () => {
    const { arm, fake } = await startArmClient(() => ({ status: 503, body: { code: 'ServerBusy', message: 'busy' } }));
    const error = await failureOf(arm.get('a', { signal }));
    expect(error).toMatchObject({ status: 503, code: 'ServerBusy' });
    expect(causeOf(error)).toMatchObject({ reason: 'AzureError', kind: 'retry' });
    expect(fake.requests).toHaveLength(1);
  });

  it('rejects with the reason of the signal', async () => {
    const stop = new AbortController();
    const { arm, fake } = await startArmClient(() => 'silence');
    const call = arm.get('a', { signal: stop.signal });
    await eventually(() => fake.requests.length === 1);
    const reason = new Error('stopping');
    stop.abort(reason);
    await expect(call).rejects.toBe(reason);
  });
});

describe('ArmClient.cluster', () => {
  it('reads power and state', async () => {
    const properties = { powerState: { code: 'Stopped' }, provisioningState: 'Stopping' };
    const { arm, fake } = await startArmClient(() => ({
      status: 200,
      body: { name: 'mc', location: 'eastus', properties },
    }));
    await expect(arm.cluster({ signal })).resolves.toEqual({ power: 'stopped', state: 'Stopping' });
    expect(fake.requests[0]).toMatchObject({ method: 'GET', path: base });
  });

  it('reads where the machines are, as a providerID has it', async () => {
    const properties = { provisioningState: 'Succeeded', nodeResourceGroup: 'MC_rg_mc_eastus' };
    const id = '/subscriptions/Sub/resourcegroups/rg/providers/Microsoft.ContainerService/managedClusters/mc';
    const { arm } = await startArmClient(() => ({ status: 200, body: { id, name: 'mc', properties } }));
    await expect(arm.cluster({ signal })).resolves.toMatchObject({
      nodeGroup: '/subscriptions/sub/resourcegroups/mc_rg_mc_eastus',
    });
  });
});
