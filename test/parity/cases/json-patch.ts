import { type Area, json, post } from '../case.ts';
import { configMap, configMaps, machine, machines, node, nodes } from '../objects.ts';

const labels = { metadata: { labels: { a: '1', 'x.example/y': '2' } } };

export const jsonPatches: Area = {
  area: 'JSON patches',
  cases: [
    {
      name: 'add',
      steps: [
        post(machines, machine(labels)),
        json(`${machines}/{id}`, [{ op: 'add', path: '/metadata/labels/b', value: '3' }]),
        json(`${machines}/{id}`, [
          { op: 'add', path: '/spec/requirements/-', value: { key: 'a', operator: 'Exists' } },
        ]),
        json(`${machines}/{id}`, [
          { op: 'add', path: '/spec/requirements/0', value: { key: 'b', operator: 'Exists' } },
        ]),
      ],
    },
    {
      name: 'add below something that is not there',
      steps: [
        post(machines, machine()),
        json(`${machines}/{id}`, [{ op: 'add', path: '/metadata/labels/b', value: '3' }]),
      ],
    },
    {
      name: 'add to a place outside of a list',
      steps: [
        post(machines, machine()),
        json(`${machines}/{id}`, [
          { op: 'add', path: '/spec/requirements/9', value: { key: 'a', operator: 'Exists' } },
        ]),
      ],
    },
    {
      name: 'remove',
      steps: [
        post(machines, machine(labels)),
        json(`${machines}/{id}`, [{ op: 'remove', path: '/metadata/labels/a' }]),
        json(`${machines}/{id}`, [{ op: 'remove', path: '/metadata/labels/x.example~1y' }]),
        json(`${machines}/{id}`, [{ op: 'remove', path: '/spec/requirements/0' }]),
      ],
    },
    {
      name: 'remove what is not there',
      steps: [
        post(machines, machine(labels)),
        json(`${machines}/{id}`, [{ op: 'remove', path: '/metadata/labels/c' }]),
        json(`${machines}/{id}`, [{ op: 'remove', path: '/spec/requirements/7' }]),
      ],
    },
    {
      name: 'replace',
      steps: [
        post(machines, machine(labels)),
        json(`${machines}/{id}`, [{ op: 'replace', path: '/metadata/labels/a', value: '9' }]),
        json(`${machines}/{id}`, [{ op: 'replace', path: '/metadata/labels/c', value: '9' }]),
      ],
    },
    {
      name: 'test',
      steps: [
        post(machines, machine(labels)),
        json(`${machines}/{id}`, [
          { op: 'test', path: '/metadata/labels/a', value: '1' },
          { op: 'replace', path: '/metadata/labels/a', value: '2' },
        ]),
        json(`${machines}/{id}`, [
          { op: 'test', path: '/metadata/labels/a', value: '1' },
          { op: 'replace', path: '/metadata/labels/a', value: '3' },
        ]),
      ],
    },
    {
      name: 'a lock that conflicts, where a test would be invalid',
      steps: [
        post(machines, machine(labels)),
        json(`${machines}/{id}`, [
          { op: 'add', path: '/metadata/resourceVersion', value: '{0.metadata.resourceVersion}' },
          { op: 'add', path: '/metadata/labels/b', value: '3' },
        ]),
        json(`${machines}/{id}`, [
          { op: 'add', path: '/metadata/resourceVersion', value: '{0.metadata.resourceVersion}' },
          { op: 'add', path: '/metadata/labels/c', value: '4' },
        ]),
      ],
    },
    {
      name: 'test for the version that was read',
      steps: [
        post(machines, machine()),
        json(`${machines}/{id}`, [
          { op: 'test', path: '/metadata/resourceVersion', value: '{0.metadata.resourceVersion}' },
          { op: 'add', path: '/metadata/finalizers', value: ['parity.example/a'] },
        ]),
        json(`${machines}/{id}`, [
          { op: 'test', path: '/metadata/resourceVersion', value: '{0.metadata.resourceVersion}' },
          { op: 'remove', path: '/metadata/finalizers' },
        ]),
      ],
    },
    {
      name: 'move and copy',
      steps: [
        post(machines, machine(labels)),
        json(`${machines}/{id}`, [
          { op: 'move', from: '/metadata/labels/a', path: '/metadata/labels/c' },
          { op: 'copy', from: '/metadata/labels/c', path: '/metadata/labels/d' },
        ]),
        json(`${machines}/{id}`, [{ op: 'move', from: '/metadata/labels/none', path: '/metadata/labels/e' }]),
      ],
    },
    {
      name: 'one failing operation undoes all',
      steps: [
        post(machines, machine(labels)),
        json(`${machines}/{id}`, [
          { op: 'replace', path: '/metadata/labels/a', value: '9' },
          { op: 'remove', path: '/metadata/labels/none' },
        ]),
        json(`${machines}/{id}`, []),
      ],
    },
    {
      name: 'unknown operations and paths',
      steps: [
        post(machines, machine()),
        json(`${machines}/{id}`, [{ op: 'shake', path: '/metadata' }]),
        json(`${machines}/{id}`, [{ op: 'add', path: 'metadata', value: 1 }]),
        json(`${machines}/{id}`, [{ path: '/metadata/labels' }]),
      ],
    },
    {
      name: 'status',
      steps: [
        post(machines, machine()),
        json(`${machines}/{id}/status`, [{ op: 'add', path: '/status', value: { nodeName: 'n' } }]),
        json(`${machines}/{id}/status`, [{ op: 'replace', path: '/status/nodeName', value: 'm' }]),
      ],
    },
    {
      name: 'a built-in kind',
      steps: [
        post(nodes, node()),
        json(`${nodes}/{id}`, [{ op: 'add', path: '/spec/unschedulable', value: true }]),
        json(`${nodes}/{id}`, [{ op: 'add', path: '/spec/taints', value: [{ key: 'a', effect: 'NoExecute' }] }]),
      ],
    },
    {
      name: 'data of a ConfigMap',
      steps: [
        post(configMaps, configMap('c', { data: { a: '1' } })),
        json(`${configMaps}/c`, [
          { op: 'replace', path: '/data/a', value: '2' },
          { op: 'add', path: '/data/b', value: '' },
        ]),
        json(`${configMaps}/c`, [{ op: 'add', path: '/data/c', value: 3 }]),
      ],
    },
  ],
};
