// The store: what readers see, what subscribers hear, and how our own writes fit in between.
import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import type { KubeObject } from '../apis/wire.ts';
import { keyOf, Store } from './store.ts';
import { type Change, SubscriberFailed } from './subscribers.ts';

interface Thing extends KubeObject {
  readonly color?: string;
}

function aThing(
  name: string,
  version: number,
  more: Partial<Thing['metadata']> & { readonly color?: string } = {},
): Thing {
  const { color, ...metadata } = more;
  return {
    metadata: {
      name,
      uid: `${name}-1`,
      resourceVersion: `${version}`,
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...metadata,
    },
    ...(color === undefined ? {} : { color }),
  };
}

function aStore() {
  const clock = new FakeClock();
  const store = new Store<Thing>({
    clock,
    frozen: true,
    indexes: { color: ({ color }) => (color === undefined ? [] : [color]) },
  });
  const changes: Change<Thing>[] = [];
  store.subscribe((change) => void changes.push(change));
  const versionOf = (name: string): string | undefined => store.get(name)?.metadata.resourceVersion;
  return { clock, store, changes, versionOf };
}

describe('keyOf', () => {
  test('is the name, after the namespace where there is one', () => {
    expect(keyOf({ metadata: { name: 'a' } })).toBe('a');
    expect(keyOf({ metadata: { name: 'a', namespace: 'n' } })).toBe('n/a');
  });
});

describe('Store', () => {
  test('is synced after the first list, not after the first event', () => {
    const { store } = aStore();
    store.upsert(aThing('a', 1));
    expect(store.synced).toBe(false);
    store.replace([], '2');
    expect(store.synced).toBe(true);
    expect(store.size).toBe(0);
  });

  test('tells subscribers of additions, modifications and deletions, and of nothing that is the same version', () => {
    const { store, changes } = aStore();
    const [first, second] = [aThing('a', 1), aThing('a', 2)];
    store.replace([first], '1');
    store.upsert(first);
    store.upsert(second);
    store.remove(aThing('a', 3));
    expect(changes).toEqual([
      { key: 'a', after: first },
      { key: 'a', before: first, after: second },
      { key: 'a', before: second },
    ]);
  });

  test('emits the deletions that a list implies', () => {
    const { store, changes } = aStore();
    store.replace([aThing('a', 1), aThing('b', 1)], '1');
    changes.length = 0;
    store.replace([aThing('b', 1)], '5');
    expect(changes.map(({ key, after }) => [key, after])).toEqual([['a', undefined]]);
  });

  test('takes a new uid under an old key for a deletion and an addition', () => {
    const { store, changes } = aStore();
    const [old, recreated] = [aThing('a', 1), aThing('a', 9, { uid: 'a-2' })];
    store.replace([old], '1');
    store.upsert(recreated);
    expect(changes.slice(1)).toEqual([
      { key: 'a', before: old },
      { key: 'a', after: recreated },
    ]);
  });

  test('keeps indexes true through additions, changes and deletions', () => {
    const { store } = aStore();
    const names = (color: string): string[] => store.byIndex('color', color).map(({ metadata }) => metadata.name);
    store.replace([aThing('a', 1, { color: 'red' }), aThing('b', 1, { color: 'red' })], '1');
    expect(names('red')).toEqual(['a', 'b']);
    store.upsert(aThing('a', 2, { color: 'blue' }));
    store.remove(aThing('b', 3, { color: 'red' }));
    expect([names('red'), names('blue')]).toEqual([[], ['a']]);
    store.noteWrite(aThing('a', 4, { color: 'green' }));
    expect([names('blue'), names('green')]).toEqual([[], ['a']]);
  });

  test('refuses a lookup in an index that it does not have', () => {
    expect(() => aStore().store.byIndex('size', 'xl')).toThrow(RangeError);
  });

  test('freezes what it holds, where it was asked to', () => {
    const { store } = aStore();
    store.replace([aThing('a', 1, { labels: { x: 'y' } })], '1');
    expect(Object.isFrozen(store.get('a')?.metadata.labels)).toBe(true);
  });

  test('calls every subscriber although one throws, is complete, and says so at the end', () => {
    const { clock } = aStore();
    const store = new Store<Thing>({ clock });
    const heard: string[] = [];
    store.subscribe(() => {
      throw new Error('bug');
    });
    store.subscribe(({ key }) => void heard.push(key));
    expect(() => store.replace([aThing('a', 1), aThing('b', 1)], '1')).toThrow(SubscriberFailed);
    expect(heard).toEqual(['a', 'b']);
    expect(store.synced).toBe(true);
    expect(() => store.noteVersion('2')).not.toThrow();
  });

  test('starts again from an older version when a list says so', () => {
    const { store, versionOf } = aStore();
    store.replace([aThing('a', 900)], '1000');
    store.replace([aThing('a', 500)], '600');
    expect([versionOf('a'), store.resourceVersion]).toEqual(['500', '600']);
  });
});

describe('Store.noteWrite', () => {
  test('is read at once, and not told to subscribers', () => {
    const { store, changes, versionOf } = aStore();
    store.replace([aThing('a', 1)], '1');
    changes.length = 0;
    store.noteWrite(aThing('a', 2));
    store.noteWrite(aThing('new', 3));
    expect([versionOf('a'), versionOf('new'), store.size]).toEqual(['2', '3', 2]);
    expect(changes).toEqual([]);
  });

  test('outlives older events and gives way to the watch when that has come as far', () => {
    const { store, changes, versionOf } = aStore();
    store.replace([aThing('a', 1)], '1');
    store.noteWrite(aThing('a', 9));
    store.upsert(aThing('a', 5));
    expect(versionOf('a')).toBe('9');
    store.upsert(aThing('a', 10));
    expect(versionOf('a')).toBe('10');
    expect(changes.map(({ after }) => after?.metadata.resourceVersion)).toEqual(['1', '5', '10']);
  });

  test('compares versions as numbers of any length', () => {
    const { store, versionOf } = aStore();
    store.replace([aThing('a', 9)], '9');
    store.noteWrite(aThing('a', 10));
    expect(versionOf('a')).toBe('10');
    store.noteWrite(aThing('a', 0, { resourceVersion: '90071992547409931' }));
    store.noteWrite(aThing('a', 0, { resourceVersion: '90071992547409930' }));
    expect(versionOf('a')).toBe('90071992547409931');
  });

  test('is ignored when the watch has overtaken it already', () => {
    const { store, versionOf } = aStore();
    store.replace([aThing('a', 20)], '30');
    store.noteWrite(aThing('a', 10));
    store.noteWrite(aThing('gone-by-now', 25));
    expect([versionOf('a'), versionOf('gone-by-now')]).toEqual(['20', undefined]);
  });

  test('is dropped by a bookmark that shows that the watch had nothing newer', () => {
    const { store, versionOf } = aStore();
    store.replace([aThing('a', 1)], '1');
    store.noteWrite(aThing('never-confirmed', 5));
    store.noteVersion('4');
    expect(versionOf('never-confirmed')).toBe('5');
    store.noteVersion('5');
    expect(versionOf('never-confirmed')).toBeUndefined();
  });

  test('is believed for ten minutes, however far behind the watch is', async () => {
    const { clock, store, versionOf } = aStore();
    store.replace([aThing('a', 1)], '1');
    store.noteWrite(aThing('a', 5));
    store.noteWrite(aThing('b', 6));
    await clock.advance(599_999);
    expect([versionOf('a'), versionOf('b')]).toEqual(['5', '6']);
    await clock.advance(1);
    expect([versionOf('a'), versionOf('b'), store.size]).toEqual(['1', undefined, 1]);
  });

  test('does not outlive the deletion of its object, but that of an earlier object of the name', () => {
    const { store, versionOf } = aStore();
    store.replace([aThing('a', 1), aThing('b', 1)], '1');
    store.noteWrite(aThing('a', 9));
    store.remove(aThing('a', 8));
    expect(versionOf('a')).toBeUndefined();
    store.noteWrite(aThing('b', 20, { uid: 'b-2' }));
    store.remove(aThing('b', 15));
    expect(versionOf('b')).toBe('20');
  });

  test('hides an object whose last finalizer it took away, but not a pod in its grace period', () => {
    const { store, versionOf } = aStore();
    store.replace([aThing('a', 1), aThing('pod', 1)], '1');
    const deletionTimestamp = '2026-01-01T00:00:00Z';
    store.noteWrite(aThing('a', 2, { deletionTimestamp, finalizers: ['ours'] }));
    expect(versionOf('a')).toBe('2');
    store.noteWrite(aThing('a', 3, { deletionTimestamp, deletionGracePeriodSeconds: 0, finalizers: [] }));
    store.noteWrite(aThing('pod', 4, { deletionTimestamp, deletionGracePeriodSeconds: 30 }));
    expect([versionOf('a'), versionOf('pod')]).toEqual([undefined, '4']);
  });

  test('survives a list that was made before it', () => {
    const { store, versionOf } = aStore();
    store.replace([aThing('a', 1)], '1');
    store.noteWrite(aThing('a', 5));
    store.noteWrite(aThing('b', 6));
    store.replace([aThing('a', 1)], '4');
    expect([versionOf('a'), versionOf('b')]).toEqual(['5', '6']);
  });

  test('does not survive a list that is newer', () => {
    const { store, versionOf } = aStore();
    store.replace([aThing('a', 1)], '1');
    store.noteWrite(aThing('a', 5));
    store.noteWrite(aThing('b', 6));
    store.replace([aThing('a', 7)], '7');
    expect([versionOf('a'), versionOf('b')]).toEqual(['7', undefined]);
  });
});
