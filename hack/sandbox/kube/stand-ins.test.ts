import { describe, expect, test } from 'vitest';
import { at, listAt, type JsonObject } from './json.ts';
import { aConfigMap, aWidget, brief, configMaps, TestApi, widgetDefinition, widgets, textIn } from './test-client.ts';

const api = new TestApi();
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Waits on a watch until the named object is gone. */
async function gone(list: string, name: string): Promise<void> {
  for await (const { type } of api.watch(`${list}?watch=1&fieldSelector=metadata.name%3D${name}&resourceVersion=1`)) {
    if (type === 'DELETED') return;
  }
}

/** Waits on a watch until the named object is as wanted, and returns it. */
async function seen(list: string, name: string, wanted: (object: JsonObject) => boolean): Promise<JsonObject> {
  for await (const { object } of api.watch(`${list}?watch=1&fieldSelector=metadata.name%3D${name}`)) {
    if (wanted(object)) return object;
  }
  throw new Error(`The watch ended before "${name}" was as wanted`);
}

async function owned(name: string, owner: JsonObject, more: JsonObject = {}): Promise<JsonObject> {
  const reference = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: at(owner, 'metadata', 'name'),
    uid: at(owner, 'metadata', 'uid'),
    ...more,
  };
  return api.ok('POST', configMaps, { body: aConfigMap(name, { metadata: { name, ownerReferences: [reference] } }) });
}

const taintKeys = (node: JsonObject): unknown[] => listAt(node, 'spec', 'taints').map((taint) => at(taint, 'key'));

describe('the garbage collector', () => {
  test('deletes dependents after their owner, through generations', async () => {
    const owner = await api.ok('POST', configMaps, { body: aConfigMap('owner') });
    await owned('grandchild', await owned('child', owner));
    await api.ok('DELETE', `${configMaps}/owner`);
    await gone(configMaps, 'grandchild');
    expect((await api.request('GET', `${configMaps}/child`)).status).toBe(404);
  });

  test('deletes the owner last when the deletion is foreground', async () => {
    const owner = await api.ok('POST', configMaps, { body: aConfigMap('front') });
    await owned('blocker', owner, { blockOwnerDeletion: true });
    const from = textIn(await api.ok('GET', configMaps), 'metadata', 'resourceVersion');
    await api.ok('DELETE', `${configMaps}/front`, { body: { propagationPolicy: 'Foreground' } });
    await gone(configMaps, 'front');
    const events = await api.events(`${configMaps}?watch=1&resourceVersion=${from}`, 4);
    expect(brief(events).filter((event) => event.startsWith('DELETED'))).toEqual(['DELETED blocker', 'DELETED front']);
  });

  test('leaves dependents alone when they are orphaned', async () => {
    const owner = await api.ok('POST', configMaps, { body: aConfigMap('parent') });
    await owned('orphan', owner);
    await api.ok('DELETE', `${configMaps}/parent`, { body: { propagationPolicy: 'Orphan' } });
    await gone(configMaps, 'parent');
    const orphan = await api.ok('GET', `${configMaps}/orphan`);
    expect(at(orphan, 'metadata', 'ownerReferences')).toBeUndefined();
  });
});

describe('the garbage collector with several owners', () => {
  test('keeps what has another owner, and forgets the one that is gone', async () => {
    const owners = [];
    for (const name of ['first', 'second']) {
      const made = await api.ok('POST', configMaps, { body: aConfigMap(name) });
      owners.push({ apiVersion: 'v1', kind: 'ConfigMap', name, uid: textIn(made, 'metadata', 'uid') });
    }
    const metadata = { name: 'shared', ownerReferences: owners };
    await api.ok('POST', configMaps, { body: aConfigMap('shared', { metadata }) });
    await api.ok('DELETE', `${configMaps}/first`);
    const left = await seen(
      configMaps,
      'shared',
      (object) => listAt(object, 'metadata', 'ownerReferences').length === 1,
    );
    expect(at(left, 'metadata', 'ownerReferences', 0, 'name')).toBe('second');
  });
});

describe('the namespace controller', () => {
  test('empties a namespace and then removes it, and nothing new comes in', async () => {
    await api.ok('POST', '/api/v1/namespaces', { body: { metadata: { name: 'full' } } });
    const inside = '/api/v1/namespaces/full/configmaps';
    const metadata = { name: 'held', finalizers: ['example.org/a'] };
    await api.ok('POST', inside, { body: aConfigMap('held', { metadata }) });
    const marked = await api.ok('DELETE', '/api/v1/namespaces/full');
    const late = await api.request('POST', inside, { body: aConfigMap('late') });
    expect(at(marked, 'status', 'phase')).toBe('Terminating');
    expect(late.body['message']).toContain('because it is being terminated');
    await api.patch(`${inside}/held`, { metadata: { finalizers: null } });
    await gone('/api/v1/namespaces', 'full');
    expect((await api.request('GET', `${inside}/held`)).status).toBe(404);
  });
});

describe('the node lifecycle controller', () => {
  test('takes the taint away when the node is ready, and brings it when it is not', async () => {
    const nodes = '/api/v1/nodes';
    await api.ok('POST', nodes, { body: { metadata: { name: 'n1' } } });
    await api.patch(`${nodes}/n1/status`, { status: { conditions: [{ type: 'Ready', status: 'True' }] } });
    await seen(nodes, 'n1', (node) => taintKeys(node).length === 0);
    await api.patch(`${nodes}/n1/status`, { status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } });
    const lost = await seen(nodes, 'n1', (node) => taintKeys(node).length === 2);
    expect(taintKeys(lost)).toEqual(['node.kubernetes.io/unreachable', 'node.kubernetes.io/unreachable']);
  });
});

describe('definitions', () => {
  test('are served at once, established, and take their objects with them', async () => {
    await api.ok('POST', definitions, { body: widgetDefinition });
    await api.ok('POST', widgets, { body: aWidget('one', {}, { finalizers: ['example.org/a'] }) });
    const established = await seen(
      definitions,
      'widgets.example.org',
      (object) => listAt(object, 'status', 'conditions').length > 0,
    );
    expect(listAt(established, 'status', 'conditions').map((condition) => at(condition, 'type'))).toEqual([
      'NamesAccepted',
      'Established',
    ]);
    await api.ok('DELETE', `${definitions}/widgets.example.org`);
    const late = await api.request('POST', widgets, { body: aWidget('late') });
    expect(late.body['message']).toContain('create not allowed while custom resource definition is terminating');
    const { body: discovered } = await api.request('GET', widgets.slice(0, widgets.lastIndexOf('/')));
    const widget = listAt(discovered, 'resources').find((resource) => at(resource, 'name') === 'widgets');
    expect(at(widget, 'verbs')).toEqual(['delete', 'deletecollection', 'get', 'list', 'watch']);
    await api.patch(`${widgets}/one`, { metadata: { finalizers: null } });
    await gone(definitions, 'widgets.example.org');
    expect((await api.request('GET', widgets)).status).toBe(404);
  });

  test('change what they serve when their schema changes', async () => {
    const made = await api.ok('POST', definitions, { body: widgetDefinition });
    expect(at(await api.ok('POST', widgets, { body: aWidget('small') }), 'spec', 'size')).toBe(1);
    const path = ['/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/size/default'];
    await api.patch(
      `${definitions}/${textIn(made, 'metadata', 'name')}`,
      [{ op: 'replace', path: path[0], value: 7 }],
      'json',
    );
    expect(at(await api.ok('POST', widgets, { body: aWidget('large') }), 'spec', 'size')).toBe(7);
  });
});
