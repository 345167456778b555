import { type Area, get, merge, post } from '../case.ts';
import { configMap, configMaps, machine, machines, node, nodes, pod, pods, widget, widgets } from '../objects.ts';

const condition = (type: string, status: string): object => ({
  type,
  status,
  lastTransitionTime: '2026-01-01T00:00:00Z',
});

export const mergePatches: Area = {
  area: 'merge patches',
  cases: [
    {
      name: 'a label is added, changed and removed',
      steps: [
        post(machines, machine()),
        merge(`${machines}/{id}`, { metadata: { labels: { a: '1', b: '2' } } }),
        merge(`${machines}/{id}`, { metadata: { labels: { a: '3', b: null } } }),
        merge(`${machines}/{id}`, { metadata: { labels: null } }),
      ],
    },
    {
      name: 'an empty patch changes nothing',
      steps: [post(machines, machine()), merge(`${machines}/{id}`, {}), get(`${machines}/{id}`)],
    },
    {
      name: 'a patch that says what is there changes nothing',
      steps: [
        post(machines, machine({ metadata: { labels: { a: '1' } } })),
        merge(`${machines}/{id}`, { metadata: { labels: { a: '1' } } }),
      ],
    },
    {
      name: 'null removes what is not there',
      steps: [
        post(configMaps, configMap('c', { data: { a: '1' } })),
        merge(`${configMaps}/c`, { data: { b: null }, immutable: null }),
        merge(`${configMaps}/c`, { data: { a: null } }),
      ],
    },
    {
      name: 'lists are replaced',
      steps: [
        post(machines, machine()),
        merge(`${machines}/{id}`, { spec: { requirements: [{ key: 'a', operator: 'Exists' }] } }),
        merge(`${machines}/{id}`, { spec: { requirements: [] } }),
      ],
    },
    {
      name: 'finalizers come and go',
      steps: [
        post(machines, machine()),
        merge(`${machines}/{id}`, { metadata: { finalizers: ['parity.example/a'] } }),
        merge(`${machines}/{id}`, { metadata: { finalizers: ['parity.example/a', 'parity.example/b'] } }),
        merge(`${machines}/{id}`, { metadata: { finalizers: null } }),
      ],
    },
    {
      name: 'status is left alone by the main resource',
      steps: [
        post(machines, machine()),
        merge(`${machines}/{id}`, { status: { nodeName: 'n' } }),
        get(`${machines}/{id}`),
      ],
    },
    {
      name: 'only status is changed by the status subresource',
      steps: [
        post(machines, machine()),
        merge(`${machines}/{id}/status`, {
          metadata: { labels: { a: '1' } },
          spec: { requirements: [] },
          status: { nodeName: 'n', conditions: [condition('Ready', 'True')] },
        }),
        get(`${machines}/{id}/status`),
      ],
    },
    {
      name: 'conditions are replaced as a whole',
      steps: [
        post(machines, machine()),
        merge(`${machines}/{id}/status`, {
          status: { conditions: [condition('Ready', 'False'), condition('MachineLaunched', 'True')] },
        }),
        merge(`${machines}/{id}/status`, { status: { conditions: [condition('Ready', 'True')] } }),
      ],
    },
    {
      name: 'an unknown field is dropped',
      steps: [
        post(machines, machine()),
        merge(`${machines}/{id}`, { spec: { nothing: 1 } }),
        merge(`${machines}/{id}?fieldValidation=Warn`, { spec: { nothing: 1 } }),
        merge(`${machines}/{id}?fieldValidation=Strict`, { spec: { nothing: 1 } }),
      ],
    },
    {
      name: 'a patch that breaks the schema is refused',
      steps: [
        post(machines, machine()),
        merge(`${machines}/{id}`, { spec: { machineTemplateRef: { name: null } } }),
        merge(`${machines}/{id}`, { spec: { requirements: {} } }),
      ],
    },
    {
      name: 'a list or a word is no patch',
      steps: [
        post(machines, machine()),
        merge(`${machines}/{id}`, []),
        merge(`${machines}/{id}`, 'x'),
        post(configMaps, configMap('c')),
        merge(`${configMaps}/c`, []),
      ],
    },
    {
      name: 'lists of a built-in kind are replaced, too',
      steps: [
        post(pods, pod('p', { spec: { tolerations: [{ key: 'a', operator: 'Exists' }] } })),
        merge(`${pods}/p/status`, { status: { conditions: [condition('Ready', 'True')] } }),
        merge(`${pods}/p/status`, { status: { conditions: [condition('PodScheduled', 'True')] } }),
      ],
    },
    {
      name: 'a node is cordoned and let go',
      steps: [
        post(nodes, node()),
        merge(`${nodes}/{id}`, { spec: { unschedulable: true } }),
        merge(`${nodes}/{id}`, { spec: { unschedulable: null } }),
      ],
    },
    {
      name: 'defaults come back where a patch removes them',
      steps: [
        post(widgets, widget()),
        merge(`${widgets}/w`, { spec: { colour: null, nested: null } }),
        merge(`${widgets}/w`, { spec: { nested: { depth: null, name: 'n' } } }),
      ],
    },
  ],
};
