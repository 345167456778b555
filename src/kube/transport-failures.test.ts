// What becomes of a request that fails: patience, fresh credentials, and the class of its error.
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../test/support/fake-api.ts';
import { eventually } from '../../test/support/fake-clock.ts';
import { aTransport } from '../../test/support/transport-fixture.ts';
import { pods } from '../apis/resource.ts';
import {
  AlreadyExists,
  BadRequest,
  Conflict,
  CredentialsUnavailable,
  Forbidden,
  Gone,
  Invalid,
  MalformedAnswer,
  NotFound,
  ServerError,
  Timeout,
  TooManyRequests,
  Unauthorized,
  Unreachable,
} from './errors.ts';

const busy = (status: number, seconds?: string): Fault => ({
  kind: 'answer',
  status,
  ...(seconds === undefined ? {} : { headers: { 'retry-after': seconds } }),
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

  test.for([
    ['0', undefined],
    ['86400', 300_000],
    ['soon', undefined],
  ] as const)(
    'takes a Retry-After of "%s" for %s ms: neither at once nor in a day',
    async ([seconds, retryAfterMs]) => {
      const { api, failure } = await aTransport();
      api.fault = () => busy(429, seconds);
      expect(await failure()).toMatchObject({ code: 'KUBE_TOO_MANY_REQUESTS', retryAfterMs });
      expect(api.requests).toHaveLength(1);
    },
  );

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
    [400, {}, BadRequest, 'KUBE_BAD_REQUEST'],
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
