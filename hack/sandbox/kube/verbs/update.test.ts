import { beforeAll, describe, expect, test } from 'vitest';
import { at, type JsonObject } from '../json.ts';
import { aConfigMap, aWidget, configMaps, TestApi, widgetDefinition, widgets, textIn } from '../test-client.ts';

const api = new TestApi();

beforeAll(async () => {
  await api.ok('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: widgetDefinition });
});

const version = (object: JsonObject): string => textIn(object, 'metadata', 'resourceVersion');

describe('update', () => {
  test('refuses a stale resourceVersion, in PUT and in patches that carry one', async () => {
    const first = await api.ok('POST', configMaps, { body: aConfigMap('lock') });
    await api.patch(`${configMaps}/lock`, { data: { a: '1' } });
    const put = await api.request('PUT', `${configMaps}/lock`, { body: { ...first, data: { a: '2' } } });
    const patch = await api.patch(`${configMaps}/lock`, { metadata: { resourceVersion: version(first) } });
    expect([put.status, patch.status]).toEqual([409, 409]);
    expect(put.body['message']).toBe(
      'Operation cannot be fulfilled on configmaps "lock": the object has been modified; please apply your changes to ' +
        'the latest version and try again',
    );
  });

  test('asks for a resourceVersion in a PUT of a custom resource', async () => {
    await api.ok('POST', widgets, { body: aWidget('unlocked') });
    const answer = await api.request('PUT', `${widgets}/unlocked`, { body: aWidget('unlocked') });
    expect(answer.status).toBe(422);
    expect(answer.body['message']).toContain(
      'metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    );
  });

  test('does not write an object that did not change', async () => {
    const made = await api.ok('POST', configMaps, { body: aConfigMap('same', { data: { a: '1' } }) });
    const again = await api.patch(`${configMaps}/same`, { data: { a: '1' } });
    expect(version(again.body)).toBe(version(made));
  });

  test('counts generations for the spec alone', async () => {
    const made = await api.ok('POST', widgets, { body: aWidget('counted', { size: 2 }) });
    const labelled = await api.patch(`${widgets}/counted`, { metadata: { labels: { a: 'b' } } });
    const status = await api.patch(`${widgets}/counted/status`, { status: { phase: 'Up' } });
    const sized = await api.patch(`${widgets}/counted`, { spec: { size: 3 } });
    const generations = [made, labelled.body, status.body, sized.body].map((object) =>
      at(object, 'metadata', 'generation'),
    );
    expect(generations).toEqual([1, 1, 1, 2]);
  });

  test('keeps status and spec apart', async () => {
    await api.ok('POST', widgets, { body: { ...aWidget('apart'), status: { phase: 'Sent' } } });
    const main = await api.patch(`${widgets}/apart`, { spec: { size: 5 }, status: { phase: 'No' } });
    const status = await api.patch(`${widgets}/apart/status`, {
      metadata: { labels: { no: 'no' } },
      spec: { size: 6 },
      status: { phase: 'Yes' },
    });
    expect(main.body['status']).toBeUndefined();
    expect(status.body).toMatchObject({ spec: { size: 5 }, status: { phase: 'Yes' } });
    expect(at(status.body, 'metadata', 'labels')).toBeUndefined();
  });

  test('lets the status of a node bring labels but no spec', async () => {
    await api.ok('POST', '/api/v1/nodes', { body: { metadata: { name: 'split' } } });
    const { body } = await api.patch('/api/v1/nodes/split/status', {
      metadata: { labels: { a: 'b' } },
      spec: { providerID: 'x' },
    });
    expect(at(body, 'metadata', 'labels', 'a')).toBe('b');
    expect(at(body, 'spec', 'providerID')).toBeUndefined();
  });

  test.each([
    ['uid', { metadata: { uid: 'another' } }, 'metadata.uid: Invalid value: "another": field is immutable'],
    ['creationTimestamp', { metadata: { creationTimestamp: '2001-01-01T00:00:00Z' } }, 'field is immutable'],
    ['an invalid field', { spec: { size: -1 } }, 'spec.size: Invalid value: -1'],
  ])('refuses to change %s', async (_what, patch, message) => {
    await api.request('POST', widgets, { body: aWidget('fixed') });
    const answer = await api.patch(`${widgets}/fixed`, patch);
    expect(answer.status).toBe(422);
    expect(answer.body['message']).toContain(message);
  });

  test('creates a Lease by PUT, and nothing else', async () => {
    const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';
    const lease = await api.request('PUT', `${leases}/new`, { body: { metadata: { name: 'new' } } });
    const map = await api.request('PUT', `${configMaps}/none`, { body: aConfigMap('none') });
    expect([lease.status, map.status]).toEqual([201, 404]);
  });

  test('keeps a providerID once it is set', async () => {
    await api.ok('POST', '/api/v1/nodes', {
      body: { metadata: { name: 'bound' }, spec: { providerID: 'azure:///a' } },
    });
    const answer = await api.patch('/api/v1/nodes/bound', { spec: { providerID: 'azure:///b' } });
    expect(answer.status).toBe(422);
  });
});
