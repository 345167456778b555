import { type Area, post, strategic } from '../case.ts';
import { machine, machines, node, nodes, pod, pods, service, services } from '../objects.ts';

const condition = (type: string, status: string): object => ({ type, status, reason: 'Because', message: 'm' });
const owner = (step: number): object => ({
  apiVersion: 'karpenter.sh/v1alpha5',
  kind: 'Machine',
  name: `{${step}.metadata.name}`,
  uid: `{${step}.metadata.uid}`,
});
const taint = (key: string): object => ({ key, value: 'v', effect: 'NoSchedule' });

export const strategicPatches: Area = {
  area: 'strategic merge patches',
  cases: [
    {
      name: 'labels merge',
      steps: [
        post(nodes, node()),
        strategic(`${nodes}/{id}`, { metadata: { labels: { a: '1' } } }),
        strategic(`${nodes}/{id}`, { metadata: { labels: { a: null, b: '2' } } }),
      ],
    },
    {
      name: 'conditions merge by type',
      steps: [
        post(nodes, node()),
        strategic(`${nodes}/{id}/status`, {
          status: { conditions: [condition('Ready', 'False'), condition('DiskPressure', 'False')] },
        }),
        strategic(`${nodes}/{id}/status`, { status: { conditions: [condition('Ready', 'True')] } }),
      ],
    },
    {
      name: 'addresses merge by type',
      steps: [
        post(nodes, node()),
        strategic(`${nodes}/{id}/status`, { status: { addresses: [{ type: 'InternalIP', address: '10.0.0.1' }] } }),
        strategic(`${nodes}/{id}/status`, { status: { addresses: [{ type: 'Hostname', address: 'h' }] } }),
      ],
    },
    {
      name: 'capacity merges',
      steps: [
        post(nodes, node()),
        strategic(`${nodes}/{id}/status`, { status: { capacity: { cpu: '6', memory: '112Gi' } } }),
        strategic(`${nodes}/{id}/status`, {
          status: { capacity: { 'nvidia.com/gpu': '1' }, allocatable: { 'nvidia.com/gpu': '1' } },
        }),
      ],
    },
    {
      name: 'taints are replaced',
      steps: [
        post(nodes, node({ spec: { taints: [taint('a')] } })),
        strategic(`${nodes}/{id}`, { spec: { taints: [taint('b')] } }),
        strategic(`${nodes}/{id}`, { spec: { taints: null } }),
      ],
    },
    {
      name: 'owner references merge by uid',
      steps: [
        // Both exist: nothing is collected.
        post(machines, machine()),
        post(machines, machine({ metadata: { name: '{id}-2' } })),
        post(nodes, node({ metadata: { ownerReferences: [owner(0)] } })),
        strategic(`${nodes}/{id}`, { metadata: { ownerReferences: [owner(1)] } }),
        strategic(`${nodes}/{id}`, { metadata: { ownerReferences: [{ $patch: 'delete', uid: '{0.metadata.uid}' }] } }),
      ],
    },
    {
      name: 'finalizers merge and leave one by one',
      steps: [
        post(nodes, node({ metadata: { finalizers: ['parity.example/a'] } })),
        strategic(`${nodes}/{id}`, { metadata: { finalizers: ['parity.example/b'] } }),
        strategic(`${nodes}/{id}`, { metadata: { '$deleteFromPrimitiveList/finalizers': ['parity.example/a'] } }),
        strategic(`${nodes}/{id}`, { metadata: { finalizers: null } }),
      ],
    },
    {
      name: 'a container is added and changed',
      steps: [
        post(pods, pod('p')),
        strategic(`${pods}/p`, { spec: { containers: [{ name: 'main', image: 'registry.example/main:2' }] } }),
        strategic(`${pods}/p`, { metadata: { annotations: { a: 'b' } } }),
      ],
    },
    {
      name: 'tolerations are replaced',
      steps: [
        post(pods, pod('p', { spec: { tolerations: [{ key: 'a', operator: 'Exists' }] } })),
        strategic(`${pods}/p`, { spec: { tolerations: [{ key: 'b', operator: 'Exists' }] } }),
      ],
    },
    {
      name: 'conditions of a pod',
      steps: [
        post(pods, pod('p')),
        strategic(`${pods}/p/status`, {
          status: {
            phase: 'Running',
            conditions: [
              { type: 'Ready', status: 'True' },
              { type: 'PodScheduled', status: 'True' },
            ],
          },
        }),
        strategic(`${pods}/p/status`, {
          status: {
            conditions: [
              { type: 'Ready', status: 'False' },
              { $patch: 'delete', type: 'PodScheduled' },
            ],
          },
        }),
      ],
    },
    {
      name: 'the order that a list shall have',
      steps: [
        post(nodes, node()),
        strategic(`${nodes}/{id}/status`, { status: { conditions: [condition('A', 'True'), condition('B', 'True')] } }),
        strategic(`${nodes}/{id}/status`, {
          status: {
            '$setElementOrder/conditions': [{ type: 'C' }, { type: 'B' }, { type: 'A' }],
            conditions: [condition('C', 'True')],
          },
        }),
      ],
    },
    {
      name: 'a map is replaced',
      steps: [
        post(nodes, node()),
        strategic(`${nodes}/{id}`, { metadata: { labels: { $patch: 'replace', only: 'this' } } }),
        strategic(`${nodes}/{id}`, { metadata: { annotations: { $patch: 'delete' } } }),
      ],
    },
    {
      name: 'a list of maps is replaced',
      steps: [
        post(nodes, node()),
        strategic(`${nodes}/{id}/status`, { status: { conditions: [condition('A', 'True')] } }),
        strategic(`${nodes}/{id}/status`, { status: { conditions: [{ $patch: 'replace' }, condition('B', 'True')] } }),
      ],
    },
    {
      name: 'ports of a service merge by port',
      steps: [
        post(services, service('s', { spec: { ports: [{ name: 'a', port: 80 }], selector: { app: 'x' } } })),
        strategic(`${services}/s`, { spec: { ports: [{ name: 'b', port: 81 }] } }),
        strategic(`${services}/s`, { spec: { ports: [{ $patch: 'delete', port: 80 }], selector: null } }),
      ],
    },
    {
      name: 'an item of a list without its key is refused',
      steps: [
        post(nodes, node()),
        strategic(`${nodes}/{id}/status`, { status: { conditions: [condition('A', 'True')] } }),
        strategic(`${nodes}/{id}/status`, { status: { conditions: [{ status: 'True' }] } }),
      ],
    },
    {
      name: 'a node is cordoned',
      steps: [
        post(nodes, node()),
        strategic(`${nodes}/{id}`, { spec: { unschedulable: true } }),
        strategic(`${nodes}/{id}`, { spec: { unschedulable: null } }),
        strategic(`${nodes}/{id}`, {}),
      ],
    },
  ],
};
