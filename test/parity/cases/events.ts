import { type Area, apply, get, json, merge, post, put, edited } from '../case.ts';
import { coreEvents, newEvents } from '../objects.ts';

const core = (change: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'e' },
  involvedObject: { apiVersion: 'v1', kind: 'Pod', name: 'p', namespace: '{ns}', uid: 'u' },
  reason: 'Started',
  message: 'Started it',
  type: 'Normal',
  source: { component: 'parity', host: 'h' },
  firstTimestamp: '2026-01-01T00:00:00Z',
  lastTimestamp: '2026-01-01T00:00:01Z',
  count: 1,
  ...change,
});
const modern = (change: object = {}): object => ({
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata: { name: 'e' },
  eventTime: '2026-01-01T00:00:00.000001Z',
  reportingController: 'parity.example/controller',
  reportingInstance: 'parity-0',
  action: 'Launch',
  reason: 'Started',
  regarding: { apiVersion: 'v1', kind: 'Pod', name: 'p', namespace: '{ns}', uid: 'u' },
  note: 'Started it',
  type: 'Normal',
  ...change,
});
const aboutMachine = { apiVersion: 'karpenter.sh/v1alpha5', kind: 'Machine', name: 'm', uid: 'u' };
const defaultEvents = '/apis/events.k8s.io/v1/namespaces/default/events';
const without = (field: string): object => modern({ metadata: { name: 'w' }, [field]: undefined });

export const events: Area = {
  area: 'events',
  cases: [
    {
      name: 'a core event, read both ways',
      steps: [post(coreEvents, core()), get(`${coreEvents}/e`), get(`${newEvents}/e`)],
    },
    {
      name: 'a new event, read both ways',
      steps: [post(newEvents, modern()), get(`${newEvents}/e`), get(`${coreEvents}/e`)],
    },
    {
      name: 'a series',
      steps: [
        post(newEvents, modern()),
        merge(`${newEvents}/e`, { series: { count: 2, lastObservedTime: '2026-01-01T00:00:05.000000Z' } }),
        get(`${coreEvents}/e`),
        json(`${newEvents}/e`, [{ op: 'replace', path: '/series/count', value: 3 }]),
      ],
    },
    {
      name: 'about a cluster-scoped object, in namespace default',
      steps: [
        post(defaultEvents, modern({ metadata: { name: '{id}' }, regarding: aboutMachine })),
        get(`${defaultEvents}/{id}`),
        post('/api/v1/namespaces/default/events', core({ metadata: { name: '{id}-2' }, involvedObject: aboutMachine })),
      ],
    },
    {
      name: 'about a cluster-scoped object, elsewhere',
      steps: [
        post(newEvents, modern({ regarding: aboutMachine })),
        post(coreEvents, core({ involvedObject: aboutMachine })),
      ],
    },
    {
      name: 'about an object of another namespace',
      steps: [
        post(newEvents, modern({ regarding: { ...aboutMachine, namespace: 'else' } })),
        post(coreEvents, core({ involvedObject: { kind: 'Pod', name: 'p', namespace: 'else' } })),
      ],
    },
    {
      name: 'without what a new event must have',
      steps: [
        post(newEvents, without('eventTime')),
        post(newEvents, without('reportingController')),
        post(newEvents, without('reportingInstance')),
        post(newEvents, without('action')),
        post(newEvents, without('reason')),
        post(newEvents, without('type')),
        post(newEvents, without('note')),
        post(newEvents, without('regarding')),
      ],
    },
    {
      name: 'values that a new event may not have',
      steps: [
        post(newEvents, modern({ type: 'Sad' })),
        post(newEvents, modern({ note: 'x'.repeat(1025) })),
        post(newEvents, modern({ reason: 'x'.repeat(129) })),
        post(newEvents, modern({ reportingController: 'not a name' })),
        post(newEvents, modern({ deprecatedCount: 2 })),
        post(newEvents, modern({ series: { count: 1, lastObservedTime: '2026-01-01T00:00:05.000000Z' } })),
      ],
    },
    {
      name: 'times with too few digits',
      steps: [
        post(newEvents, modern({ eventTime: '2026-01-01T00:00:00Z' })),
        post(newEvents, modern({ eventTime: '2026-01-01T00:00:00.000Z' })),
      ],
    },
    {
      name: 'what of a new event may not change',
      steps: [
        post(newEvents, modern()),
        merge(`${newEvents}/e`, { note: 'other' }),
        merge(`${newEvents}/e`, { reason: 'Other' }),
        merge(`${newEvents}/e`, { metadata: { labels: { a: '1' } } }),
      ],
    },
    {
      name: 'a core event may change',
      steps: [
        post(coreEvents, core()),
        merge(`${coreEvents}/e`, { count: 2, lastTimestamp: '2026-01-01T00:02:00Z', message: 'Again' }),
        put(`${coreEvents}/e`, edited(0, { count: 3 })),
      ],
    },
    {
      name: 'created by update or by apply',
      steps: [
        put(`${coreEvents}/e`, core()),
        apply(`${newEvents}/f?fieldManager=mine`, modern({ metadata: { name: 'f' } })),
      ],
    },
    {
      name: 'the least that a core event needs',
      steps: [
        post(coreEvents, { apiVersion: 'v1', kind: 'Event', metadata: { name: 'e' }, involvedObject: {} }),
        post(coreEvents, { apiVersion: 'v1', kind: 'Event', metadata: { name: 'f' } }),
      ],
    },
    {
      name: 'lists of both groups',
      steps: [
        post(coreEvents, core()),
        post(newEvents, modern({ metadata: { name: 'f' } })),
        get(coreEvents),
        get(newEvents),
        get(`${newEvents}?fieldSelector=regarding.name%3Dp`),
        get(`${newEvents}?fieldSelector=reportingController%3Dparity.example/controller`),
      ],
    },
  ],
};
