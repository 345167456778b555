// Requests on real sockets: connections, deadlines, patience, credentials and what each failure becomes.
import { describe, expect, onTestFinished, test } from 'vitest';
import { loopbackCertificate } from '../../hack/sandbox/tls.ts';
import { FakeApi, type Fault } from '../../test/support/fake-api.ts';
import { eventually, FakeClock } from '../../test/support/fake-clock.ts';
import { aClient, StaticCredentials } from '../../test/support/kube-fixture.ts';
import { leases, nodes, pods } from '../apis/resource.ts';
import { createMetrics } from '../observability/metrics.ts';
import {
  AlreadyExists,
  Conflict,
  CredentialsUnavailable,
  Forbidden,
  Gone,
  Invalid,
  KubeError,
  MalformedAnswer,
  NotFound,
  ServerError,
  Timeout,
  TooManyRequests,
  Unauthorized,
  Unreachable,
} from './errors.ts';

const aNode = { metadata: { name: 'a', creationTimestamp: '2026-01-01T00:00:00Z' } };

const busy = (status: number, seconds?: string): Fault => ({
  kind: 'answer',
  status,
  ...(seconds === undefined ? {} : { headers: { 'retry-after': seconds } }),
});

async function aTransport(limits: { readonly qps?: number; readonly burst?: number } = {}) {
  const api = await FakeApi.start();
  api.put('/api/v1/nodes', aNode);
  const clock = new FakeClock();
  const metrics = createMetrics();
  const credentials = new StaticCredentials(api.url);
  const client = aClient(api.url, { clock, metrics, credentials, ...limits });
  const caller = new AbortController();
  onTestFinished(async () => {
    await client.close();
    await api.stop();
  });
  const get = () => client.get(nodes, { name: 'a' }, { signal: caller.signal });
  /** The error of a GET, for time to be moved while it is under way. */
  const failure = (): Promise<unknown> =>
    get().then(
      () => undefined,
      (error: unknown) => error,
    );
  return { api, clock, metrics, credentials, client, caller, get, failure };
}

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

describe('Transport patience', () => {
  test.for([429, 503])('honours Retry-After of a %i once', async (status) => {
    const { api, clock, get } = await aTransport();
    api.fault = () => (api.requests.length === 1 ? busy(status, '2') : undefined);
    const answer = get();
    await eventually(() => api.requests.length === 1 && clock.pendingMs.includes(2000));
    await clock.advance(2000);
    expect((await answer).metadata.name).toBe('a');
    expect(api.requests).toHaveLength(2);
  });

  test('surfaces the second refusal, with the time to wait', async () => {
    const { api, clock, failure } = await aTransport();
    api.fault = () => busy(429, '2');
    const failed = failure();
    await clock.advanceUntil(() => api.requests.length === 2);
    const error = await failed;
    expect(error).toBeInstanceOf(TooManyRequests);
    expect(error).toMatchObject({ code: 'KUBE_TOO_MANY_REQUESTS', status: 429, retryAfterMs: 2000 });
  });

  test.for([
    ['without a Retry-After', undefined],
    ['with one that is too long to wait for', '60'],
  ] as const)('surfaces a refusal %s at once', async ([, seconds]) => {
    const { api, failure } = await aTransport();
    api.fault = () => busy(503, seconds);
    expect(await failure()).toBeInstanceOf(ServerError);
    expect(api.requests).toHaveLength(1);
  });

  test('has none with a budget that forbids an eviction', async () => {
    const { api, client, caller } = await aTransport();
    const status = {
      reason: 'TooManyRequests',
      message: 'Cannot evict pod',
      details: {
        causes: [
          { reason: 'DisruptionBudget', message: 'The disruption budget web needs 2 healthy pods and has 2 currently' },
        ],
      },
    };
    api.fault = () => ({ kind: 'answer', status: 429, headers: { 'retry-after': '1' }, body: status });
    const failed = client.evict({ name: 'p', namespace: 'n', uid: 'u' }, { signal: caller.signal });
    await expect(failed).rejects.toMatchObject({
      causes: [{ reason: 'DisruptionBudget', message: expect.stringContaining('budget web') }],
    });
    expect(api.requests).toHaveLength(1);
    expect(api.requests[0]).toMatchObject({
      method: 'POST',
      path: `/api/v1/namespaces/n/${pods.plural}/p/eviction`,
      body: { apiVersion: 'policy/v1', kind: 'Eviction', deleteOptions: { preconditions: { uid: 'u' } } },
    });
  });
});

describe('Transport credentials', () => {
  test('are read anew after a 401, and the request is sent once more', async () => {
    const { api, credentials, get } = await aTransport();
    api.fault = ({ headers }) =>
      headers.authorization === 'Bearer fresh' ? undefined : { kind: 'answer', status: 401 };
    credentials.beforeGrant = () => {
      if (credentials.renewals > 0) credentials.token = 'fresh';
    };
    await get();
    expect(credentials.renewals).toBe(1);
    expect(api.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer secret', 'Bearer fresh']);
  });

  test('that are refused twice are Unauthorized', async () => {
    const { api, failure } = await aTransport();
    api.fault = () => ({ kind: 'answer', status: 401 });
    expect(await failure()).toBeInstanceOf(Unauthorized);
    expect(api.requests).toHaveLength(2);
  });

  test('that cannot be read send nothing', async () => {
    const { api, credentials, failure } = await aTransport();
    credentials.beforeGrant = () => {
      throw new Error('no such file');
    };
    const error = await failure();
    expect(error).toBeInstanceOf(CredentialsUnavailable);
    expect(error).toMatchObject({ message: 'Cannot get nodes "a": no credentials: no such file' });
    expect(api.requests).toEqual([]);
  });
});

describe('Transport errors', () => {
  test.for([
    [400, {}, KubeError, 'KUBE_BAD_REQUEST'],
    [403, {}, Forbidden, 'KUBE_FORBIDDEN'],
    [404, {}, NotFound, 'KUBE_NOT_FOUND'],
    [409, { reason: 'Conflict' }, Conflict, 'KUBE_CONFLICT'],
    [409, { reason: 'AlreadyExists' }, AlreadyExists, 'KUBE_ALREADY_EXISTS'],
    [410, { reason: 'Expired' }, Gone, 'KUBE_GONE'],
    [422, { reason: 'Invalid' }, Invalid, 'KUBE_INVALID'],
    [500, {}, ServerError, 'KUBE_SERVER_ERROR'],
    [504, {}, Timeout, 'KUBE_TIMEOUT'],
    [302, {}, MalformedAnswer, 'KUBE_MALFORMED_ANSWER'],
  ] as const)('%i %o has a class of its own', async ([status, body, kind, code]) => {
    const { api, failure } = await aTransport();
    api.fault = () => ({ kind: 'answer', status, body: { message: 'what the server says', ...body } });
    const error = await failure();
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ code, status, message: 'Cannot get nodes "a": what the server says' });
  });

  test('a cut connection is Unreachable', async () => {
    const { api, failure } = await aTransport();
    api.fault = () => ({ kind: 'reset' });
    expect(await failure()).toBeInstanceOf(Unreachable);
  });

  test('a server that is not there is Unreachable', async () => {
    const { api, failure } = await aTransport();
    await api.stop();
    expect(await failure()).toMatchObject({
      code: 'KUBE_UNREACHABLE',
      status: 0,
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test.for([
    '<html>welcome</html>',
    '{"kind":"Node"}',
    '{"kind":"Pod","metadata":{"name":"a","resourceVersion":"1"}}',
    '[]',
  ])('an answer like %s is Malformed', async (body) => {
    const { api, failure } = await aTransport();
    api.fault = () => ({ kind: 'answer', status: 200, body });
    expect(await failure()).toBeInstanceOf(MalformedAnswer);
  });
});

describe('Transport metrics', () => {
  test('count requests by code and method, also those without an answer', async () => {
    const { api, metrics, get, failure } = await aTransport();
    await get();
    api.fault = () => ({ kind: 'reset' });
    await failure();
    const text = await metrics.text();
    const { host } = api.url;
    expect(text).toContain(`rest_client_requests_total{code="200",method="GET",host="${host}"} 1`);
    expect(text).toContain(`rest_client_requests_total{code="<error>",method="GET",host="${host}"} 1`);
    expect(text).toContain(`rest_client_request_duration_seconds_count{verb="GET",host="${host}"} 2`);
  });
});
