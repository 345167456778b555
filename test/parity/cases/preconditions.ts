import { type Area, del, edited, get, json, merge, post, put, watch } from '../case.ts';
import {
  budget,
  budgets,
  configMap,
  configMaps,
  lease,
  leases,
  machine,
  machines,
  node,
  nodes,
  pod,
  pods,
} from '../objects.ts';

const stale = { metadata: { resourceVersion: '{0.metadata.resourceVersion}' } };
const touch = (path: string): ReturnType<typeof merge> => merge(path, { metadata: { labels: { a: '1' } } });

export const preconditions: Area = {
  area: 'conflicts and preconditions: 409, 410 and 422',
  cases: [
    {
      name: 'an update of what has changed',
      steps: [
        post(machines, machine()),
        touch(`${machines}/{id}`),
        put(`${machines}/{id}`, edited(0, { metadata: { labels: { b: '2' } } })),
        put(`${machines}/{id}`, edited(1, { metadata: { labels: { b: '2' } } })),
      ],
    },
    {
      name: 'an update of a built-in kind that has changed',
      steps: [
        post(nodes, node()),
        touch(`${nodes}/{id}`),
        put(`${nodes}/{id}`, edited(0, { metadata: { labels: { b: '2' } } })),
      ],
    },
    {
      name: 'a merge patch with a stale version',
      steps: [
        post(machines, machine()),
        touch(`${machines}/{id}`),
        merge(`${machines}/{id}`, stale),
        merge(`${machines}/{id}`, {
          metadata: { resourceVersion: '{1.metadata.resourceVersion}', labels: { c: '3' } },
        }),
      ],
    },
    {
      name: 'a status patch with a stale version',
      steps: [
        post(machines, machine()),
        touch(`${machines}/{id}`),
        merge(`${machines}/{id}/status`, { ...stale, status: { nodeName: 'n' } }),
        merge(`${nodes}/{id}/status`, stale),
      ],
    },
    {
      name: 'an update without a version',
      steps: [
        post(machines, machine()),
        put(`${machines}/{id}`, machine()),
        post(configMaps, configMap('c')),
        put(`${configMaps}/c`, configMap('c', { data: { a: '1' } })),
        post(leases, lease('l')),
        put(`${leases}/l`, lease('l')),
        post(budgets, budget('b')),
        put(`${budgets}/b`, budget('b')),
      ],
    },
    {
      name: 'an update of what is not there',
      steps: [
        put(`${machines}/{id}`, machine({ metadata: { resourceVersion: '5' } })),
        put(`${leases}/l`, lease('l')),
        put(`${configMaps}/c`, configMap('c')),
      ],
    },
    {
      name: 'an update of what was deleted and made again',
      steps: [
        post(configMaps, configMap('c')),
        del(`${configMaps}/c`),
        post(configMaps, configMap('c')),
        put(`${configMaps}/c`, edited(0, { data: { a: '1' } })),
        put(
          `${configMaps}/c`,
          edited(0, { data: { a: '1' }, metadata: { resourceVersion: '{2.metadata.resourceVersion}' } }),
        ),
      ],
    },
    {
      name: 'a version that is no number',
      steps: [
        post(machines, machine()),
        put(`${machines}/{id}`, edited(0, { metadata: { resourceVersion: 'x' } })),
        merge(`${machines}/{id}`, { metadata: { resourceVersion: 'x' } }),
        get(`${machines}?resourceVersion=x`),
      ],
    },
    {
      name: 'a deletion of another object of the name',
      steps: [
        post(machines, machine()),
        del(`${machines}/{id}`, { preconditions: { uid: 'another' } }),
        del(`${machines}/{id}`, { preconditions: { uid: '{0.metadata.uid}' } }),
      ],
    },
    {
      name: 'a deletion of what has changed',
      steps: [
        post(nodes, node()),
        touch(`${nodes}/{id}`),
        del(`${nodes}/{id}`, { preconditions: { resourceVersion: '{0.metadata.resourceVersion}' } }),
        del(`${nodes}/{id}`, { preconditions: { resourceVersion: '{1.metadata.resourceVersion}' } }),
      ],
    },
    {
      name: 'a deletion of a pod of another uid',
      steps: [post(pods, pod('p')), del(`${pods}/p`, { preconditions: { uid: 'another' }, gracePeriodSeconds: 0 })],
    },
    {
      name: 'a page of a list that nobody gave out',
      steps: [get(`${machines}?limit=1&continue=abc`), get(`${nodes}?limit=1&continue=abc`)],
    },
    {
      name: 'a version of a watch that is gone',
      steps: [watch(`${machines}?watch=true&timeoutSeconds=20&resourceVersion=1`, { events: 1 })],
    },
    {
      name: 'options of a list that do not fit',
      steps: [
        get(`${nodes}?resourceVersionMatch=Exact`),
        get(`${nodes}?resourceVersion=0&resourceVersionMatch=Exact`),
        get(`${machines}?resourceVersion=5&resourceVersionMatch=Sometimes`),
        get(`${machines}?continue=abc&resourceVersion=5`),
      ],
    },
    {
      name: 'two creations of one name',
      steps: [
        post(machines, machine()),
        post(machines, machine()),
        post(machines, machine({ metadata: { name: '{id}', generateName: 'g-' } })),
      ],
    },
    {
      name: 'a lease that two want',
      steps: [
        post(leases, lease('l', { spec: { holderIdentity: 'a' } })),
        put(`${leases}/l`, edited(0, { spec: { holderIdentity: 'b' } })),
        put(`${leases}/l`, edited(0, { spec: { holderIdentity: 'c' } })),
        json(`${leases}/l`, [{ op: 'test', path: '/spec/holderIdentity', value: 'a' }]),
      ],
    },
  ],
};
