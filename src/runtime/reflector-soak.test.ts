// A day of a reflector in seconds, on real sockets: bookmarks, watches that end, and everything that goes wrong in a year.
import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { eventually } from '../../test/support/fake-clock.ts';
import { aNode, aReflector, collection } from '../../test/support/reflector-fixture.ts';

const minutesOfADay = 24 * 60;

/** Numbers in [0, 1) that are the same in each run (mulberry32). */
function aRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test('Reflector is true to the API server after a day of faults, and has leaked nothing', async () => {
  const { api, clock, store, stop, start, watching, lists, watches } = await aReflector();
  const random = aRandom(20_261_122);
  void start();
  await watching();
  let compactions = 0;
  for (let minute = 0; minute < minutesOfADay; minute++) {
    const name = `n${Math.floor(random() * 50)}`;
    if (random() < 0.2) api.remove(collection, name);
    else if (random() < 0.8) api.put(collection, aNode(name, { minute: `${minute}` }));
    const fate = random();
    if (fate < 0.15) {
      api.endWatches();
    } else if (fate < 0.2) {
      api.resetWatches();
    } else if (fate < 0.22) {
      api.fault = () => ({ kind: 'answer', status: random() < 0.5 ? 503 : 429, headers: { 'retry-after': '1' } });
      api.resetWatches();
      await clock.advance(10_000);
      api.fault = () => undefined;
    } else if (fate < 0.23) {
      api.fault = () => ({ kind: 'reset' });
      api.resetWatches();
      await eventually(() => api.watches.size === 0);
      api.compact();
      compactions += 1;
      api.fault = () => undefined;
    }
    await watching();
    if (fate < 0.97) api.bookmark();
    await eventually(() => fate >= 0.97 || store.resourceVersion === api.version);
    await clock.advance(60_000);
  }
  await watching();
  api.bookmark();
  await eventually(() => store.resourceVersion === api.version);
  const listed = [...store.values()].map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`);
  const names = ['a', 'b', ...Array.from({ length: 50 }, (_, index) => `n${index}`)];
  const expected = names.flatMap((name) => {
    const metadata = api.object(collection, name)?.metadata;
    return metadata === undefined ? [] : [`${name}@${metadata.resourceVersion}`];
  });
  expect(new Set(listed)).toEqual(new Set(expected));
  expect(listed).toHaveLength(expected.length);
  expect(compactions).toBeGreaterThan(5);
  expect(lists()).toBeLessThanOrEqual(1 + compactions);
  expect(watches()).toBeLessThan(minutesOfADay);
  expect(api.watches.size).toBe(1);
  expect(api.openSockets).toBeLessThanOrEqual(3);
  expect(clock.pendingMs.length).toBeLessThanOrEqual(2);
  expect(getEventListeners(stop.signal, 'abort').length).toBeLessThanOrEqual(2);
}, 120_000);
