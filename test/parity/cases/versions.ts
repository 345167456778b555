import { type Area, del, edited, get, json, merge, post, put, strategic, until } from '../case.ts';
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
  widget,
  widgets,
} from '../objects.ts';

const fin = { metadata: { finalizers: ['parity.example/a'] } };

export const versions: Area = {
  area: 'generation and resourceVersion',
  cases: [
    {
      name: 'generation counts changes of spec alone',
      steps: [
        post(machines, machine()),
        merge(`${machines}/{id}`, { spec: { requirements: [] } }),
        merge(`${machines}/{id}`, { metadata: { labels: { a: '1' } } }),
        merge(`${machines}/{id}/status`, { status: { nodeName: 'n' } }),
      ],
    },
    {
      name: 'generation cannot be set',
      steps: [
        post(machines, machine()),
        merge(`${machines}/{id}`, { metadata: { generation: 9 } }),
        put(`${machines}/{id}`, edited(0, { metadata: { generation: 9 } })),
      ],
    },
    {
      name: 'deletion with a finalizer counts',
      steps: [
        post(machines, machine(fin)),
        del(`${machines}/{id}`),
        merge(`${machines}/{id}`, { metadata: { labels: { a: '1' } } }),
      ],
    },
    {
      name: 'nodes and config maps have no generation',
      steps: [
        post(nodes, node()),
        merge(`${nodes}/{id}`, { spec: { unschedulable: true } }),
        post(configMaps, configMap('c', fin)),
        del(`${configMaps}/c`),
      ],
    },
    {
      name: 'budgets have one',
      steps: [
        post(budgets, budget('b', { spec: { minAvailable: 5 } })),
        until(`${budgets}/b`, { 'status.observedGeneration': 1 }),
        merge(`${budgets}/b`, { spec: { minAvailable: 6 } }),
        until(`${budgets}/b`, { 'status.observedGeneration': 2 }),
        merge(`${budgets}/b`, { metadata: { labels: { a: '1' } } }),
      ],
    },
    {
      name: 'pods have one',
      steps: [
        post(pods, pod('p')),
        strategic(`${pods}/p`, { spec: { containers: [{ name: 'main', image: 'registry.example/main:2' }] } }),
        merge(`${pods}/p/status`, { status: { phase: 'Running' } }),
      ],
    },
    {
      name: 'leases have none',
      steps: [post(leases, lease('l')), merge(`${leases}/l`, { spec: { holderIdentity: 'a' } })],
    },
    {
      name: 'the version moves with every change',
      steps: [
        post(machines, machine()),
        merge(`${machines}/{id}`, { metadata: { annotations: { a: '1' } } }),
        merge(`${machines}/{id}/status`, { status: { nodeName: 'n' } }),
        get(`${machines}/{id}`),
      ],
    },
    {
      name: 'the version stays when nothing changes',
      steps: [
        post(machines, machine()),
        put(`${machines}/{id}`, edited(0, {})),
        merge(`${machines}/{id}`, { spec: { resources: { requests: { storage: '50Gi' } } } }),
        merge(`${machines}/{id}/status`, { status: {} }),
        json(`${machines}/{id}`, []),
        get(`${machines}/{id}`),
      ],
    },
    {
      name: 'the version of a built-in kind stays when nothing changes',
      steps: [
        post(nodes, node()),
        put(`${nodes}/{id}`, edited(0, {})),
        strategic(`${nodes}/{id}`, { metadata: { labels: { 'kubernetes.io/hostname': '{id}' } } }),
        merge(`${nodes}/{id}/status`, { status: {} }),
      ],
    },
    {
      name: 'defaults are no change',
      steps: [
        post(widgets, widget()),
        merge(`${widgets}/w`, { spec: { colour: 'red' } }),
        merge(`${widgets}/w`, { spec: { colour: null } }),
      ],
    },
    {
      name: 'the main resource ignores status, so that nothing changes',
      steps: [
        post(machines, machine()),
        put(`${machines}/{id}`, edited(0, { status: { nodeName: 'n' } })),
        post(pods, pod('p')),
        merge(`${pods}/p`, { status: { phase: 'Failed' } }),
      ],
    },
    {
      name: 'reading at a version',
      steps: [
        post(configMaps, configMap('c')),
        // Version 0 is whatever the cache has, which hears of a creation a moment later.
        until(`${configMaps}/c?resourceVersion=0`, { 'metadata.name': 'c' }),
        get(`${configMaps}/c?resourceVersion=0`),
        get(`${configMaps}/c?resourceVersion={0.metadata.resourceVersion}`),
        get(`${configMaps}?fieldSelector=metadata.name%3Dc&resourceVersion=0`),
        get(
          `${configMaps}?fieldSelector=metadata.name%3Dc&resourceVersion={0.metadata.resourceVersion}&resourceVersionMatch=NotOlderThan`,
        ),
      ],
    },
    {
      name: 'a list as it was at a version',
      steps: [
        post(configMaps, configMap('c')),
        merge(`${configMaps}/c`, { data: { a: '1' } }),
        get(
          `${configMaps}?fieldSelector=metadata.name%3Dc&resourceVersion={0.metadata.resourceVersion}&resourceVersionMatch=Exact`,
        ),
      ],
    },
    {
      name: 'a version from the future',
      steps: [
        get(`${configMaps}?resourceVersion=999999999`),
        get(`${machines}?resourceVersion=999999999&resourceVersionMatch=Exact`),
      ],
    },
  ],
};
