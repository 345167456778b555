// The reflector at work: what it asks for, what it keeps, and what it tells.
import { describe, expect, test } from 'vitest';
import { eventually } from '../../test/support/fake-clock.ts';
import { aNode, anEvent, aReflector, collection, expectToFollow } from '../../test/support/reflector-fixture.ts';

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
