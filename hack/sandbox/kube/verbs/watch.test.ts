import { describe, expect, test } from 'vitest';
import { at } from '../json.ts';
import { aConfigMap, aWidget, brief, TestApi, widgetDefinition, widgets, textIn } from '../test-client.ts';

const api = new TestApi({ watchHistory: 50, bookmarkIntervalMs: 30 });

let count = 0;
/** A namespace of its own for each test, and its ConfigMaps. */
async function place(): Promise<{ path: string; version: string }> {
  const name = `place-${count++}`;
  await api.ok('POST', '/api/v1/namespaces', { body: { metadata: { name } } });
  const path = `/api/v1/namespaces/${name}/configmaps`;
  return { path, version: textIn(await api.ok('GET', path), 'metadata', 'resourceVersion') };
}

const labelled = (name: string, color: string): object => aConfigMap(name, { metadata: { name, labels: { color } } });

describe('watch', () => {
  test('replays from a revision and goes on with what happens', async () => {
    const { path, version } = await place();
    await api.ok('POST', path, { body: aConfigMap('early') });
    const events = api.watch(`${path}?watch=1&resourceVersion=${version}`);
    const first = await events.next();
    await api.patch(`${path}/early`, { data: { a: '1' } });
    await api.ok('DELETE', `${path}/early`);
    const rest = [await events.next(), await events.next()];
    await events.return(undefined);
    const seen = [first, ...rest].flatMap(({ value }) => (value === undefined ? [] : [value]));
    expect(brief(seen)).toEqual(['ADDED early', 'MODIFIED early', 'DELETED early']);
    const versions = seen.map(({ object }) => Number(at(object, 'metadata', 'resourceVersion')));
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
  });

  test.each(['', 'resourceVersion=0'])('shows what is there first, from "%s"', async (query) => {
    const { path } = await place();
    await api.ok('POST', path, { body: aConfigMap('b') });
    await api.ok('POST', path, { body: aConfigMap('a') });
    expect(brief(await api.events(`${path}?watch=1&${query}`, 2))).toEqual(['ADDED a', 'ADDED b']);
  });

  test('turns changes of what a selector matches into arrivals and departures', async () => {
    const { path, version } = await place();
    await api.ok('POST', path, { body: labelled('x', 'red') });
    await api.patch(`${path}/x`, { metadata: { labels: { color: 'blue' } } });
    await api.patch(`${path}/x`, { metadata: { labels: { color: 'red' } } });
    await api.ok('DELETE', `${path}/x`);
    const events = await api.events(`${path}?watch=1&labelSelector=color%3Dred&resourceVersion=${version}`, 4);
    expect(brief(events)).toEqual(['ADDED x', 'DELETED x', 'ADDED x', 'DELETED x']);
    expect(at(events[1]?.object, 'metadata', 'labels', 'color')).toBe('red');
  });

  test('sends bookmarks to those who allow them', async () => {
    const { path } = await place();
    const [bookmark] = await api.events(`${path}?watch=1&allowWatchBookmarks=true`, 1);
    expect(bookmark?.type).toBe('BOOKMARK');
    expect(Number(at(bookmark?.object, 'metadata', 'resourceVersion'))).toBeGreaterThan(0);
  });

  test('ends the initial events with a bookmark that says so', async () => {
    const { path } = await place();
    await api.ok('POST', path, { body: aConfigMap('only') });
    const query = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const [added, end] = await api.events(`${path}?watch=1&${query}`, 2);
    expect(added?.type).toBe('ADDED');
    expect(at(end?.object, 'metadata', 'annotations', 'k8s.io/initial-events-end')).toBe('true');
  });

  test('answers a revision that is forgotten with an ERROR of 410', async () => {
    const { path, version } = await place();
    await api.ok('POST', path, { body: aConfigMap('busy') });
    for (let turn = 0; turn < 60; turn++) await api.patch(`${path}/busy`, { data: { turn: String(turn) } });
    const [error] = await api.events(`${path}?watch=1&resourceVersion=${version}`, 1);
    expect(error?.type).toBe('ERROR');
    expect(error?.object).toMatchObject({ kind: 'Status', code: 410, reason: 'Expired' });
  });

  test('ends when timeoutSeconds are over', async () => {
    const { path } = await place();
    const events = await api.events(`${path}?watch=1&timeoutSeconds=1`, 10);
    expect(events).toEqual([]);
  });

  test('shows custom resources from the moment that they are defined', async () => {
    await api.ok('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: widgetDefinition });
    await api.ok('POST', widgets, { body: aWidget('first') });
    expect(brief(await api.events(`${widgets}?watch=1`, 1))).toEqual(['ADDED first']);
  });
});
