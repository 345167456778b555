import { apply, type Area, json, merge, post, put, strategic, edited } from '../case.ts';
import { configMap, configMaps, machine, machines, node, nodes, pod, pods, widget, widgets } from '../objects.ts';

export const ownership: Area = {
  area: 'managed fields of those who do not apply',
  cases: [
    {
      name: 'creation',
      steps: [post(machines, machine()), post(nodes, node()), post(pods, pod('p')), post(widgets, widget())],
    },
    {
      name: 'two managers',
      steps: [
        post(`${configMaps}?fieldManager=a`, configMap('c', { data: { a: '1' } })),
        merge(`${configMaps}/c?fieldManager=b`, { data: { b: '2' } }),
      ],
    },
    {
      name: 'a changed field changes its owner',
      steps: [
        post(`${configMaps}?fieldManager=a`, configMap('c', { data: { a: '1', b: '1' } })),
        merge(`${configMaps}/c?fieldManager=b`, { data: { a: '2' } }),
        merge(`${configMaps}/c?fieldManager=b`, { data: { b: null } }),
      ],
    },
    {
      name: 'a manager without fields goes',
      steps: [
        post(`${configMaps}?fieldManager=a`, configMap('c', { data: { a: '1' } })),
        put(`${configMaps}/c?fieldManager=b`, edited(0, { data: { a: '2' } })),
        merge(`${configMaps}/c?fieldManager=b`, { data: null }),
      ],
    },
    {
      name: 'status is noted apart',
      steps: [
        post(machines, machine()),
        merge(`${machines}/{id}/status`, { status: { nodeName: 'n' } }),
        strategic(`${nodes}/nowhere/status`, {}),
      ],
    },
    {
      name: 'conditions of a node by type',
      steps: [
        post(nodes, node()),
        strategic(`${nodes}/{id}/status`, { status: { conditions: [{ type: 'Ready', status: 'True' }] } }),
      ],
    },
    {
      name: 'finalizers and owners',
      steps: [
        post(nodes, node()),
        merge(`${nodes}/{id}`, {
          metadata: {
            finalizers: ['parity.example/a'],
            ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'x', uid: '{0.metadata.uid}' }],
          },
        }),
      ],
    },
    {
      name: 'managed fields can be cleared',
      steps: [
        post(configMaps, configMap('c', { data: { a: '1' } })),
        merge(`${configMaps}/c`, { metadata: { managedFields: [{}] } }),
        merge(`${configMaps}/c`, { data: { b: '2' } }),
      ],
    },
    {
      name: 'the same value again leaves the owner',
      steps: [
        post(`${configMaps}?fieldManager=a`, configMap('c', { data: { a: '1' } })),
        merge(`${configMaps}/c?fieldManager=b`, { data: { a: '1' } }),
        json(`${configMaps}/c?fieldManager=b`, [{ op: 'replace', path: '/data/a', value: '1' }]),
      ],
    },
    {
      name: 'one manager that applies and updates is two',
      steps: [
        apply(`${configMaps}/c?fieldManager=a`, configMap('c', { data: { a: '1' } })),
        merge(`${configMaps}/c?fieldManager=a`, { data: { b: '2' } }),
      ],
    },
    {
      name: 'a name that is too long',
      steps: [post(`${configMaps}?fieldManager=${'a'.repeat(129)}`, configMap('c'))],
    },
  ],
};
