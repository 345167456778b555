// Requests on real sockets: the connections they share, and the time they are given.
import { describe, expect, onTestFinished, test } from 'vitest';
import { loopbackCertificate } from '../../hack/sandbox/tls.ts';
import { FakeApi } from '../../test/support/fake-api.ts';
import { eventually, FakeClock } from '../../test/support/fake-clock.ts';
import { aClient, StaticCredentials } from '../../test/support/kube-fixture.ts';
import { aNode, aTransport } from '../../test/support/transport-fixture.ts';
import { leases, nodes } from '../apis/resource.ts';
import { NotFound, Timeout, Unreachable } from './errors.ts';

describe('Transport connections', () => {
  test('are a few that all requests share', async () => {
    const { api, get } = await aTransport();
    for (let round = 0; round < 30; round++) await Promise.all(Array.from({ length: 10 }, get));
    expect(api.requests).toHaveLength(300);
    // undici takes a second one where the first has just answered and is not free yet.
    expect(api.connections).toBeLessThanOrEqual(20);
  });

  test('are kept when answers are errors', async () => {
    const { api, get } = await aTransport();
    api.fault = () => ({ kind: 'answer', status: 404, body: 'x'.repeat(100_000) });
    for (let round = 0; round < 20; round++) await expect(get()).rejects.toThrow(NotFound);
    expect(api.connections).toBeLessThanOrEqual(2);
  });

  test('are made anew when the certificates change, and a request that runs is not cut', async () => {
    const [old, rolled] = await Promise.all([loopbackCertificate('old'), loopbackCertificate('new')]);
    const api = await FakeApi.start({ cert: old.cert, key: old.key });
    api.put('/api/v1/nodes', aNode);
    const credentials = new StaticCredentials(api.url, { via: 'direct', tls: { ca: old.ca } });
    const clock = new FakeClock();
    const client = aClient(api.url, { clock, credentials });
    onTestFinished(async () => {
      await client.close();
      await api.stop();
    });
    const { signal } = new AbortController();
    const get = () => client.get(nodes, { name: 'a' }, { signal });
    await get();
    const watch = client.watch(nodes, { signal, resourceVersion: api.version, timeoutSeconds: 300, idleMs: 90_000 });
    const events = watch[Symbol.asyncIterator]();
    const first = events.next();
    await eventually(() => api.watches.size === 1);
    // A bundle with both, as a rotation has it: same server, other material.
    credentials.route = { via: 'direct', tls: { ca: `${old.ca}\n${rolled.ca}` } };
    const before = api.connections;
    await get();
    await get();
    expect(api.connections).toBeGreaterThan(before);
    expect(api.connections).toBeLessThanOrEqual(before + 2);
    api.put('/api/v1/nodes', aNode);
    expect((await first).value).toMatchObject({ type: 'MODIFIED' });
    await events.return?.();
    credentials.route = { via: 'direct', tls: { ca: rolled.ca } };
    await expect(get()).rejects.toThrow(Unreachable);
  });

  test('of the lease are its own: load does not delay it', async () => {
    const { api, clock, client, get } = await aTransport({ qps: 1, burst: 1 });
    api.put('/apis/coordination.k8s.io/v1/leases', { metadata: { name: 'l', namespace: 'n' } });
    const load = Array.from({ length: 5 }, get);
    await eventually(() => api.requestsTo('GET', '/api/v1/nodes/a').length === 1);
    const { signal } = new AbortController();
    const lease = await client.get(leases, { name: 'l', namespace: 'n' }, { signal });
    expect(lease.metadata.name).toBe('l');
    expect(api.requestsTo('GET', '/api/v1/nodes/a')).toHaveLength(1);
    await clock.advanceUntil(() => api.requestsTo('GET', '/api/v1/nodes/a').length === 5);
    await Promise.all(load);
  });
});

describe('Transport time', () => {
  test('gives up on an answer that does not come within 30 s', async () => {
    const { api, clock, failure } = await aTransport();
    api.fault = () => ({ kind: 'hang' });
    const failed = failure();
    await eventually(() => api.requests.length === 1);
    await clock.advance(29_999);
    expect(api.openSockets).toBe(1);
    await clock.advance(1);
    expect(await failed).toBeInstanceOf(Timeout);
    await eventually(() => api.openSockets === 0);
  });

  test('throws the reason of its caller when the caller aborts', async () => {
    const { api, caller, failure } = await aTransport();
    api.fault = () => ({ kind: 'hang' });
    const failed = failure();
    await eventually(() => api.requests.length === 1);
    const reason = new Error('the stop');
    caller.abort(reason);
    expect(await failed).toBe(reason);
    await eventually(() => api.openSockets === 0);
  });

  test('sends nothing for a caller that has aborted already', async () => {
    const { api, caller, get } = await aTransport();
    caller.abort();
    await expect(get()).rejects.toThrow('aborted');
    expect(api.requests).toEqual([]);
  });

  test('leaves no timer behind', async () => {
    const { clock, get } = await aTransport();
    await get();
    expect(clock.pendingMs).toEqual([]);
  });

  test('holds requests back to the rate it was given', async () => {
    const { api, clock, get } = await aTransport({ qps: 10, burst: 3 });
    const all = Array.from({ length: 8 }, get);
    await eventually(() => api.requests.length === 3);
    await clock.advance(200);
    await eventually(() => api.requests.length === 5);
    await clock.advance(300);
    await Promise.all(all);
    expect(api.requests).toHaveLength(8);
  });
});
