// The reflector against an API server that fails in every way that watches are known to fail in.
import { describe, expect, onTestFinished, test } from 'vitest';
import { FakeApi } from '../../test/support/fake-api.ts';
import { eventually, FakeClock } from '../../test/support/fake-clock.ts';
import { aClient, LogLines, StaticCredentials } from '../../test/support/kube-fixture.ts';
import { nodes } from '../apis/resource.ts';
import type { Node } from '../apis/wire.ts';
import { createMetrics } from '../observability/metrics.ts';
import { Reflector } from './reflector.ts';
import { Store } from './store.ts';
import type { Change } from './subscribers.ts';

const collection = '/api/v1/nodes';

function aNode(name: string, labels: Readonly<Record<string, string>> = {}) {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, creationTimestamp: '2026-01-01T00:00:00Z', labels } };
}

function anEvent(name: string, resourceVersion: string): string {
  const object = { ...aNode(name), metadata: { name, uid: name, resourceVersion } };
  return `${JSON.stringify({ type: 'ADDED', object })}\n`;
}

/** A running reflector on a fake API server with the nodes `a` and `b`; everything ends with the test. */
async function aReflector({ transform }: { readonly transform?: (node: Node) => Node } = {}) {
  const api = await FakeApi.start();
  api.put(collection, aNode('a'));
  api.put(collection, aNode('b'));
  const clock = new FakeClock();
  const metrics = createMetrics();
  const credentials = new StaticCredentials(api.url);
  const client = aClient(api.url, { clock, credentials });
  const store = new Store<Node>({ clock, frozen: true });
  const changes: Change<Node>[] = [];
  store.subscribe((change) => void changes.push(change));
  const logs = new LogLines();
  const reflector = new Reflector({
    client,
    resource: nodes,
    store,
    clock,
    log: logs.log,
    metrics,
    random: () => 0,
    ...(transform === undefined ? {} : { transform }),
  });
  const stop = new AbortController();
  const start = (): Promise<void> => {
    const running = reflector.run(stop.signal);
    onTestFinished(async () => {
      stop.abort();
      await running;
    });
    return running;
  };
  onTestFinished(async () => {
    stop.abort();
    await client.close();
    await api.stop();
  });
  const watching = async (): Promise<void> => clock.advanceUntil(() => store.synced && api.watches.size === 1);
  const lists = (): number => api.requestsTo('GET', collection).filter(({ query }) => !query.has('watch')).length;
  const watches = (): number => api.requestsTo('GET', collection).filter(({ query }) => query.has('watch')).length;
  return {
    api,
    clock,
    metrics,
    credentials,
    client,
    store,
    changes,
    logs,
    reflector,
    stop,
    start,
    watching,
    lists,
    watches,
  };
}

type Fixture = Awaited<ReturnType<typeof aReflector>>;

/** The proof that the reflector lives: what happens now arrives. */
async function expectToFollow({ api, store, clock }: Fixture): Promise<void> {
  api.put(collection, aNode('later'));
  await clock.advanceUntil(() => store.get('later') !== undefined);
  expect(store.get('later')?.metadata.resourceVersion).toBe(api.version);
}

describe('Reflector', () => {
  test('lists, then watches from the version of the list, with bookmarks and a jittered end', async () => {
    const fixture = await aReflector();
    void fixture.start();
    await fixture.watching();
    expect([...fixture.store.values()].map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
    const watch = fixture.api.requests.at(-1);
    expect(Object.fromEntries(watch?.query ?? [])).toEqual({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: fixture.api.version,
      timeoutSeconds: '300',
    });
    await expectToFollow(fixture);
  });

  test('says what the items of a list are, as those of a watch do', async () => {
    const fixture = await aReflector();
    void fixture.start();
    await fixture.watching();
    expect(fixture.store.get('a')).toMatchObject({ apiVersion: 'v1', kind: 'Node' });
  });

  test('goes on from the last version when a watch ends cleanly, without a list', async () => {
    const fixture = await aReflector();
    void fixture.start();
    await fixture.watching();
    await expectToFollow(fixture);
    const { version } = fixture.api;
    fixture.api.endWatches();
    await eventually(() => fixture.watches() === 2);
    expect(fixture.api.requests.at(-1)?.query.get('resourceVersion')).toBe(version);
    fixture.api.put(collection, aNode('after'));
    await eventually(() => fixture.store.get('after') !== undefined);
    expect(fixture.lists()).toBe(1);
  });

  test('backs off when watches end at once without an event', async () => {
    const fixture = await aReflector();
    fixture.api.fault = ({ query }) => (query.has('watch') ? { kind: 'answer', status: 200, body: '' } : undefined);
    void fixture.start();
    await eventually(() => fixture.watches() === 1);
    await fixture.clock.advance(0);
    await eventually(() => fixture.clock.pendingMs.includes(1000));
    await fixture.clock.advance(1000);
    await eventually(() => fixture.watches() === 2 && fixture.clock.pendingMs.includes(2000));
    fixture.api.fault = () => undefined;
    await fixture.watching();
    await expectToFollow(fixture);
    expect(fixture.lists()).toBe(1);
  });

  test('survives a connection reset', async () => {
    const fixture = await aReflector();
    void fixture.start();
    await fixture.watching();
    fixture.api.resetWatches();
    await eventually(() => fixture.api.watches.size === 0);
    await fixture.watching();
    await expectToFollow(fixture);
    expect(fixture.lists()).toBe(1);
  });

  test.for([
    ['503', { kind: 'answer', status: 503 }],
    ['403', { kind: 'answer', status: 403 }],
    ['a reset', { kind: 'reset' }],
  ] as const)('retries a list that fails with %s', async ([, fault]) => {
    const fixture = await aReflector();
    fixture.api.fault = () => fault;
    void fixture.start();
    await fixture.clock.advanceUntil(() => fixture.lists() >= 3);
    expect(fixture.store.synced).toBe(false);
    fixture.api.fault = () => undefined;
    await fixture.watching();
    await expectToFollow(fixture);
  });

  test.for([
    ['503', { kind: 'answer', status: 503 }],
    ['403', { kind: 'answer', status: 403 }],
  ] as const)('retries a watch that fails with %s', async ([, fault]) => {
    const fixture = await aReflector();
    void fixture.start();
    await fixture.watching();
    fixture.api.fault = () => fault;
    fixture.api.resetWatches();
    await fixture.clock.advanceUntil(() => fixture.watches() >= 3);
    fixture.api.fault = () => undefined;
    await fixture.watching();
    await expectToFollow(fixture);
    expect(fixture.store.synced).toBe(true);
  });

  test('waits as long as a 429 says', async () => {
    const fixture = await aReflector();
    fixture.api.fault = () => ({ kind: 'answer', status: 429, headers: { 'retry-after': '25' } });
    void fixture.start();
    await eventually(() => fixture.lists() === 1 && fixture.clock.pendingMs.includes(25_000));
    fixture.api.fault = () => undefined;
    await fixture.clock.advance(24_999);
    expect(fixture.lists()).toBe(1);
    await fixture.clock.advance(1);
    await fixture.watching();
    await expectToFollow(fixture);
  });

  test('lists anew when a watch is answered with 410, and emits the deletions that it missed', async () => {
    const fixture = await aReflector();
    void fixture.start();
    await fixture.watching();
    fixture.api.fault = () => ({ kind: 'reset' });
    fixture.api.resetWatches();
    await eventually(() => fixture.api.watches.size === 0);
    fixture.api.remove(collection, 'a');
    fixture.api.compact();
    fixture.api.fault = () => undefined;
    await fixture.watching();
    expect(fixture.lists()).toBe(2);
    expect(fixture.store.get('a')).toBeUndefined();
    expect(fixture.changes.at(-1)).toMatchObject({ key: 'a', before: { metadata: { name: 'a' } } });
    expect(fixture.changes.at(-1)?.after).toBeUndefined();
    await expectToFollow(fixture);
  });

  test('lists anew at once when 410 comes as an event', async () => {
    const fixture = await aReflector();
    void fixture.start();
    await fixture.watching();
    const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
    fixture.api.send(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
    await eventually(() => fixture.lists() === 2);
    await fixture.watching();
    await expectToFollow(fixture);
    expect(fixture.lists()).toBe(2);
  });

  test('starts the list over when a continue token grew too old', async () => {
    const fixture = await aReflector();
    for (let index = 0; index < 1100; index++) fixture.api.put(collection, aNode(`n${index}`));
    let compacted = false;
    fixture.api.fault = ({ query }) => {
      if (query.has('continue') && !compacted) {
        compacted = true;
        fixture.api.compact();
      }
      return undefined;
    };
    void fixture.start();
    await fixture.watching();
    expect(compacted).toBe(true);
    expect(fixture.store.size).toBe(1102);
    expect(fixture.api.requests.filter(({ query }) => query.has('limit') && !query.has('continue'))).toHaveLength(2);
    await expectToFollow(fixture);
  });

  test('does not end with an open watch when it is stopped during a list', async () => {
    const fixture = await aReflector();
    fixture.api.fault = () => ({ kind: 'hang' });
    const running = fixture.start();
    await eventually(() => fixture.lists() === 1);
    fixture.stop.abort();
    await running;
    expect(fixture.watches()).toBe(0);
    await eventually(() => fixture.api.openSockets === 0);
  });

  test('ends its watch when it is stopped', async () => {
    const fixture = await aReflector();
    const running = fixture.start();
    await fixture.watching();
    fixture.stop.abort();
    await running;
    await eventually(() => fixture.api.watches.size === 0);
    expect(fixture.watches()).toBe(1);
  });

  test('survives a token file that is missing for a while', async () => {
    const fixture = await aReflector();
    void fixture.start();
    await fixture.watching();
    let refused = 0;
    fixture.credentials.beforeGrant = () => {
      refused += 1;
      throw new Error('ENOENT: no such file: token');
    };
    fixture.api.resetWatches();
    await fixture.clock.advanceUntil(() => refused >= 2);
    fixture.credentials.beforeGrant = () => undefined;
    await fixture.watching();
    await expectToFollow(fixture);
    expect(fixture.lists()).toBe(1);
  });

  test('loses nothing when a subscriber throws, and says so', async () => {
    const fixture = await aReflector();
    fixture.store.subscribe(() => {
      throw new Error('a bug of a subscriber');
    });
    const seen: string[] = [];
    fixture.store.subscribe(({ key }) => void seen.push(key));
    void fixture.start();
    await fixture.watching();
    await expectToFollow(fixture);
    expect(seen).toEqual(['a', 'b', 'later']);
    expect(fixture.watches()).toBe(1);
    expect(fixture.logs.messages()).toContain('subscriber of a store failed');
  });

  test('replaces a watch that says nothing for 90 s, and keeps one with bookmarks', async () => {
    const fixture = await aReflector();
    void fixture.start();
    await fixture.watching();
    for (let minute = 0; minute < 3; minute++) {
      await fixture.clock.advance(60_000);
      const seen = fixture.reflector.lastProgressMs;
      fixture.api.bookmark();
      await eventually(() => fixture.reflector.lastProgressMs > seen);
    }
    expect(fixture.watches()).toBe(1);
    await fixture.clock.advance(89_000);
    expect(fixture.watches()).toBe(1);
    await fixture.clock.advance(1000);
    await fixture.clock.advanceUntil(() => fixture.watches() === 2);
    await fixture.watching();
    await expectToFollow(fixture);
  });

  test('goes on from the version of a bookmark', async () => {
    const fixture = await aReflector();
    void fixture.start();
    await fixture.watching();
    fixture.api.put('/api/v1/pods', aNode('moves-the-version'));
    await fixture.clock.advance(1000);
    fixture.api.bookmark();
    await eventually(() => fixture.store.resourceVersion === fixture.api.version);
    fixture.api.compact();
    fixture.api.endWatches();
    await eventually(() => fixture.watches() === 2);
    expect(fixture.api.requestsTo('GET', collection).at(-1)?.query.get('resourceVersion')).not.toBe('102');
  });

  test('turns a new uid under an old name into a deletion and an addition', async () => {
    const fixture = await aReflector();
    void fixture.start();
    await fixture.watching();
    const old = fixture.store.get('a')?.metadata.uid;
    fixture.changes.length = 0;
    fixture.api.fault = () => ({ kind: 'reset' });
    fixture.api.resetWatches();
    fixture.api.remove(collection, 'a');
    fixture.api.put(collection, aNode('a'));
    fixture.api.compact();
    fixture.api.fault = () => undefined;
    await fixture.clock.advanceUntil(() => fixture.changes.length === 2);
    expect(fixture.changes.map(({ before, after }) => [before?.metadata.uid, after?.metadata.uid])).toEqual([
      [old, undefined],
      [undefined, 'uid-3'],
    ]);
  });

  test('keeps 10,000 objects, page by page', async () => {
    const fixture = await aReflector();
    for (let index = 0; index < 10_000; index++) fixture.api.put(collection, aNode(`n${index}`));
    void fixture.start();
    await eventually(() => fixture.store.synced && fixture.api.watches.size === 1);
    expect(fixture.store.size).toBe(10_002);
    expect(fixture.lists()).toBe(21);
    fixture.api.remove(collection, 'n9999');
    await eventually(() => fixture.store.get('n9999') === undefined);
    expect(fixture.store.size).toBe(10_001);
  });

  test('reads events that come in pieces, and several at once', async () => {
    const fixture = await aReflector();
    void fixture.start();
    await fixture.watching();
    const both = Buffer.from(anEvent('größe', '500') + anEvent('second', '501'));
    const cut = both.indexOf('größe') + 3;
    for (const { response } of fixture.api.watches) response.write(both.subarray(0, cut));
    await fixture.clock.advance(0);
    for (const { response } of fixture.api.watches) response.write(both.subarray(cut));
    await eventually(() => fixture.store.get('second') !== undefined);
    expect(fixture.store.get('größe')?.metadata.resourceVersion).toBe('500');
  });

  test('replaces a watch whose stream is not one', async () => {
    const fixture = await aReflector();
    void fixture.start();
    await fixture.watching();
    fixture.api.send('<html>a proxy says hello</html>\n');
    await fixture.clock.advanceUntil(() => fixture.watches() === 2);
    await fixture.watching();
    await expectToFollow(fixture);
    expect(fixture.lists()).toBe(1);
  });

  test('holds back a server that sends faster than its subscribers take', async () => {
    const fixture = await aReflector();
    let taken = 0;
    fixture.store.subscribe(() => {
      // Slow, as a subscriber that does too much at once is.
      for (const end = performance.now() + 0.2; performance.now() < end;) taken += 0;
      taken += 1;
    });
    void fixture.start();
    await fixture.watching();
    for (let index = 0; index < 5000; index++) fixture.api.put(collection, aNode('a', { index: `${index}` }));
    await eventually(() => fixture.store.get('a')?.metadata.labels?.['index'] === '4999');
    expect(taken).toBe(5002);
    expect(fixture.watches()).toBe(1);
    expect(fixture.lists()).toBe(1);
  });

  test('waits for a resource that is not served yet', async () => {
    const fixture = await aReflector();
    fixture.api.fault = () => ({ kind: 'answer', status: 404 });
    void fixture.start();
    await fixture.clock.advanceUntil(() => fixture.lists() >= 3);
    expect(fixture.reflector.served).toBe(false);
    expect(fixture.store.synced).toBe(false);
    expect(
      fixture.logs.messages().filter((message) => message === 'resource is not served; waiting for its CRD'),
    ).toHaveLength(1);
    fixture.api.fault = () => undefined;
    await fixture.watching();
    expect(fixture.reflector.served).toBe(true);
    await expectToFollow(fixture);
  });

  test('keeps what it knows, unsynced, when a resource is not served any more', async () => {
    const fixture = await aReflector();
    void fixture.start();
    await fixture.watching();
    fixture.changes.length = 0;
    fixture.api.fault = () => ({ kind: 'answer', status: 404 });
    fixture.api.endWatches();
    await fixture.clock.advanceUntil(() => !fixture.store.synced);
    expect(fixture.store.size).toBe(2);
    expect(fixture.changes).toEqual([]);
  });

  test('follows an API server that restarts', async () => {
    const fixture = await aReflector();
    void fixture.start();
    await fixture.watching();
    await fixture.api.stop();
    await fixture.clock.advance(5000);
    fixture.api.put(collection, aNode('made-meanwhile'));
    await fixture.api.listen();
    await fixture.watching();
    await fixture.clock.advanceUntil(() => fixture.store.get('made-meanwhile') !== undefined);
    await expectToFollow(fixture);
    expect(fixture.lists()).toBe(1);
  });

  test('stores what the transform leaves', async () => {
    const fixture = await aReflector({
      transform: (node) => ({ ...node, metadata: { ...node.metadata, labels: {} } }),
    });
    fixture.api.put(collection, aNode('c', { heavy: 'load' }));
    void fixture.start();
    await fixture.watching();
    fixture.api.put(collection, aNode('d', { heavy: 'load' }));
    await eventually(() => fixture.store.get('d') !== undefined);
    expect(fixture.store.get('c')?.metadata.labels).toEqual({});
    expect(fixture.store.get('d')?.metadata.labels).toEqual({});
  });

  test('shows how long it has heard nothing', async () => {
    const fixture = await aReflector();
    void fixture.start();
    await fixture.watching();
    const before = fixture.clock.monotonicMs() - fixture.reflector.lastProgressMs;
    await fixture.clock.advance(40_000);
    expect(await fixture.metrics.text()).toContain(
      `reflector_last_progress_seconds{resource="nodes"} ${(before + 40_000) / 1000}`,
    );
  });
});
