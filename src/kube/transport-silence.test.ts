// A way to the API server that accepts connections and says nothing: requests end with their time, and none is sent late.
import { describe, expect, onTestFinished, test } from 'vitest';
import { loopbackCertificate } from '../../hack/sandbox/tls.ts';
import { FakeApi } from '../../test/support/fake-api.ts';
import { eventually, FakeClock, settle } from '../../test/support/fake-clock.ts';
import { Gate } from '../../test/support/gate.ts';
import { aClient, StaticCredentials } from '../../test/support/kube-fixture.ts';
import { aNode } from '../../test/support/transport-fixture.ts';
import { nodes } from '../apis/resource.ts';
import type { Route } from './credentials.ts';
import { Timeout } from './errors.ts';

const ways = ['TLS', 'proxy'] as const;

/** A client whose connections are all held: in the handshake of TLS, or by a proxy that does not answer. */
async function aSilentWay(way: (typeof ways)[number]) {
  const { ca, cert, key } = await loopbackCertificate('api');
  const api = await FakeApi.start({ cert, key });
  api.put('/api/v1/nodes', aNode);
  const gate = await Gate.before(way === 'TLS' ? api.url : new URL('http://127.0.0.1:9'));
  gate.shut();
  const route: Route =
    way === 'TLS' ? { via: 'direct', tls: { ca } } : { via: 'proxy', url: gate.url.href, tls: { ca } };
  const clock = new FakeClock();
  const credentials = new StaticCredentials(way === 'TLS' ? gate.url : api.url, route);
  const client = aClient(credentials.server, { clock, credentials });
  onTestFinished(async () => {
    await client.close();
    await api.stop();
  });
  const caller = new AbortController();
  const options = { signal: caller.signal };
  const get = () => client.get(nodes, { name: 'a' }, options);
  return { api, gate, clock, client, caller, options, get };
}

/** What a call fails with, as soon as it does. */
function failureOf(call: Promise<unknown>): { error?: unknown } {
  const failure: { error?: unknown } = {};
  call.catch((error: unknown) => {
    failure.error = error;
  });
  return failure;
}

describe.each(ways)('Transport on a silent way (%s)', (way) => {
  test('ends a request at its deadline', async () => {
    const { gate, clock, get } = await aSilentWay(way);
    const ended = failureOf(get());
    await eventually(() => gate.held > 0);
    await clock.advance(30_000);
    expect(ended.error).toBeInstanceOf(Timeout);
  });

  test('ends a request with its signal', async () => {
    const { gate, caller, get } = await aSilentWay(way);
    const reason = new Error('the lease is lost');
    const ended = failureOf(get());
    await eventually(() => gate.held > 0);
    caller.abort(reason);
    await settle();
    expect(ended.error).toBe(reason);
  });

  test('ends a watch with its signal', async () => {
    const { gate, caller, client, options } = await aSilentWay(way);
    const watch = client.watch(nodes, { ...options, resourceVersion: '1', timeoutSeconds: 300, idleMs: 90_000 });
    const ended = failureOf(watch[Symbol.asyncIterator]().next());
    await eventually(() => gate.held > 0);
    const reason = new Error('the stop');
    caller.abort(reason);
    await settle();
    expect(ended.error).toBe(reason);
  });
});

describe('Transport on a way that speaks again', () => {
  test('does not send a write that was given up, and leaves no connection behind', async () => {
    const { api, gate, caller, client, options } = await aSilentWay('TLS');
    const writes = ['a', 'b', 'c'].map((name) =>
      client.patch(nodes, { name }, { type: 'merge', body: { metadata: { labels: { late: 'yes' } } } }, options),
    );
    const ended = Promise.all(writes.map((write) => expect(write).rejects.toThrow('the stop')));
    await eventually(() => gate.held === 3);
    caller.abort(new Error('the stop'));
    await ended;
    gate.open();
    // undici finds out only now that nobody wants them.
    await eventually(() => gate.sockets === 0);
    await client.get(nodes, { name: 'a' }, { signal: new AbortController().signal });
    expect(api.requests.map(({ method }) => method)).toEqual(['GET']);
    expect(api.openSockets).toBe(1);
  });
});
