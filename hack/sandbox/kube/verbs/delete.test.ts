import { describe, expect, test } from 'vitest';
import { at, type JsonObject } from '../json.ts';
import { aConfigMap, aPod, brief, configMaps, pods, TestApi, textIn } from '../test-client.ts';

const api = new TestApi({ controllers: false });

async function running(name: string): Promise<void> {
  await api.ok('POST', pods, { body: aPod(name) });
  await api.ok('POST', `${pods}/${name}/binding`, {
    body: { metadata: { name }, target: { kind: 'Node', name: 'n' } },
  });
}

const finalized = (name: string, ...finalizers: string[]): JsonObject =>
  aConfigMap(name, { metadata: { name, finalizers } });

describe('delete', () => {
  test('answers with a Status for an object that goes at once', async () => {
    const made = await api.ok('POST', configMaps, { body: aConfigMap('short') });
    const answer = await api.ok('DELETE', `${configMaps}/short`);
    expect(answer).toMatchObject({
      kind: 'Status',
      status: 'Success',
      details: { name: 'short', kind: 'configmaps', uid: at(made, 'metadata', 'uid') },
    });
  });

  test('keeps an object until its last finalizer is gone', async () => {
    await api.ok('POST', configMaps, { body: finalized('held', 'example.org/a') });
    const marked = await api.ok('DELETE', `${configMaps}/held`);
    const added = await api.patch(`${configMaps}/held`, {
      metadata: { finalizers: ['example.org/a', 'example.org/b'] },
    });
    expect(at(marked, 'metadata', 'deletionTimestamp')).toBeDefined();
    expect(added.status).toBe(422);
    expect(added.body['message']).toContain('no new finalizers can be added if the object is being deleted');
    await api.patch(`${configMaps}/held`, { metadata: { finalizers: null } });
    expect((await api.request('GET', `${configMaps}/held`)).status).toBe(404);
  });

  test('refuses a name that is taken by an object on its way out', async () => {
    await api.ok('POST', configMaps, { body: finalized('going', 'example.org/a') });
    await api.ok('DELETE', `${configMaps}/going`);
    const answer = await api.request('POST', configMaps, { body: aConfigMap('going') });
    expect(answer.body['message']).toBe('object is being deleted: configmaps "going" already exists');
  });

  test('checks the preconditions', async () => {
    await api.ok('POST', configMaps, { body: aConfigMap('guarded') });
    const answer = await api.request('DELETE', `${configMaps}/guarded`, { body: { preconditions: { uid: 'other' } } });
    expect(answer.status).toBe(409);
    expect(answer.body['message']).toContain('the UID in the precondition (other) does not match the UID in record');
  });

  test('gives a bound pod its grace, and ends it when a kubelet says zero', async () => {
    await running('graceful');
    const marked = await api.ok('DELETE', `${pods}/graceful`);
    const sooner = await api.ok('DELETE', `${pods}/graceful?gracePeriodSeconds=5`);
    expect(at(marked, 'metadata', 'deletionGracePeriodSeconds')).toBe(30);
    expect(at(sooner, 'metadata', 'deletionGracePeriodSeconds')).toBe(5);
    await api.ok('DELETE', `${pods}/graceful`, { body: { gracePeriodSeconds: 0 } });
    expect((await api.request('GET', `${pods}/graceful`)).status).toBe(404);
  });

  test('removes a pod that runs nowhere at once', async () => {
    await api.ok('POST', pods, { body: aPod('unbound') });
    await api.ok('DELETE', `${pods}/unbound`);
    expect((await api.request('GET', `${pods}/unbound`)).status).toBe(404);
  });

  test('does not delete the namespaces that a cluster needs', async () => {
    const answer = await api.request('DELETE', '/api/v1/namespaces/default');
    expect(answer.status).toBe(403);
    expect(answer.body['message']).toBe('namespaces "default" is forbidden: this namespace may not be deleted');
  });

  test('removes what a selector matches, and shows each deletion to watchers', async () => {
    const from = textIn(await api.ok('GET', configMaps), 'metadata', 'resourceVersion');
    for (const name of ['s1', 's2']) {
      await api.ok('POST', configMaps, { body: aConfigMap(name, { metadata: { name, labels: { set: 'yes' } } }) });
    }
    await api.ok('DELETE', `${configMaps}?labelSelector=set%3Dyes`);
    const events = await api.events(`${configMaps}?watch=1&resourceVersion=${from}`, 4);
    expect(brief(events)).toEqual(['ADDED s1', 'ADDED s2', 'DELETED s1', 'DELETED s2']);
  });
});
