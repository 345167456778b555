import { describe, expect, test } from 'vitest';
import { at } from '../json.ts';
import { aConfigMap, aPod, configMaps, pods, TestApi } from '../test-client.ts';

const api = new TestApi({ controllers: false });

describe('create', () => {
  test('gives a new object its identity and clears what only the server sets', async () => {
    const sent = { uid: 'mine', creationTimestamp: '2001-01-01T00:00:00Z', deletionTimestamp: '2001-01-01T00:00:00Z' };
    const body = aConfigMap('fresh', { metadata: { name: 'fresh', ...sent } });
    const made = await api.ok('POST', configMaps, { body });
    expect(at(made, 'metadata', 'uid')).not.toBe('mine');
    expect(at(made, 'metadata', 'deletionTimestamp')).toBeUndefined();
    expect(at(made, 'metadata', 'namespace')).toBe('default');
    expect(at(made, 'metadata', 'creationTimestamp')).not.toBe('2001-01-01T00:00:00Z');
  });

  test.each([
    ['a name twice', aConfigMap('fresh'), 409, 'configmaps "fresh" already exists'],
    ['no name', { kind: 'ConfigMap' }, 422, 'metadata.name: Required value: name or generateName is required'],
    [
      'another namespace',
      aConfigMap('x', { metadata: { name: 'x', namespace: 'other' } }),
      400,
      'does not match the namespace',
    ],
    [
      'another kind',
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } },
      400,
      'cannot be handled as a ConfigMap',
    ],
    [
      'a label of a wrong type',
      aConfigMap('x', { metadata: { name: 'x', labels: { a: 1 } } }),
      400,
      'cannot unmarshal number',
    ],
    ['a resourceVersion', aConfigMap('x', { metadata: { name: 'x', resourceVersion: '1' } }), 500, 'should not be set'],
    ['no JSON', 'garbage', 400, "invalid character 'g' looking for beginning of value"],
  ])('refuses %s', async (_what, body, status, message) => {
    const answer = await api.request('POST', configMaps, { body });
    expect(answer.status).toBe(status);
    expect(answer.body['message']).toContain(message);
  });

  test('refuses an impossible name with a cause that names the field', async () => {
    const answer = await api.request('POST', '/api/v1/nodes', { body: { metadata: { name: 'Not_A_Name' } } });
    expect(answer.status).toBe(422);
    expect(at(answer.body, 'details', 'causes', 0)).toMatchObject({
      reason: 'FieldValueInvalid',
      field: 'metadata.name',
    });
  });

  test('makes a name from generateName', async () => {
    const made = await api.ok('POST', configMaps, { body: { metadata: { generateName: 'made-' } } });
    expect(at(made, 'metadata', 'name')).toMatch(/^made-[a-z0-9]{5}$/);
  });

  test('refuses a namespace that is not there', async () => {
    const answer = await api.request('POST', '/api/v1/namespaces/nowhere/configmaps', { body: aConfigMap('x') });
    expect(answer.status).toBe(404);
    expect(answer.body['message']).toBe('namespaces "nowhere" not found');
  });

  test('clears a namespace on a cluster-scoped object', async () => {
    const made = await api.ok('POST', '/api/v1/nodes', { body: { metadata: { name: 'spurious', namespace: 'x' } } });
    expect(at(made, 'metadata', 'namespace')).toBeUndefined();
  });

  test('stores nothing on a dry run', async () => {
    const made = await api.ok('POST', `${pods}?dryRun=All`, { body: aPod('dry') });
    expect(at(made, 'status', 'phase')).toBe('Pending');
    expect((await api.request('GET', `${pods}/dry`)).status).toBe(404);
  });

  test('warns of unknown fields, drops them, and refuses them when asked to be strict', async () => {
    const body = { metadata: { name: 'odd' }, spec: { nothing: 1 } };
    const strict = await api.request('POST', '/api/v1/nodes?fieldValidation=Strict', { body });
    const lenient = await api.request('POST', '/api/v1/nodes', { body });
    expect(strict.status).toBe(400);
    expect(strict.body['message']).toContain('strict decoding error: unknown field "spec.nothing"');
    expect(lenient.headers.get('warning')).toBe(String.raw`299 - "unknown field \"spec.nothing\""`);
    expect(at(lenient.body, 'spec', 'nothing')).toBeUndefined();
  });

  test('taints a new node as not ready and gives a pod its defaults', async () => {
    const node = await api.ok('POST', '/api/v1/nodes', { body: { metadata: { name: 'new' } } });
    const pod = await api.ok('POST', pods, { body: aPod('defaulted') });
    expect(at(node, 'spec', 'taints')).toEqual([{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }]);
    expect(pod['spec']).toMatchObject({ restartPolicy: 'Always', terminationGracePeriodSeconds: 30, priority: 0 });
  });
});
