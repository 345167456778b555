import { type Area, get, merge, post, put, edited } from '../case.ts';
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

export const defaulting: Area = {
  area: 'defaulting',
  cases: [
    { name: 'a pod', steps: [post(pods, pod('p')), get(`${pods}/p`)] },
    {
      name: 'a pod with ports, probes, requests and volumes',
      steps: [
        post(
          pods,
          pod('p', {
            spec: {
              volumes: [
                { name: 'e', emptyDir: {} },
                { name: 'c', configMap: { name: 'c' } },
                { name: 's', secret: { secretName: 's' } },
              ],
              containers: [
                {
                  name: 'main',
                  image: 'i',
                  ports: [{ containerPort: 80 }],
                  livenessProbe: { httpGet: { port: 80 } },
                  resources: { limits: { cpu: '1', 'nvidia.com/gpu': '1' } },
                  env: [{ name: 'N', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
                  volumeMounts: [{ name: 'e', mountPath: '/e' }],
                },
              ],
              initContainers: [{ name: 'init', image: 'i:latest' }],
            },
          }),
        ),
      ],
    },
    {
      name: 'tolerations of a pod',
      steps: [
        post(
          pods,
          pod('p', {
            spec: {
              tolerations: [
                { key: 'sku', operator: 'Equal', value: 'gpu', effect: 'NoSchedule' },
                { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
              ],
            },
          }),
        ),
      ],
    },
    { name: 'a node', steps: [post(nodes, node()), get(`${nodes}/{id}`)] },
    {
      name: 'a node that comes with a status',
      steps: [
        post(nodes, {
          ...node({ spec: { taints: [{ key: 'sku', value: 'gpu', effect: 'NoSchedule' }] } }),
          status: {
            capacity: { cpu: '6', memory: '1Gi' },
            conditions: [{ type: 'Ready', status: 'False' }],
            nodeInfo: { kubeletVersion: 'v1.34.4' },
          },
        }),
      ],
    },
    {
      name: 'allocatable follows capacity',
      steps: [post(nodes, node()), merge(`${nodes}/{id}/status`, { status: { capacity: { cpu: '6' } } })],
    },
    {
      name: 'a lease',
      steps: [
        post(leases, lease('l')),
        post(
          leases,
          lease('m', {
            spec: {
              holderIdentity: 'me',
              leaseDurationSeconds: 15,
              acquireTime: '2026-01-01T00:00:00.000000Z',
              renewTime: '2026-01-01T00:00:00.500000Z',
              leaseTransitions: 0,
            },
          }),
        ),
      ],
    },
    {
      name: 'a budget',
      steps: [
        post(budgets, budget('b')),
        post(budgets, budget('c', { spec: { maxUnavailable: '50%', unhealthyPodEvictionPolicy: 'AlwaysAllow' } })),
      ],
    },
    { name: 'a namespace', steps: [post(namespaces, namespace()), get(`${namespaces}/{id}`)] },
    {
      name: 'a service gets an address and ports',
      steps: [post(services, service('s', { spec: { clusterIP: 'None', selector: { app: 'x' } } }))],
    },
    {
      name: 'an event',
      steps: [
        post(coreEvents, {
          apiVersion: 'v1',
          kind: 'Event',
          metadata: { name: 'e' },
          involvedObject: { kind: 'Pod', name: 'p', namespace: '{ns}' },
          reason: 'Started',
          message: 'm',
          type: 'Normal',
        }),
      ],
    },
    {
      name: 'a Machine has no defaults',
      steps: [
        post(
          machines,
          machine({ spec: { taints: [{ key: 'sku', value: 'gpu', effect: 'NoSchedule' }], kubelet: {} } }),
        ),
        post(machines, { apiVersion: 'karpenter.sh/v1alpha5', kind: 'Machine', metadata: { name: '{id}-empty' } }),
      ],
    },
    {
      name: 'defaults of a schema',
      steps: [
        post(widgets, widget()),
        post(
          widgets,
          widget({
            metadata: { name: 'v' },
            spec: { nested: { name: 'n' }, parts: [{ name: 'a' }, { name: 'b', weight: 1 }] },
          }),
        ),
      ],
    },
    {
      name: 'defaults do not replace null or what is set',
      steps: [
        post(widgets, widget({ spec: { colour: null, limit: 7, comment: null } })),
        put(`${widgets}/w`, edited(0, { spec: { nested: null } })),
      ],
    },
    {
      name: 'a generated name begins as asked',
      steps: [post(`${configMaps}?dryRun=All`, configMap('', { metadata: { name: 'fixed', generateName: 'gen-' } }))],
    },
    {
      name: 'what a creator may not set is set anew',
      steps: [
        post(
          machines,
          machine({
            metadata: {
              uid: 'mine',
              creationTimestamp: '2020-01-01T00:00:00Z',
              generation: 7,
              deletionTimestamp: '2020-01-01T00:00:00Z',
              deletionGracePeriodSeconds: 4,
              selfLink: '/x',
            },
          }),
        ),
        post(nodes, node({ metadata: { uid: 'mine', generation: 7, creationTimestamp: '2020-01-01T00:00:00Z' } })),
      ],
    },
    {
      name: 'a version at creation is refused',
      steps: [post(configMaps, configMap('c', { metadata: { resourceVersion: '1' } }))],
    },
    {
      name: 'status at creation is dropped',
      steps: [
        post(machines, { ...machine(), status: { nodeName: 'n' } }),
        post(pods, { ...pod('p'), status: { phase: 'Running' } }),
      ],
    },
  ],
};
