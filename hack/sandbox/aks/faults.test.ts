// Mishaps on the way, and whether the request took effect all the same.
import { describe, expect, it } from 'vitest';
import { anArm, apiVersion, clusterPath } from './arm-fixture.ts';

const patience = { timeout: 20_000 } as const;

describe('faults', () => {
  it.each([
    ['with', 7],
    ['without', undefined],
  ])('throttle in the name of ARM %s Retry-After', async (_, retryAfterSeconds) => {
    await using arm = await anArm();
    arm.aks.setFault({
      effect: { kind: 'armThrottled', ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) },
    });
    const reply = await arm.put('ws1');
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([429, retryAfterSeconds?.toString() ?? null]);
    expect(reply.body).toMatchObject({ error: { code: 'SubscriptionRequestsThrottled' } });
    expect((await arm.get('ws1')).status).toBe(404);
  });

  it.each([
    ['html', 502, /^<html>/],
    ['brokenJson', 500, /^\{"error":\{"code":$/],
    ['empty', 503, /^$/],
  ] as const)('answer with a body that is %s', async (body, status, pattern) => {
    await using arm = await anArm();
    arm.aks.setFault({ effect: { kind: 'broken', status, body } });
    const reply = await arm.get('nodepool1');
    expect(reply.status).toBe(status);
    expect(reply.text).toMatch(pattern);
  });

  it('refuse word for word', async () => {
    await using arm = await anArm();
    arm.aks.setFault({
      operation: 'PUT',
      effect: {
        kind: 'refuse',
        by: 'aks',
        status: 409,
        code: 'EtagMismatch',
        message: 'Operation is not allowed: Another operation is in progress',
      },
    });
    expect((await arm.put('ws1')).body).toMatchObject({
      code: 'EtagMismatch',
      message: 'Operation is not allowed: Another operation is in progress',
    });
  });

  it('cut the connection before the effect', async () => {
    await using arm = await anArm();
    arm.aks.setFault({ operation: 'PUT', effect: { kind: 'reset', when: 'before' } });
    await expect(arm.put('ws1')).rejects.toThrow('fetch failed');
    expect((await arm.get('ws1')).status).toBe(404);
    expect(arm.aks.log[0]).toMatchObject({ operation: 'PUT', status: undefined, fault: 'reset' });
  });

  it('cut the connection after the effect: the pool is there and nobody was told', async () => {
    await using arm = await anArm();
    arm.aks.setFault({ operation: 'PUT', effect: { kind: 'reset', when: 'after' } });
    await expect(arm.put('ws1')).rejects.toThrow('fetch failed');
    expect((await arm.get('ws1')).properties['provisioningState']).toBe('Creating');
  });

  it.each([
    ['before', 404],
    ['after', 200],
  ] as const)('never answer, silent %s the effect', async (when, status) => {
    await using arm = await anArm();
    arm.aks.setFault({ operation: 'PUT', effect: { kind: 'silent', when } });
    const giveUp = new AbortController();
    const asked = arm.send('PUT', '/agentPools/ws1', {
      body: { properties: { vmSize: 'Standard_NC6s_v3' } },
      signal: giveUp.signal,
    });
    await expect.poll(() => arm.aks.log.length, patience).toBe(1);
    await expect.poll(() => arm.aks.pools().length, patience).toBe(when === 'after' ? 2 : 1);
    giveUp.abort();
    await expect(asked).rejects.toThrow('aborted');
    expect((await arm.get('ws1')).status).toBe(status);
  });

  it.each([undefined, 'gzip'] as const)(
    'cut the connection in the middle of an answer, encoding %s',
    async (encoding) => {
      await using arm = await anArm();
      arm.aks.setFault({
        operation: 'PUT',
        effect: { kind: 'half', end: 'cut', ...(encoding === undefined ? {} : { encoding }) },
      });
      await expect(arm.put('ws1')).rejects.toThrow('terminated');
      expect(arm.aks.log[0]).toMatchObject({ operation: 'PUT', status: 201, fault: 'half' });
      expect((await arm.get('ws1')).status).toBe(200);
    },
  );

  it.each([
    [undefined, 'GET', 200],
    ['gzip', 'DELETE', 202],
  ] as const)('stall in the middle of an answer, encoding %s', async (encoding, method, status) => {
    await using arm = await anArm();
    await arm.put('ws1');
    arm.aks.setFault({ effect: { kind: 'half', end: 'stall', ...(encoding === undefined ? {} : { encoding }) } });
    const giveUp = new AbortController();
    const url = `${arm.aks.url}${clusterPath}/agentPools/ws1?${apiVersion}`;
    const answer = await fetch(url, { method, signal: giveUp.signal });
    expect([answer.status, answer.headers.get('content-encoding')]).toEqual([status, encoding ?? null]);
    const rest = answer.text();
    giveUp.abort();
    await expect(rest).rejects.toThrow('aborted');
  });

  it('answer late, with the effect at once', async () => {
    await using arm = await anArm();
    arm.aks.setFault({ operation: 'PUT', effect: { kind: 'slow', ms: 50 } });
    const slow = arm.put('ws1');
    await expect.poll(() => arm.aks.pools().length, patience).toBe(2);
    expect((await slow).status).toBe(201);
  });

  it('hit so many requests, after so many, of one operation and pool', async () => {
    await using arm = await anArm();
    arm.aks.setFault({
      operation: ['GET', 'LIST'],
      pool: 'nodepool1',
      skip: 1,
      times: 2,
      effect: { kind: 'broken', status: 500, body: 'empty' },
    });
    const statuses: number[] = [];
    for (let count = 0; count < 4; count += 1) statuses.push((await arm.get('nodepool1')).status);
    expect(statuses).toEqual([200, 500, 500, 200]);
    expect(arm.aks.faults()).toEqual([]);
  });

  it('last until they are cleared when they hit always', async () => {
    await using arm = await anArm({
      faults: [{ times: 'always', effect: { kind: 'broken', status: 500, body: 'empty' } }],
    });
    for (let count = 0; count < 3; count += 1) expect((await arm.get('nodepool1')).status).toBe(500);
    arm.aks.clearFaults();
    expect((await arm.get('nodepool1')).status).toBe(200);
  });

  it('delay every answer by the latency of the script', async () => {
    await using arm = await anArm({ latencyMs: 30 });
    const before = performance.now();
    await arm.get('nodepool1');
    expect(performance.now() - before).toBeGreaterThanOrEqual(29);
  });
});
