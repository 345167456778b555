import { describe, expect, test } from 'vitest';
import { at, listAt, type JsonObject } from '../json.ts';
import { TestApi } from '../test-client.ts';

const api = new TestApi({ controllers: false });
const core = '/api/v1/namespaces/default/events';
const modern = '/apis/events.k8s.io/v1/namespaces/default/events';
const eventTime = '2026-01-02T03:04:05.123456Z';

function modernEvent(name: string, more: JsonObject = {}): JsonObject {
  return {
    metadata: { name },
    regarding: { kind: 'Node', name: 'n1' },
    reason: 'Cordoned',
    note: 'words',
    type: 'Normal',
    action: 'Cordon',
    reportingController: 'example.org/controller',
    reportingInstance: 'pod-1',
    eventTime,
    ...more,
  };
}

describe('Event', () => {
  test('is one object in two APIs', async () => {
    await api.ok('POST', modern, { body: modernEvent('both') });
    const shown = await api.ok('GET', `${core}/both`);
    expect(shown).toMatchObject({
      apiVersion: 'v1',
      involvedObject: { kind: 'Node', name: 'n1' },
      message: 'words',
      reportingComponent: 'example.org/controller',
      eventTime,
      firstTimestamp: null,
    });
  });

  test('is shown to events.k8s.io when it came by core', async () => {
    const involvedObject = { kind: 'Node', name: 'n2' };
    const source = { component: 'kubelet' };
    await api.ok('POST', core, { body: { metadata: { name: 'old' }, involvedObject, message: 'm', source, count: 2 } });
    expect(await api.ok('GET', `${modern}/old`)).toMatchObject({
      apiVersion: 'events.k8s.io/v1',
      regarding: involvedObject,
      note: 'm',
      deprecatedSource: source,
      deprecatedCount: 2,
    });
  });

  test('about a cluster-scoped object lives in namespace default, by core', async () => {
    const body = { metadata: { name: 'astray' }, involvedObject: { kind: 'Node', name: 'n1' } };
    const answer = await api.request('POST', '/api/v1/namespaces/kube-system/events', { body });
    expect(answer.status).toBe(422);
    expect(answer.body['message']).toBe(
      'Event "astray" is invalid: involvedObject.namespace: Invalid value: "": does not match event.namespace',
    );
  });

  test('takes a time of microseconds and nothing else', async () => {
    const answer = await api.request('POST', modern, {
      body: modernEvent('bad', { eventTime: '2026-01-02T03:04:05.123Z' }),
    });
    expect(answer.status).toBe(400);
    expect(answer.body['message']).toContain(
      'parsing time "2026-01-02T03:04:05.123Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse ".123Z" as ".000000"',
    );
  });

  test('of events.k8s.io needs its fields, and keeps them', async () => {
    const empty = modernEvent('empty', { eventTime: null, action: '', reportingInstance: '', type: 'Odd' });
    const answer = await api.request('POST', modern, { body: empty });
    const fields = listAt(answer.body, 'details', 'causes').map((cause) => at(cause, 'field'));
    expect(fields).toEqual(['eventTime', 'reportingInstance', 'action', 'type']);
    await api.ok('POST', modern, { body: modernEvent('fact') });
    expect((await api.patch(`${modern}/fact`, { note: 'other' })).status).toBe(422);
    expect((await api.patch(`${modern}/fact`, { series: { count: 2, lastObservedTime: eventTime } })).status).toBe(200);
  });

  test('is selected by what it is about', async () => {
    const list = await api.ok('GET', `${core}?fieldSelector=involvedObject.name%3Dn2,reason!%3DCordoned`);
    expect(listAt(list, 'items').map((item) => at(item, 'metadata', 'name'))).toEqual(['old']);
  });
});

describe('Lease', () => {
  test('refuses times without microseconds and durations of nothing', async () => {
    const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';
    const time = await api.request('POST', leases, {
      body: { metadata: { name: 'l' }, spec: { renewTime: '2026-01-02T03:04:05Z' } },
    });
    const duration = await api.request('POST', leases, {
      body: { metadata: { name: 'l' }, spec: { leaseDurationSeconds: 0 } },
    });
    expect([time.status, duration.status]).toEqual([400, 422]);
    expect(duration.body['message']).toContain('spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0');
  });
});
