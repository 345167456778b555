import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock, eventually } from '../../test/support/fake-clock.ts';
import { poolJson, startFakeArm, type FakeArm, type FakeReply } from '../../test/support/fake-arm.ts';
import { systemClock } from '../clock.ts';
import { createArmClient, type ArmClientOptions } from './arm-adapter.ts';
import type { ArmClient } from './arm-client.ts';
import { ArmError, ArmNotNow } from './arm-errors.ts';
import type { CallNote, RequestNote } from './arm-observer.ts';
import { causeOf } from './causes.ts';
import { endpointOf } from './endpoint.ts';
import type { AgentPoolBody } from './pool-body.ts';

const signal = new AbortController().signal;
const base = '/subscriptions/sub/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/mc';
const body: AgentPoolBody = {
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
const write = { signal, beforeSend: () => {} };
const remove = { ...write, etag: 'e-1', ignorePodDisruptionBudget: true };
const signedUrl = 'https://management.azure.com/subscriptions/s/operations/1?api-version=2016-03-30&t=1&s=SECRET';

const open: FakeArm[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((fake) => fake[Symbol.asyncDispose]()));
});

async function arrange(
  reply: FakeArm['reply'],
  options: Partial<ArmClientOptions> = {},
): Promise<{ readonly fake: FakeArm; readonly arm: ArmClient }> {
  const fake = await startFakeArm(reply);
  open.push(fake);
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

async function failureOf(call: Promise<unknown>): Promise<ArmError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ArmError) return error;
  throw new Error(`Expected an ArmError, got ${String(error)}`);
}

const page = (value: unknown[], nextLink?: string): FakeReply => ({
  status: 200,
  body: { value, ...(nextLink === undefined ? {} : { nextLink }) },
});

describe('ArmClient.list', () => {
  it('returns the pools of every page with a request for each', async () => {
    const { fake, arm } = await arrange(({ query }) =>
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

  it('throws when a later page fails, so that no part is taken for the whole', async () => {
    const { fake, arm } = await arrange((_request, index) =>
      index === 0 ? page([poolJson('a')], `${fake.url}${base}/agentPools?x=1`) : 'reset',
    );
    const error = await failureOf(arm.list({ signal }));
    expect(error).toMatchObject({ code: 'ECONNRESET', operation: 'list' });
    expect(fake.requests).toHaveLength(2);
  });

  it('gives each page its own deadline', async () => {
    const clock = new FakeClock();
    const { fake, arm } = await arrange(
      (_request, index) => (index === 0 ? page([poolJson('a')], `${fake.url}${base}/agentPools?x=1`) : 'silence'),
      { clock },
    );
    const failed = failureOf(arm.list({ signal }));
    await eventually(() => fake.requests.length === 2);
    await clock.advance(30_000);
    await expect(failed).resolves.toMatchObject({ code: 'RequestTimeout' });
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
    const { arm } = await arrange(() => ({ status: 200, body: malformed }));
    const error = await failureOf(arm.list({ signal }));
    expect(error.code).toBe('MalformedAnswer');
    expect(causeOf(error)).toMatchObject({ reason: 'AzureError', kind: 'retry' });
  });

  it('reads what AKS writes', async () => {
    const { arm } = await arrange(() =>
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
      ]),
    );
    const [system, machines, failed] = await arm.list({ signal });
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
  });
});

describe('ArmClient.get', () => {
  it("is undefined for AKS's own word that the pool is gone", async () => {
    const { arm, fake } = await arrange(() => ({
      status: 404,
      body: { code: 'NotFound', details: null, message: 'Agent Pool not found', subcode: '' },
    }));
    await expect(arm.get('a', { signal })).resolves.toBeUndefined();
    expect(fake.requests).toHaveLength(1);
  });

  it.each([
    ['the cluster', { error: { code: 'ResourceNotFound', message: "The Resource 'mc' was not found" } }],
    ['the group', { error: { code: 'ResourceGroupNotFound', message: 'Resource group not found' } }],
    ['the pool in the wrong envelope', { error: { code: 'NotFound', message: 'Agent Pool not found' } }],
    ['something else', { code: 'NotFound', message: 'Cluster not found' }],
    ['nobody knows what', '<html>'],
  ])('throws when the 404 is about %s', async (_what, answer) => {
    const { arm } = await arrange(() => ({ status: 404, body: answer }));
    const error = await failureOf(arm.get('a', { signal }));
    expect(causeOf(error)).toMatchObject({ reason: 'ParentNotFound', kind: 'config' });
  });

  it('tries again after a reset, three times at most', async () => {
    const { arm, fake } = await arrange((_request, index) =>
      index < 2 ? 'reset' : { status: 200, body: poolJson('a') },
    );
    await expect(arm.get('a', { signal })).resolves.toMatchObject({ name: 'a' });
    fake.reply = () => 'reset';
    await expect(failureOf(arm.get('a', { signal }))).resolves.toMatchObject({ code: 'ECONNRESET' });
    expect(fake.requests).toHaveLength(6);
  });

  it('does not try again what ARM answered', async () => {
    const { arm, fake } = await arrange(() => ({ status: 503, body: { code: 'ServerBusy', message: 'busy' } }));
    const error = await failureOf(arm.get('a', { signal }));
    expect(error).toMatchObject({ status: 503, code: 'ServerBusy' });
    expect(causeOf(error)).toMatchObject({ reason: 'AzureError', kind: 'retry' });
    expect(fake.requests).toHaveLength(1);
  });

  it('rejects with the reason of the signal', async () => {
    const stop = new AbortController();
    const { arm, fake } = await arrange(() => 'silence');
    const call = arm.get('a', { signal: stop.signal });
    await eventually(() => fake.requests.length === 1);
    const reason = new Error('stopping');
    stop.abort(reason);
    await expect(call).rejects.toBe(reason);
  });
});

describe('ArmClient.create', () => {
  it('is one PUT that cannot overwrite and returns the pool of its answer', async () => {
    const { arm, fake } = await arrange(() => ({
      status: 201,
      headers: { 'azure-asyncoperation': signedUrl },
      body: poolJson('a', { provisioningState: 'Creating' }),
    }));
    const pool = await arm.create('a', { ...body, osDiskSizeGB: 50, availabilityZones: ['1'] }, write);
    expect(pool).toMatchObject({ name: 'a', phase: 'creating', etag: 'e-1' });
    expect(JSON.stringify(pool)).not.toContain('SECRET');
    const [request, ...others] = fake.requests;
    expect(others).toEqual([]);
    expect(request).toMatchObject({ method: 'PUT', path: `${base}/agentPools/a` });
    expect(request?.headers).toMatchObject({ 'if-none-match': '*' });
    expect(request?.headers['user-agent']).toMatch(/^gpu-provisioner\/1\.2\.3 /);
    expect(request?.headers['authorization']).toBeUndefined();
    expect(JSON.parse(request?.body ?? '')).toEqual({
      properties: { ...body, osDiskSizeGB: 50, availabilityZones: ['1'] },
    });
  });

  it.each([
    [500, { code: 'InternalServerError', message: 'x' }, 'AzureError', 'unknownOutcome'],
    [502, '<html>bad gateway</html>', 'AzureError', 'unknownOutcome'],
    [201, '{"name":', 'AzureError', 'unknownOutcome'],
    [412, { code: 'PreconditionFailed', message: 'exists' }, 'PoolChanged', 'precondition'],
    [
      409,
      { code: 'OperationNotAllowed', message: 'Another agentpool operation (a - Creating) is in progress' },
      'PoolChanged',
      'precondition',
    ],
    [
      409,
      { code: 'OperationNotAllowed', message: 'Another agentpool operation (b - Creating) is in progress' },
      'AzureBusy',
      'conflict',
    ],
    [
      400,
      { code: 'ErrCode_InsufficientVCPUQuota', message: 'requested 2, remaining 0 for family F' },
      'QuotaExceeded',
      'refused',
    ],
    [
      403,
      { error: { code: 'AuthorizationFailed', message: "to perform action 'a/write' over" } },
      'AuthorizationFailed',
      'config',
    ],
  ])('sends one PUT when it is answered %i %j', async (status, answer, reason, kind) => {
    const { arm, fake } = await arrange(() => ({ status, body: answer }));
    const error = await failureOf(arm.create('a', body, write));
    expect(error).toMatchObject({ status, operation: 'create', pool: 'a' });
    expect(causeOf(error)).toMatchObject({ reason, kind });
    expect(fake.requests).toHaveLength(1);
  });

  it('does not know what became of a PUT whose connection was cut', async () => {
    const { arm, fake } = await arrange(() => 'reset');
    const error = await failureOf(arm.create('a', body, write));
    expect(causeOf(error)).toMatchObject({ reason: 'AwaitingAzure', kind: 'unknownOutcome', leavesPool: true });
    expect(fake.requests).toHaveLength(1);
  });

  it('gives up after its deadline, the outcome unknown', async () => {
    const clock = new FakeClock();
    const { arm, fake } = await arrange(() => 'silence', { clock, deadlineMs: 20_000 });
    const failed = failureOf(arm.create('a', body, write));
    await eventually(() => fake.requests.length === 1);
    await clock.advance(20_000);
    const error = await failed;
    expect(error.code).toBe('RequestTimeout');
    expect(causeOf(error).kind).toBe('unknownOutcome');
  });

  it('does not know what became of a PUT that was aborted after it left', async () => {
    const stop = new AbortController();
    const { arm, fake } = await arrange(() => 'silence');
    const failed = failureOf(arm.create('a', body, { ...write, signal: stop.signal }));
    await eventually(() => fake.requests.length === 1);
    stop.abort(new Error('lease lost'));
    const error = await failed;
    expect(error.code).toBe('RequestAborted');
    expect(causeOf(error).kind).toBe('unknownOutcome');
  });

  it('sends nothing when beforeSend throws, and throws that very error', async () => {
    const { arm, fake } = await arrange(() => ({ status: 201, body: poolJson('a') }));
    const lost = new Error('lease lost');
    const call = arm.create('a', body, {
      signal,
      beforeSend() {
        throw lost;
      },
    });
    await expect(call).rejects.toBe(lost);
    expect(fake.requests).toEqual([]);
  });

  it('sends nothing when the signal has aborted', async () => {
    const { arm, fake } = await arrange(() => ({ status: 201, body: poolJson('a') }));
    const reason = new Error('over');
    await expect(arm.create('a', body, { ...write, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(fake.requests).toEqual([]);
  });

  it('follows no redirect', async () => {
    const { arm, fake } = await arrange(() => ({ status: 307, headers: { location: `${fake.url}/elsewhere` } }));
    await failureOf(arm.create('a', body, write));
    expect(fake.requests).toHaveLength(1);
  });
});

describe('ArmClient.delete', () => {
  it('is one DELETE of the version whose ownership was proved', async () => {
    const { arm, fake } = await arrange(() => ({
      status: 202,
      headers: { location: signedUrl, 'azure-asyncoperation': signedUrl },
    }));
    await expect(arm.delete('a', remove)).resolves.toBe('accepted');
    expect(fake.requests).toHaveLength(1);
    expect(fake.requests[0]).toMatchObject({ method: 'DELETE', path: `${base}/agentPools/a` });
    expect(fake.requests[0]?.headers).toMatchObject({ 'if-match': 'e-1' });
    expect(fake.requests[0]?.query.get('ignore-pod-disruption-budget')).toBe('true');
  });

  it.each([
    [204, ''],
    [404, { code: 'NotFound', message: 'Agent Pool not found' }],
  ])('is absent when it is answered %i', async (status, answer) => {
    const { arm, fake } = await arrange(() => ({ status, body: answer }));
    await expect(arm.delete('a', remove)).resolves.toBe('absent');
    expect(fake.requests).toHaveLength(1);
  });

  it('throws when the cluster is not found', async () => {
    const { arm } = await arrange(() => ({ status: 404, body: { error: { code: 'ResourceNotFound', message: 'x' } } }));
    await expect(failureOf(arm.delete('a', remove))).resolves.toMatchObject({ code: 'ResourceNotFound' });
  });

  it('is a conflict while the pool is worked on, not a changed pool', async () => {
    const message = 'Operation is not allowed: Another agentpool operation (a - Upgrading) is in progress';
    const { arm } = await arrange(() => ({ status: 409, body: { code: 'OperationNotAllowed', message } }));
    const error = await failureOf(arm.delete('a', remove));
    expect(causeOf(error)).toMatchObject({
      reason: 'AzureBusy',
      kind: 'conflict',
      retry: { minMs: 15_000, maxMs: 60_000 },
    });
  });
});

describe('ArmClient.cluster', () => {
  it('reads power and state', async () => {
    const properties = { powerState: { code: 'Stopped' }, provisioningState: 'Stopping' };
    const { arm, fake } = await arrange(() => ({ status: 200, body: { name: 'mc', location: 'eastus', properties } }));
    await expect(arm.cluster({ signal })).resolves.toEqual({ power: 'stopped', state: 'Stopping' });
    expect(fake.requests[0]).toMatchObject({ method: 'GET', path: base });
  });
});

describe('ArmClient throttling', () => {
  it('turns a 429 into a time to come back at, for all calls of the kind', async () => {
    const clock = new FakeClock();
    const answer = { code: 'Throttled', message: 'please retry again in 20 seconds' };
    const { arm, fake } = await arrange(() => ({ status: 429, headers: { 'retry-after': '20' }, body: answer }), {
      clock,
    });
    await expect(arm.get('a', { signal })).rejects.toMatchObject({ retryAfterMs: 20_000, answer: { status: 429 } });
    await clock.advance(5000);
    await expect(arm.list({ signal })).rejects.toMatchObject({ name: 'ArmNotNow', retryAfterMs: 15_000 });
    expect(fake.requests).toHaveLength(1);
    await clock.advance(15_000);
    fake.reply = () => page([]);
    await expect(arm.list({ signal })).resolves.toEqual([]);
  });

  it('says so as a cause with that time as its pace', async () => {
    const { arm } = await arrange(() => ({ status: 429, headers: { 'retry-after': '120' }, body: {} }));
    const thrown = await arm.create('a', body, write).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(ArmNotNow);
    expect(causeOf(thrown)).toMatchObject({ reason: 'Throttled', kind: 'throttled' });
    expect(causeOf(thrown).retry.minMs).toBeGreaterThan(119_000);
  });
});

describe('ArmClient observer', () => {
  it('notes each request and each call, with what Azure says is left', async () => {
    const requests: RequestNote[] = [];
    const calls: CallNote[] = [];
    const observer = {
      observeRequest: (note: RequestNote) => void requests.push(note),
      observeCall: (note: CallNote) => void calls.push(note),
    };
    const headers = { 'x-ms-ratelimit-remaining-subscription-reads': '11999' };
    const { arm, fake } = await arrange(() => ({ status: 200, headers, body: poolJson('a') }), { observer });
    await arm.get('a', { signal });
    fake.reply = () => ({ status: 409, body: { code: 'Conflict', message: 'x' } });
    await failureOf(arm.create('a', body, write));
    expect(requests).toMatchObject([
      { operation: 'get', code: '200', remaining: { reads: 11_999 } },
      { operation: 'create', code: '409', remaining: {} },
    ]);
    expect(calls).toMatchObject([{ operation: 'get' }, { operation: 'create', error: 'Conflict' }]);
    expect(calls[0]).not.toHaveProperty('error');
  });
});

describe('ArmError', () => {
  it('carries the ids that support asks for and no signed URL', async () => {
    const { arm } = await arrange(() => ({
      status: 400,
      headers: { 'x-ms-request-id': 'r-1', 'x-ms-correlation-request-id': 'c-1' },
      body: { code: 'BadRequest', message: `see ${signedUrl} for more` },
    }));
    const error = await failureOf(arm.create('a', body, write));
    expect(error.message).toBe(
      'Cannot create agent pool "a": BadRequest (400): see https://management.azure.com/subscriptions/s/operations/1 for more',
    );
    expect(causeOf(error).detail).toBe('ARM code BadRequest, status 400, request r-1, correlation c-1');
  });

  it('finds the code that the general one wraps', async () => {
    const { arm } = await arrange(() => ({
      status: 409,
      body: {
        error: {
          code: 'InvalidTemplateDeployment',
          message: 'See inner errors',
          details: [
            { code: 'SkuNotAvailable', message: "size 'Standard_NC24ads_A100_v4' not available in location 'eastus'" },
          ],
        },
      },
    }));
    expect(causeOf(await failureOf(arm.create('a', body, write)))).toMatchObject({
      reason: 'SkuNotAvailable',
      capacity: true,
      headline:
        'Standard_NC24ads_A100_v4 is not offered to this subscription in eastus; choose another size or ask Azure for access',
    });
  });
});
