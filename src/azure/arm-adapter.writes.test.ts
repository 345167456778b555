import { describe, expect, it } from 'vitest';
import {
  base,
  body,
  failureOf,
  remove,
  signal,
  signedUrl,
  startArmClient,
  write,
} from '../../test/support/arm-clients.ts';
import { poolJson } from '../../test/support/fake-arm.ts';
import { FakeClock, eventually } from '../../test/support/fake-clock.ts';
import { causeOf } from './causes.ts';

describe('ArmClient.create', () => {
  it('is one PUT that cannot overwrite and returns the pool of its answer', async () => {
    const { arm, fake } = await startArmClient(() => ({
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
    const { arm, fake } = await startArmClient(() => ({ status, body: answer }));
    const error = await failureOf(arm.create('a', body, write));
    expect(error).toMatchObject({ status, operation: 'create', pool: 'a' });
    expect(causeOf(error)).toMatchObject({ reason, kind });
    expect(fake.requests).toHaveLength(1);
  });

  it('does not know what became of a PUT whose connection was cut', async () => {
    const { arm, fake } = await startArmClient(() => 'reset');
    const error = await failureOf(arm.create('a', body, write));
    expect(causeOf(error)).toMatchObject({ reason: 'AwaitingAzure', kind: 'unknownOutcome', leavesPool: true });
    expect(fake.requests).toHaveLength(1);
  });

  it('gives up after its deadline, the outcome unknown', async () => {
    const clock = new FakeClock();
    const { arm, fake } = await startArmClient(() => 'silence', { clock, deadlineMs: 20_000 });
    const failed = failureOf(arm.create('a', body, write));
    await eventually(() => fake.requests.length === 1);
    await clock.advance(20_000);
    const error = await failed;
    expect(error.code).toBe('RequestTimeout');
    expect(causeOf(error).kind).toBe('unknownOutcome');
  });

  it('does not know what became of a PUT that was aborted after it left', async () => {
    const stop = new AbortController();
    const { arm, fake } = await startArmClient(() => 'silence');
    const failed = failureOf(arm.create('a', body, { ...write, signal: stop.signal }));
    await eventually(() => fake.requests.length === 1);
    stop.abort(new Error('lease lost'));
    const error = await failed;
    expect(error.code).toBe('RequestAborted');
    expect(causeOf(error).kind).toBe('unknownOutcome');
  });

  it('sends nothing when beforeSend throws, and throws that very error', async () => {
    const { arm, fake } = await startArmClient(() => ({ status: 201, body: poolJson('a') }));
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
    const { arm, fake } = await startArmClient(() => ({ status: 201, body: poolJson('a') }));
    const reason = new Error('over');
    await expect(arm.create('a', body, { ...write, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(fake.requests).toEqual([]);
  });

  it('follows no redirect', async () => {
    const { arm, fake } = await startArmClient(() => ({ status: 307, headers: { location: `${fake.url}/elsewhere` } }));
    await failureOf(arm.create('a', body, write));
    expect(fake.requests).toHaveLength(1);
  });
});

describe('ArmClient.delete', () => {
  it('is one DELETE of the version whose ownership was proved', async () => {
    const { arm, fake } = await startArmClient(() => ({
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
    const { arm, fake } = await startArmClient(() => ({ status, body: answer }));
    await expect(arm.delete('a', remove)).resolves.toBe('absent');
    expect(fake.requests).toHaveLength(1);
  });

  it('throws when the cluster is not found', async () => {
    const { arm } = await startArmClient(() => ({
      status: 404,
      body: { error: { code: 'ResourceNotFound', message: 'x' } },
    }));
    await expect(failureOf(arm.delete('a', remove))).resolves.toMatchObject({ code: 'ResourceNotFound' });
  });

  it('is a conflict while the pool is worked on, not a changed pool', async () => {
    const message = 'Operation is not allowed: Another agentpool operation (a - Upgrading) is in progress';
    const { arm } = await startArmClient(() => ({ status: 409, body: { code: 'OperationNotAllowed', message } }));
    const error = await failureOf(arm.delete('a', remove));
    expect(causeOf(error)).toMatchObject({
      reason: 'AzureBusy',
      kind: 'conflict',
      retry: { minMs: 15_000, maxMs: 60_000 },
    });
  });
});
