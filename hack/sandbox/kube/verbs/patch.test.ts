import { beforeAll, describe, expect, test } from 'vitest';
import { at } from '../json.ts';
import { aConfigMap, aWidget, configMaps, patchTypes, TestApi, widgetDefinition, widgets } from '../test-client.ts';

const api = new TestApi({ controllers: false });
const nodes = '/api/v1/nodes';

beforeAll(async () => {
  await api.ok('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: widgetDefinition });
});

describe('merge patch', () => {
  test('merges maps, replaces lists and removes with null', async () => {
    await api.ok('POST', widgets, {
      body: aWidget('merged', { parts: [{ name: 'a' }] }, { labels: { x: '1', y: '2' } }),
    });
    const { body } = await api.patch(`${widgets}/merged`, {
      metadata: { labels: { x: null, z: '3' } },
      spec: { parts: [{ name: 'b' }] },
    });
    expect(at(body, 'metadata', 'labels')).toEqual({ y: '2', z: '3' });
    expect(at(body, 'spec', 'parts')).toEqual([{ name: 'b' }]);
  });

  test('says where a patch cannot be read', async () => {
    const answer = await api.request('PATCH', `${widgets}/merged`, { type: patchTypes.merge, body: 'xx' });
    expect(answer.status).toBe(400);
    expect(answer.body['message']).toBe("error decoding patch: invalid character 'x' looking for beginning of value");
  });
});

describe('JSON patch', () => {
  test.each([
    ['add', [{ op: 'add', path: '/data/new', value: '1' }], { a: '1', new: '1' }],
    ['replace', [{ op: 'replace', path: '/data/a', value: '2' }], { a: '2' }],
    ['move', [{ op: 'move', from: '/data/a', path: '/data/b' }], { b: '1' }],
    ['copy', [{ op: 'copy', from: '/data/a', path: '/data/b' }], { a: '1', b: '1' }],
    [
      'test and remove',
      [
        { op: 'test', path: '/data/a', value: '1' },
        { op: 'remove', path: '/data/a' },
      ],
      undefined,
    ],
    ['escaped names', [{ op: 'add', path: '/data/x~1y', value: '1' }], undefined],
  ])('%s', async (what, patch, data) => {
    const name = what.replaceAll(' ', '-');
    await api.ok('POST', configMaps, { body: aConfigMap(name, { data: { a: '1' } }) });
    const answer = await api.patch(`${configMaps}/${name}`, patch, 'json');
    expect(answer.status).toBe(200);
    expect(answer.body['data']).toEqual(what === 'escaped names' ? { a: '1', 'x/y': '1' } : data);
  });

  test.each([
    ['a failed test', [{ op: 'test', path: '/metadata/name', value: 'other' }]],
    ['a path that is not there', [{ op: 'add', path: '/data/a/b', value: 1 }]],
    ['an unknown operation', [{ op: 'shake', path: '/data' }]],
  ])('refuses %s with 422', async (_what, patch) => {
    await api.request('POST', configMaps, { body: aConfigMap('refused') });
    const answer = await api.patch(`${configMaps}/refused`, patch, 'json');
    expect(answer.status).toBe(422);
    expect(answer.body['message']).toBe('the server rejected our request due to an error in our request');
  });
});

describe('strategic merge patch', () => {
  // New items come first and old ones keep their order, as on the real server.
  test('merges conditions by type', async () => {
    await api.ok('POST', nodes, { body: { metadata: { name: 'conditions' } } });
    const set = (type: string, status: string): Promise<{ body: object }> =>
      api.patch(`${nodes}/conditions/status`, { status: { conditions: [{ type, status }] } }, 'strategic');
    await set('Ready', 'False');
    await set('DiskPressure', 'False');
    await set('Ready', 'True');
    const node = await api.ok('GET', `${nodes}/conditions`);
    expect(at(node, 'status', 'conditions')).toMatchObject([
      { type: 'DiskPressure', status: 'False' },
      { type: 'Ready', status: 'True' },
    ]);
  });

  test('replaces taints as a whole', async () => {
    await api.ok('POST', nodes, { body: { metadata: { name: 'taints' } } });
    const { body } = await api.patch(
      `${nodes}/taints`,
      { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } },
      'strategic',
    );
    expect(at(body, 'spec', 'taints')).toEqual([{ key: 'a', effect: 'NoSchedule' }]);
  });

  test('removes single finalizers and list items by directive', async () => {
    const finalizers = ['example.org/a', 'example.org/b'];
    await api.ok('POST', nodes, { body: { metadata: { name: 'directives', finalizers } } });
    const { body } = await api.patch(
      `${nodes}/directives`,
      { metadata: { '$deleteFromPrimitiveList/finalizers': ['example.org/a'] } },
      'strategic',
    );
    expect(at(body, 'metadata', 'finalizers')).toEqual(['example.org/b']);
  });

  test('is not spoken for custom resources', async () => {
    await api.ok('POST', widgets, { body: aWidget('plain') });
    expect((await api.patch(`${widgets}/plain`, {}, 'strategic')).status).toBe(415);
  });
});

describe('patch', () => {
  test('refuses unknown types, other names and missing objects', async () => {
    await api.ok('POST', configMaps, { body: aConfigMap('target') });
    const type = await api.request('PATCH', `${configMaps}/target`, { type: 'application/json', body: {} });
    const name = await api.patch(`${configMaps}/target`, { metadata: { name: 'other' } });
    const missing = await api.patch(`${configMaps}/nobody`, {});
    expect([type.status, name.status, missing.status]).toEqual([415, 400, 404]);
    expect(name.body['message']).toBe('the name of the object (other) does not match the name on the URL (target)');
  });
});
