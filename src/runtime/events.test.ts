// Events as the API server receives them: limits, repetitions, and a recorder that never costs a reconcile anything.
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { FakeApi, type FakeObject } from '../../test/support/fake-api.ts';
import { eventually, FakeClock } from '../../test/support/fake-clock.ts';
import { aClient, silent } from '../../test/support/kube-fixture.ts';
import { createMetrics } from '../observability/metrics.ts';
import { EventSink, type EventNote } from './events.ts';

const patience = { timeout: 20_000, interval: 5 } as const;
const inDefault = '/apis/events.k8s.io/v1/namespaces/default/events';

async function aSink() {
  const api = await FakeApi.start();
  const clock = new FakeClock();
  const metrics = createMetrics();
  const client = aClient(api.url, { clock, metrics });
  const reporter = { controller: 'gpu-provisioner', instance: 'gpu-provisioner-abc' };
  const sink = new EventSink({ client, reporter, clock, log: silent, metrics });
  onTestFinished(async () => {
    await client.close();
    await api.stop();
  });
  const creations = (): readonly unknown[] =>
    api.requests.filter(({ method }) => method === 'POST').map(({ body }) => body);
  const patches = (): readonly unknown[] =>
    api.requests.filter(({ method }) => method === 'PATCH').map(({ body }) => body);
  const dropped = async (cause: string): Promise<boolean> =>
    !(await metrics.text()).includes(`events_dropped_total{cause="${cause}"} 0`);
  /** Resolves when the answer to the first creation was read: only then time may pass, for a request has a deadline. */
  const created = (): Promise<void> =>
    vi.waitFor(async () => expect(await metrics.text()).toContain('rest_client_requests_total{code="201"'), patience);
  return { api, clock, sink, creations, created, patches, dropped };
}

function aNote(more: Partial<EventNote> = {}): EventNote {
  return {
    regarding: { apiVersion: 'karpenter.sh/v1alpha5', kind: 'Machine', name: 'ws1', uid: 'u1' },
    type: 'Warning',
    reason: 'InsufficientCapacity',
    message: 'No Standard_NC6s_v3 left in eastus',
    ...more,
  };
}

describe('EventSink', () => {
  test('writes an event about a cluster-scoped object to the namespace default', async () => {
    const { api, sink, creations } = await aSink();
    sink.record(aNote());
    await eventually(() => creations().length === 1);
    expect(api.requests[0]?.path).toBe(inDefault);
    expect(creations()[0]).toEqual({
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: expect.stringMatching(/^ws1\.[0-9a-f]{16}$/), namespace: 'default' },
      eventTime: '2026-01-01T00:00:00.000000Z',
      reportingController: 'gpu-provisioner',
      reportingInstance: 'gpu-provisioner-abc',
      regarding: { apiVersion: 'karpenter.sh/v1alpha5', kind: 'Machine', name: 'ws1', uid: 'u1' },
      type: 'Warning',
      reason: 'InsufficientCapacity',
      action: 'InsufficientCapacity',
      note: 'No Standard_NC6s_v3 left in eastus',
    });
  });

  test('writes an event about a namespaced object to its namespace', async () => {
    const { api, sink } = await aSink();
    sink.record(aNote({ regarding: { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'p1', namespace: 'team' } }));
    await eventually(() => api.requests.length === 1);
    expect(api.requests[0]?.path).toBe('/apis/events.k8s.io/v1/namespaces/team/events');
  });

  test('keeps within the limits of the API, and cuts no character in two', async () => {
    const { sink, creations } = await aSink();
    const name = 'n'.repeat(250);
    sink.record(aNote({ regarding: { ...aNote().regarding, name }, message: `x${'ü'.repeat(2000)}` }));
    await eventually(() => creations().length === 1);
    const [created] = creations();
    expect(created).toMatchObject({
      metadata: { name: expect.stringMatching(/^n{236}\.[0-9a-f]{16}$/) },
      note: `x${'ü'.repeat(511)}`,
    });
  });

  test('counts what is said again within two minutes, and writes the count when they are over', async () => {
    const { clock, sink, creations, patches, created } = await aSink();
    sink.record(aNote());
    await created();
    for (let repeat = 0; repeat < 5; repeat++) {
      await clock.advance(10_000);
      sink.record(aNote());
    }
    expect(patches()).toEqual([]);
    await clock.advance(70_000);
    await eventually(() => patches().length === 1);
    expect(patches()).toEqual([{ series: { count: 6, lastObservedTime: '2026-01-01T00:00:50.000000Z' } }]);
    expect(creations()).toHaveLength(1);
  });

  test('writes a new event when the same is said after a quiet window', async () => {
    const { clock, sink, creations, created } = await aSink();
    sink.record(aNote());
    await created();
    await clock.advance(120_000);
    sink.record(aNote());
    await eventually(() => creations().length === 2);
    expect(creations()).toHaveLength(2);
  });

  test('tells messages and objects apart', async () => {
    const { sink, creations } = await aSink();
    sink.record(aNote());
    sink.record(aNote({ message: 'another' }));
    sink.record(aNote({ regarding: { ...aNote().regarding, uid: 'u2' } }));
    await eventually(() => creations().length === 3);
    expect(creations()).toHaveLength(3);
  });

  test('begins the event anew when the API server has forgotten it', async () => {
    const { api, clock, sink, creations, created } = await aSink();
    sink.record(aNote());
    await created();
    sink.record(aNote());
    const events = '/apis/events.k8s.io/v1/events';
    const [name] = creations().map((body) => JSON.stringify(body).match(/ws1\.[0-9a-f]+/)?.[0] ?? '');
    api.remove(events, `default/${name ?? ''}`);
    await clock.advance(120_000);
    await eventually(() => creations().length === 2);
    expect(creations()[1]).toMatchObject({ metadata: { name }, series: { count: 2 } });
  });

  test('retries what may pass, without making its caller wait', async () => {
    const { api, clock, sink, creations } = await aSink();
    api.fault = () => (creations().length < 3 ? { kind: 'reset' } : undefined);
    sink.record(aNote());
    await clock.advanceUntil(() => creations().length === 3);
    await eventually(() => api.requests.length === 3);
    expect(new Set(creations().map((body) => JSON.stringify(body))).size).toBe(1);
  });

  test('drops what the API server refuses, and goes on', async () => {
    const { api, sink, creations, dropped } = await aSink();
    api.fault = () => (creations().length === 1 ? { kind: 'answer', status: 403 } : undefined);
    sink.record(aNote());
    sink.record(aNote({ reason: 'Next' }));
    await eventually(() => creations().length === 2);
    expect(await dropped('refused')).toBe(true);
    expect(creations()[1]).toMatchObject({ reason: 'Next' });
  });

  test('drops what is too much for one object, and lets others speak', async () => {
    const { sink, creations, dropped } = await aSink();
    for (let index = 0; index < 30; index++) sink.record(aNote({ message: `attempt ${index}` }));
    sink.record(aNote({ regarding: { ...aNote().regarding, uid: 'u2' } }));
    await eventually(() => creations().length === 26);
    expect(await dropped('object')).toBe(true);
  });

  test('drops what the queue has no room for', async () => {
    const { api, sink, dropped } = await aSink();
    api.fault = () => ({ kind: 'hang' });
    for (let index = 0; index < 1500; index++)
      sink.record(aNote({ regarding: { ...aNote().regarding, uid: `u${index}` } }));
    expect(await dropped('queue')).toBe(true);
  });

  test('writes what waits, counts included, before the process ends', async () => {
    const { sink, creations, patches } = await aSink();
    sink.record(aNote());
    await eventually(() => creations().length === 1);
    sink.record(aNote());
    sink.record(aNote({ reason: 'Released', type: 'Normal' }));
    await sink.flush({ signal: new AbortController().signal });
    expect(patches()).toEqual([{ series: { count: 2, lastObservedTime: '2026-01-01T00:00:00.000000Z' } }]);
    expect(creations()).toHaveLength(2);
    sink.record(aNote({ reason: 'TooLate' }));
    expect(creations()).toHaveLength(2);
  });

  test('lets the process end in time when the API server does not answer', async () => {
    const { api, sink } = await aSink();
    api.fault = () => ({ kind: 'hang' });
    sink.record(aNote());
    const deadline = new AbortController();
    const flushed = sink.flush({ signal: deadline.signal });
    await eventually(() => api.requests.length === 1);
    deadline.abort();
    await flushed;
    expect(api.requests).toHaveLength(1);
  });

  test('stores what kubectl can read back', async () => {
    const { api, sink, creations } = await aSink();
    sink.record(aNote({ related: { apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'n1' }, action: 'Launch' }));
    await eventually(() => creations().length === 1);
    const name = JSON.stringify(creations()[0]).match(/ws1\.[0-9a-f]+/)?.[0] ?? '';
    const stored: FakeObject | undefined = api.object('/apis/events.k8s.io/v1/events', `default/${name}`);
    expect(stored).toMatchObject({ action: 'Launch', related: { kind: 'Node', name: 'n' } });
  });
});
