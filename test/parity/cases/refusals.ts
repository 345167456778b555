import { type Area, edited, merge, post, put, strategic } from '../case.ts';
import {
  budget,
  budgets,
  configMap,
  configMaps,
  deployment,
  deployments,
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

const main = { name: 'main', image: 'registry.example/main:1' };
const owner = { apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'u' };

export const refusals: Area = {
  area: 'reasons and causes of refusals',
  cases: [
    {
      name: 'an impossible name',
      steps: [
        post(machines, machine({ metadata: { name: 'No_Good' } })),
        post(nodes, node({ metadata: { name: '-a' } })),
        post(namespaces, namespace({ metadata: { name: 'a.b' } })),
        post(configMaps, configMap('A')),
      ],
    },
    { name: 'no name at all', steps: [post(machines, machine({ metadata: { name: '' } })), post(pods, pod(''))] },
    {
      name: 'labels and annotations that no object may have',
      steps: [
        post(machines, machine({ metadata: { labels: { 'a b': 'c' } } })),
        post(machines, machine({ metadata: { labels: { a: 'not a value' } } })),
        post(nodes, node({ metadata: { labels: { 'a/b/c': 'd' } } })),
        post(nodes, node({ metadata: { annotations: { 'a b': 'c' } } })),
      ],
    },
    { name: 'labels that are no strings', steps: [post(machines, machine({ metadata: { labels: { a: 1 } } }))] },
    {
      name: 'a finalizer that is no qualified name',
      steps: [
        post(machines, machine({ metadata: { finalizers: ['bad'] } })),
        post(configMaps, configMap('a', { metadata: { finalizers: ['a b/c'] } })),
      ],
    },
    {
      name: 'an address of a pod that is none',
      steps: [
        post(pods, pod('p')),
        merge(`${pods}/p/status`, { status: { podIP: '10.244.259.1', podIPs: [{ ip: '10.244.259.1' }] } }),
        merge(`${pods}/p/status`, { status: { podIP: '10.244.9.1', podIPs: [{ ip: '10.244.9.1' }] } }),
      ],
    },
    {
      name: 'a template that no pod can come from',
      steps: [
        post(deployments, deployment('d', { containers: [] })),
        post(deployments, deployment('d', { containers: [{ name: 'main' }] })),
        post(deployments, deployment('d', { containers: [main], initContainers: [main] })),
      ],
    },
    {
      name: 'incomplete owner references',
      steps: [
        post(machines, machine({ metadata: { ownerReferences: [{ ...owner, uid: '' }] } })),
        post(configMaps, configMap('a', { metadata: { ownerReferences: [{ ...owner, name: '' }] } })),
        post(
          configMaps,
          configMap('a', {
            metadata: {
              ownerReferences: [
                { ...owner, controller: true },
                { ...owner, uid: 'v', controller: true },
              ],
            },
          }),
        ),
      ],
    },
    {
      name: 'fields of a Machine that its schema forbids',
      steps: [
        post(machines, machine({ spec: { requirements: [{ key: 'a' }] } })),
        post(machines, machine({ spec: { machineTemplateRef: {} } })),
        post(machines, machine({ spec: { resources: { requests: { storage: 'lots' } } } })),
        post(machines, machine({ spec: { kubelet: { maxPods: -1, imageGCHighThresholdPercent: 200 } } })),
        post(machines, machine({ spec: { requirements: 'all' } })),
      ],
    },
    {
      name: 'numbers and lengths out of bounds',
      steps: [
        post(widgets, widget({ spec: { size: 0 } })),
        post(widgets, widget({ spec: { size: 101, limit: 200 } })),
        post(widgets, widget({ spec: { ratio: 0 } })),
        post(widgets, widget({ spec: { step: 0.3 } })),
        post(widgets, widget({ spec: { code: 'x' } })),
        post(widgets, widget({ spec: { code: 'abcdef' } })),
        post(widgets, widget({ spec: { code: 'AB' } })),
        post(widgets, widget({ spec: { steps: [] } })),
        post(widgets, widget({ spec: { labels: { a: '1', b: '2', c: '3', d: '4' } } })),
      ],
    },
    {
      name: 'values that are not in the list, of a wrong type or missing',
      steps: [
        post(widgets, widget({ spec: { colour: 'pink' } })),
        post(widgets, widget({ spec: { size: 'three' } })),
        post(widgets, widget({ spec: { size: 1.5 } })),
        post(widgets, widget({ spec: { size: null } })),
        post(widgets, widget({ spec: { port: 1.5 } })),
        post(widgets, widget({ spec: { when: 'today' } })),
        post(widgets, widget({ spec: { parts: [{ weight: 1 }] } })),
        post(widgets, { apiVersion: 'parity.example/v1', kind: 'Widget', metadata: { name: 'w' }, spec: {} }),
      ],
    },
    {
      name: 'rules in CEL',
      steps: [
        post(widgets, widget({ spec: { size: 11 } })),
        post(widgets, widget({ spec: { first: 'a', second: 'b' } })),
        post(widgets, widget({ spec: { serial: '1' } })),
        merge(`${widgets}/w`, { spec: { serial: '2' } }),
        merge(`${widgets}/w`, { spec: { serial: '1', size: 4 } }),
      ],
    },
    {
      name: 'doubled list entries',
      steps: [
        post(widgets, widget({ spec: { parts: [{ name: 'a' }, { name: 'a' }] } })),
        post(widgets, widget({ spec: { tags: ['a', 'b', 'a'] } })),
      ],
    },
    {
      name: 'several causes at once',
      steps: [
        post(widgets, widget({ spec: { size: 0, colour: 'pink', code: 'AB' } })),
        post(machines, machine({ metadata: { labels: { 'a b': 'c d' } }, spec: { requirements: [{}] } })),
      ],
    },
    {
      name: 'fields that may not change',
      steps: [
        post(machines, machine()),
        merge(`${machines}/{id}`, { metadata: { name: 'another' } }),
        merge(`${machines}/{id}`, { metadata: { uid: 'another' } }),
        put(`${machines}/{id}`, edited(0, { metadata: { uid: 'another' } })),
        merge(`${machines}/{id}`, { metadata: { namespace: 'default' } }),
      ],
    },
    {
      name: 'fields of a pod that may not change',
      steps: [
        post(pods, pod('p')),
        strategic(`${pods}/p`, { spec: { nodeName: 'elsewhere' } }),
        strategic(`${pods}/p`, { spec: { containers: [{ name: 'main', command: ['sh'] }] } }),
        strategic(`${pods}/p`, { spec: { containers: [{ name: 'main', image: 'registry.example/main:2' }] } }),
      ],
    },
    {
      name: 'pods without what they need',
      steps: [
        post(pods, pod('p', { spec: { containers: [] } })),
        post(pods, pod('p', { spec: { containers: [{ name: 'main' }] } })),
        post(pods, pod('p', { spec: { containers: [{ name: 'A', image: 'i' }] } })),
        post(pods, pod('p', { spec: { restartPolicy: 'Sometimes' } })),
      ],
    },
    {
      name: 'taints of a node',
      steps: [
        post(nodes, node({ spec: { taints: [{ key: 'a', effect: 'Never' }] } })),
        post(nodes, node({ spec: { taints: [{ key: '', effect: 'NoSchedule' }] } })),
        post(
          nodes,
          node({
            spec: {
              taints: [
                { key: 'a', effect: 'NoSchedule' },
                { key: 'a', value: 'b', effect: 'NoSchedule' },
              ],
            },
          }),
        ),
        post(nodes, node({ spec: { taints: [{ key: 'a', value: 'not good', effect: 'NoSchedule' }] } })),
      ],
    },
    {
      name: 'a provider id cannot be changed',
      steps: [
        post(nodes, node({ spec: { providerID: 'azure:///1' } })),
        merge(`${nodes}/{id}`, { spec: { providerID: 'azure:///2' } }),
      ],
    },
    {
      name: 'leases',
      steps: [
        post(leases, lease('l', { spec: { leaseDurationSeconds: 0 } })),
        post(leases, lease('l', { spec: { leaseTransitions: -1 } })),
        post(leases, lease('l', { spec: { renewTime: 'now' } })),
        post(leases, lease('l', { spec: { renewTime: '2026-01-01T00:00:00Z' } })),
        post(leases, lease('l', { spec: { holderIdentity: '' } })),
      ],
    },
    {
      name: 'budgets',
      steps: [
        post(budgets, budget('b', { spec: { minAvailable: 1, maxUnavailable: 1 } })),
        post(budgets, budget('b', { spec: { minAvailable: -1 } })),
        post(budgets, budget('b', { spec: { minAvailable: '200%' } })),
        post(budgets, budget('b', { spec: { minAvailable: 'some' } })),
        post(budgets, budget('b', { spec: { selector: { matchLabels: { 'a b': 'c' } } } })),
      ],
    },
    {
      name: 'services',
      steps: [
        post(services, service('s', { spec: { ports: [] } })),
        post(services, service('s', { spec: { ports: [{ port: 0 }] } })),
        post(services, service('s', { spec: { type: 'Nothing' } })),
        post(services, service('1s')),
      ],
    },
  ],
};
