import { type Area, get, merge, metadataOnly, post, table, until } from '../case.ts';
import {
  budget,
  budgets,
  configMap,
  configMaps,
  coreEvents,
  lease,
  leases,
  machine,
  machines,
  namespace,
  namespaces,
  node,
  nodes,
  pod,
  pods,
  service,
  services,
  widget,
  widgets,
} from '../objects.ts';

const labelled = {
  metadata: {
    labels: {
      case: '{id}',
      'node.kubernetes.io/instance-type': 'Standard_NC6s_v3',
      'topology.kubernetes.io/zone': 'eastus-1',
    },
  },
};
const mine = '?labelSelector=case%3D{id}';

export const tables: Area = {
  area: 'tables',
  cases: [
    {
      name: 'a Machine',
      steps: [post(machines, machine(labelled)), table(`${machines}/{id}`), table(`${machines}${mine}`)],
    },
    {
      name: 'a Machine that is ready',
      steps: [
        post(machines, machine(labelled)),
        merge(`${machines}/{id}/status`, {
          status: { nodeName: 'aks-n', conditions: [{ type: 'Ready', status: 'True' }] },
        }),
        table(`${machines}/{id}`),
      ],
    },
    { name: 'no Machine', steps: [table(`${machines}?labelSelector=case%3Dnone`)] },
    {
      name: 'columns of a CRD',
      steps: [
        post(widgets, widget({ spec: { tags: ['a', 'b'] } })),
        merge(`${widgets}/w/status`, { status: { phase: 'Up' } }),
        table(widgets),
      ],
    },
    { name: 'a new node', steps: [post(nodes, node(labelled)), table(`${nodes}/{id}`)] },
    {
      name: 'a node with roles, addresses and versions',
      steps: [
        post(
          nodes,
          node({
            metadata: { labels: { 'kubernetes.io/role': 'agent', 'node-role.kubernetes.io/gpu': '' } },
            spec: { unschedulable: true },
          }),
        ),
        merge(`${nodes}/{id}/status`, {
          status: {
            conditions: [{ type: 'Ready', status: 'True' }],
            addresses: [{ type: 'InternalIP', address: '10.0.0.4' }],
            nodeInfo: {
              kubeletVersion: 'v1.34.4',
              osImage: 'Ubuntu',
              kernelVersion: '6.8',
              containerRuntimeVersion: 'containerd://2',
            },
          },
        }),
        table(`${nodes}/{id}`),
      ],
    },
    {
      name: 'pods',
      steps: [
        post(pods, pod('p', { spec: { nodeName: 'aks-n' } })),
        merge(`${pods}/p/status`, {
          status: {
            phase: 'Running',
            podIP: '10.1.0.1',
            podIPs: [{ ip: '10.1.0.1' }],
            conditions: [{ type: 'Ready', status: 'True' }],
            containerStatuses: [
              {
                name: 'main',
                ready: true,
                restartCount: 2,
                image: 'i',
                imageID: 'i',
                lastState: {},
                state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
              },
            ],
          },
        }),
        table(pods),
      ],
    },
    {
      name: 'pods that wait, fail or end',
      steps: [
        post(pods, pod('a')),
        post(pods, pod('b')),
        post(pods, pod('c')),
        merge(`${pods}/b/status`, { status: { phase: 'Failed', reason: 'Evicted' } }),
        merge(`${pods}/c/status`, {
          status: {
            phase: 'Pending',
            containerStatuses: [
              {
                name: 'main',
                ready: false,
                restartCount: 0,
                image: 'i',
                imageID: '',
                lastState: {},
                state: { waiting: { reason: 'ImagePullBackOff' } },
              },
            ],
          },
        }),
        table(pods),
      ],
    },
    {
      name: 'leases',
      steps: [post(leases, lease('l', { spec: { holderIdentity: 'me' } })), post(leases, lease('m')), table(leases)],
    },
    {
      name: 'budgets',
      steps: [
        post(budgets, budget('a', { spec: { minAvailable: 1 } })),
        until(`${budgets}/a`, { 'status.desiredHealthy': 1, 'status.conditions.0.type': 'DisruptionAllowed' }),
        get(`${budgets}/a`),
        table(budgets),
      ],
    },
    {
      name: 'events',
      steps: [
        post(coreEvents, {
          apiVersion: 'v1',
          kind: 'Event',
          metadata: { name: 'e' },
          involvedObject: { kind: 'Pod', name: 'p', namespace: '{ns}' },
          reason: 'Started',
          message: 'Started it',
          type: 'Normal',
          count: 2,
          firstTimestamp: '2026-01-01T00:00:00Z',
          lastTimestamp: '2026-01-01T00:01:00Z',
          source: { component: 'parity', host: 'h' },
        }),
        table(coreEvents),
      ],
    },
    { name: 'namespaces', steps: [post(namespaces, namespace(labelled)), table(`${namespaces}/{id}`)] },
    {
      name: 'config maps and services',
      steps: [
        post(configMaps, configMap('c', { data: { a: '1', b: '2' } })),
        post(services, service('s', { spec: { clusterIP: 'None', selector: { app: 'x' } } })),
        table(`${configMaps}?fieldSelector=metadata.name%3Dc`),
        table(services),
      ],
    },
    {
      name: 'rows with the whole object, or with nothing',
      steps: [
        post(machines, machine(labelled)),
        table(`${machines}${mine}&includeObject=Object`),
        table(`${machines}${mine}&includeObject=None`),
        table(`${machines}${mine}&includeObject=All`),
      ],
    },
    {
      name: 'an unknown version of tables is refused or left',
      steps: [
        post(machines, machine(labelled)),
        { ...get(`${machines}/{id}`), accept: 'application/json;as=Table;v=v9;g=meta.k8s.io' },
        { ...get(`${machines}/{id}`), accept: 'application/json;as=Chair;v=v1;g=meta.k8s.io,application/json' },
      ],
    },
    {
      name: 'metadata alone',
      steps: [
        post(machines, machine(labelled)),
        metadataOnly(`${machines}/{id}`),
        metadataOnly(`${machines}${mine}`),
        post(configMaps, configMap('c')),
        metadataOnly(`${configMaps}?fieldSelector=metadata.name%3Dc`),
      ],
    },
    { name: 'a refusal is no table', steps: [table(`${machines}/{id}`)] },
  ],
};
