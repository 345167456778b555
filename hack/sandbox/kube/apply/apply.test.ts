import { beforeAll, describe, expect, test } from 'vitest';
import { at, listAt, type JsonObject } from '../json.ts';
import {
  aConfigMap,
  aWidget,
  configMaps,
  patchTypes,
  TestApi,
  widgetDefinition,
  widgets,
  type Answer,
} from '../test-client.ts';

const api = new TestApi({ controllers: false });

beforeAll(async () => {
  await api.ok('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: widgetDefinition });
});

function apply(path: string, body: unknown, manager: string, more = ''): Promise<Answer> {
  return api.request('PATCH', `${path}?fieldManager=${manager}${more}`, { type: patchTypes.apply, body });
}

const managers = (object: JsonObject): JsonObject[] =>
  listAt(object, 'metadata', 'managedFields').map((entry) => ({
    manager: at(entry, 'manager'),
    operation: at(entry, 'operation'),
    fields: at(entry, 'fieldsV1'),
  }));

describe('server-side apply', () => {
  test('creates what is not there and records who owns what', async () => {
    const answer = await apply(`${configMaps}/made`, aConfigMap('made', { data: { a: '1' } }), 'one');
    expect(answer.status).toBe(201);
    expect(managers(answer.body)).toEqual([
      { manager: 'one', operation: 'Apply', fields: { 'f:data': { 'f:a': {} } } },
    ]);
  });

  test('refuses to take a field of another manager, unless forced', async () => {
    const path = `${configMaps}/fought`;
    await apply(path, aConfigMap('fought', { data: { a: '1', b: '2' } }), 'one');
    const refused = await apply(path, aConfigMap('fought', { data: { b: '3' } }), 'two');
    const forced = await apply(path, aConfigMap('fought', { data: { b: '3' } }), 'two', '&force=true');
    expect(refused.status).toBe(409);
    expect(refused.body['message']).toBe('Apply failed with 1 conflict: conflict with "one": .data.b');
    expect(at(refused.body, 'details', 'causes')).toEqual([
      { reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.b' },
    ]);
    expect(managers(forced.body).map(({ fields }) => fields)).toEqual([
      { 'f:data': { 'f:a': {} } },
      { 'f:data': { 'f:b': {} } },
    ]);
  });

  test('conflicts with updates, and shares fields that have the same value', async () => {
    const path = `${configMaps}/shared`;
    await api.ok('POST', configMaps, { body: aConfigMap('shared', { data: { a: '1' } }) });
    const same = await apply(path, aConfigMap('shared', { data: { a: '1' } }), 'one');
    const other = await apply(path, aConfigMap('shared', { data: { a: '2' } }), 'two');
    expect(same.status).toBe(200);
    expect(other.body['message']).toBe(
      'Apply failed with 2 conflicts: conflicts with "one":\n- .data.a\nconflicts with "tester" using v1:\n- .data.a',
    );
  });

  test('removes what its manager no longer applies and nobody else owns', async () => {
    const path = `${configMaps}/shrunk`;
    await apply(path, aConfigMap('shrunk', { data: { a: '1', b: '2', c: '3' } }), 'one');
    await apply(path, aConfigMap('shrunk', { data: { b: '2' } }), 'two');
    const answer = await apply(path, aConfigMap('shrunk', { data: { a: '1' } }), 'one');
    expect(answer.body['data']).toEqual({ a: '1', b: '2' });
  });

  test('merges list maps by key and leaves items of others alone', async () => {
    const path = `${widgets}/parts`;
    await apply(path, aWidget('parts', { parts: [{ name: 'a', color: 'red' }, { name: 'b' }] }), 'one');
    await apply(path, aWidget('parts', { parts: [{ name: 'c', color: 'blue' }] }), 'two');
    const answer = await apply(path, aWidget('parts', { parts: [{ name: 'a', color: 'red' }] }), 'one');
    expect(at(answer.body, 'spec', 'parts')).toEqual([
      { name: 'a', color: 'red' },
      { name: 'c', color: 'blue' },
    ]);
    // Of two that applied in one second the name decides the order; else who applied last is last.
    const entry = managers(answer.body).find(({ manager }) => manager === 'one');
    expect(entry?.['fields']).toEqual({
      'f:spec': { 'f:parts': { 'k:{"name":"a"}': { '.': {}, 'f:color': {}, 'f:name': {} } } },
    });
  });

  test('writes nothing when nothing changes', async () => {
    const path = `${configMaps}/still`;
    const first = await apply(path, aConfigMap('still', { data: { a: '1' } }), 'one');
    const again = await apply(path, aConfigMap('still', { data: { a: '1' } }), 'one');
    expect(at(again.body, 'metadata', 'resourceVersion')).toBe(at(first.body, 'metadata', 'resourceVersion'));
  });

  test('applies a status on its own', async () => {
    await api.ok('POST', widgets, { body: aWidget('status', { size: 3 }) });
    const body = { ...aWidget('status', { size: 4 }), status: { phase: 'Up' } };
    const answer = await apply(`${widgets}/status/status`, body, 'one');
    expect(answer.body).toMatchObject({ spec: { size: 3 }, status: { phase: 'Up' } });
  });

  test('reads YAML', async () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: yaml }\ndata:\n  a: "yes"\n';
    expect((await apply(`${configMaps}/yaml`, text, 'one')).body['data']).toEqual({ a: 'yes' });
  });

  test.each([
    ['without a manager', '', {}, 422, 'fieldManager: Required value: is required for apply patch'],
    [
      'with managedFields',
      'one',
      { metadata: { name: 'bad', managedFields: [{}] } },
      400,
      'metadata.managedFields must be nil',
    ],
    ['of unknown fields', 'one', { nothing: 1 }, 500, '.nothing: field not declared in schema'],
  ])('is refused %s', async (_what, manager, more, status, message) => {
    const answer = await apply(`${configMaps}/bad`, aConfigMap('bad', more), manager);
    expect(answer.status).toBe(status);
    expect(answer.body['message']).toContain(message);
  });
});

describe('managedFields of other writes', () => {
  test('name the user agent and follow what each of them sets', async () => {
    await api.ok('POST', `${configMaps}?fieldManager=maker`, {
      body: aConfigMap('written', { data: { a: '1', b: '2' } }),
    });
    const answer = await api.patch(`${configMaps}/written`, { data: { b: '3' } });
    expect(managers(answer.body)).toEqual([
      { manager: 'maker', operation: 'Update', fields: { 'f:data': { '.': {}, 'f:a': {} } } },
      { manager: 'tester', operation: 'Update', fields: { 'f:data': { 'f:b': {} } } },
    ]);
  });
});
