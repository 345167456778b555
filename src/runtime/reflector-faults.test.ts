// The reflector against an API server that fails in every way that watches are known to fail in.
import { describe, expect, test } from 'vitest';
import { eventually } from '../../test/support/fake-clock.ts';
import { Forbidden } from '../kube/errors.ts';
import { aNode, aReflector, collection, expectToFollow } from '../../test/support/reflector-fixture.ts';

describe('Reflector', () => {
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

  test('knows what its last list or watch failed with, while it fails', async () => {
    const fixture = await aReflector();
    expect(fixture.reflector.failed).toBeUndefined();
    fixture.api.fault = () => ({ kind: 'answer', status: 403 });
    void fixture.start();
    await eventually(() => fixture.reflector.failed instanceof Forbidden);
    fixture.api.fault = () => undefined;
    await fixture.watching();
    expect(fixture.reflector.failed).toBeUndefined();
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

  test('lists anew when a watch keeps bringing what cannot be read', async () => {
    const fixture = await aReflector();
    void fixture.start();
    await fixture.watching();
    const body = `${JSON.stringify({ type: 'MODIFIED', object: { kind: 'Node', metadata: {} } })}\n`;
    fixture.api.fault = ({ query }) => (query.has('watch') ? { kind: 'answer', status: 200, body } : undefined);
    fixture.api.resetWatches();
    await fixture.clock.advanceUntil(() => fixture.lists() === 2);
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
});
