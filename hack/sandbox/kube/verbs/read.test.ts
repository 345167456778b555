import { beforeAll, describe, expect, test } from 'vitest';
import { at, listAt, type JsonObject } from '../json.ts';
import { aConfigMap, configMaps, TestApi, textIn } from '../test-client.ts';

const api = new TestApi({ watchHistory: 20, controllers: false });
const names = (list: JsonObject): unknown[] => listAt(list, 'items').map((item) => at(item, 'metadata', 'name'));

const accept = (as: string): string => `application/json;as=${as};v=v1;g=meta.k8s.io`;

beforeAll(async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    const labels = { letter: name, vowel: String('ae'.includes(name)) };
    await api.ok('POST', configMaps, { body: aConfigMap(name, { metadata: { name, labels } }) });
  }
});

describe('list', () => {
  test('pages over one state, whatever happens in between', async () => {
    const first = await api.ok('GET', `${configMaps}?limit=2`);
    await api.ok('DELETE', `${configMaps}/c`);
    const next = await api.ok('GET', `${configMaps}?limit=2&continue=${textIn(first, 'metadata', 'continue')}`);
    await api.ok('POST', configMaps, { body: aConfigMap('c', { metadata: { name: 'c', labels: { letter: 'c' } } }) });
    expect(at(first, 'metadata', 'remainingItemCount')).toBe(3);
    expect([names(first), names(next)]).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(at(next, 'metadata', 'resourceVersion')).toBe(at(first, 'metadata', 'resourceVersion'));
  });

  test('answers 410 to a page that is too old, with a token for the rest', async () => {
    const first = await api.ok('GET', `${configMaps}?limit=2`);
    for (let turn = 0; turn < 30; turn++) await api.patch(`${configMaps}/e`, { data: { turn: String(turn) } });
    const old = await api.request('GET', `${configMaps}?limit=2&continue=${textIn(first, 'metadata', 'continue')}`);
    expect(old.status).toBe(410);
    expect(old.body['reason']).toBe('Expired');
    const rest = await api.ok('GET', `${configMaps}?continue=${textIn(old.body, 'metadata', 'continue')}`);
    expect(names(rest)).toEqual(['c', 'd', 'e']);
  });

  test.each([
    ['letter=a', ['a']],
    ['letter in (a,b)', ['a', 'b']],
    ['letter notin (a,b),letter', ['c', 'd', 'e']],
    ['vowel!=true,letter', ['b', 'c', 'd']],
    ['!letter', []],
  ])('selects by labels: %s', async (selector, expected) => {
    expect(names(await api.ok('GET', `${configMaps}?labelSelector=${encodeURIComponent(selector)}`))).toEqual(expected);
  });

  test.each([
    ['labelSelector=a%3D%3D%3Db', "unable to parse requirement: found '=', expected: identifier"],
    ['labelSelector=a%20in%20(b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['fieldSelector=spec.nothing%3D1', 'field label not supported: spec.nothing'],
    ['resourceVersion=x', 'strconv.ParseUint: parsing "x": invalid syntax'],
    ['continue=x', 'invalid continue token'],
  ])('refuses %s', async (query, message) => {
    const answer = await api.request('GET', `/api/v1/pods?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body['message']).toContain(message);
  });

  test('shows the state of an exact revision', async () => {
    const before = await api.ok('GET', configMaps);
    await api.ok('POST', configMaps, { body: aConfigMap('late') });
    const version = textIn(before, 'metadata', 'resourceVersion');
    const exact = await api.ok('GET', `${configMaps}?resourceVersion=${version}&resourceVersionMatch=Exact`);
    await api.ok('DELETE', `${configMaps}/late`);
    expect(names(exact)).toEqual(names(before));
  });

  test('gives metadata alone, and tables, to those who ask', async () => {
    const metadata = await api.ok('GET', configMaps, { accept: accept('PartialObjectMetadataList') });
    const table = await api.ok('GET', configMaps, { accept: accept('Table') });
    expect(at(metadata, 'items', 0, 'kind')).toBe('PartialObjectMetadata');
    expect([table['kind'], listAt(table, 'rows').length]).toEqual(['Table', 5]);
  });

  test('refuses protobuf so that clients fall back to JSON', async () => {
    const answer = await api.request('GET', configMaps, { accept: 'application/vnd.kubernetes.protobuf' });
    expect(answer.status).toBe(406);
  });
});
