import { type Area, apply, edited, merge, post, put } from '../case.ts';
import { configMap, configMaps, machine, machines, node, nodes, pod, pods, widget, widgets } from '../objects.ts';

const unknown = {
  spec: { nothing: 1, kubelet: { nothing: 2 }, requirements: [{ key: 'a', operator: 'In', nothing: 3 }] },
  nothing: 4,
};
const doubled =
  '{"apiVersion":"karpenter.sh/v1alpha5","kind":"Machine","metadata":{"name":"{id}"},"spec":{"resources":{},"resources":{}}}';

export const pruning: Area = {
  area: 'pruning and field validation',
  cases: [
    {
      name: 'unknown fields of a Machine are dropped, with warnings by default',
      steps: [post(machines, machine(unknown))],
    },
    {
      name: 'unknown fields of a Machine are dropped in silence',
      steps: [post(`${machines}?fieldValidation=Ignore`, machine(unknown))],
    },
    {
      name: 'unknown fields of a Machine are refused',
      steps: [post(`${machines}?fieldValidation=Strict`, machine(unknown))],
    },
    {
      name: 'unknown fields of the status are dropped',
      steps: [
        post(machines, machine()),
        merge(`${machines}/{id}/status`, {
          status: { nodeName: 'n', nothing: 1, conditions: [{ type: 'Ready', status: 'True', nothing: 2 }] },
        }),
      ],
    },
    {
      name: 'an update with unknown fields',
      steps: [
        post(machines, machine()),
        put(`${machines}/{id}`, edited(0, { spec: { nothing: 1 } })),
        put(`${machines}/{id}?fieldValidation=Strict`, edited(1, { spec: { nothing: 1 } })),
      ],
    },
    {
      name: 'fields that are kept whatever they are',
      steps: [post(widgets, widget({ spec: { free: { any: { thing: [1, 'a', null] } }, labels: { a: 'b' } } }))],
    },
    {
      name: 'unknown fields below lists and defaults',
      steps: [post(widgets, widget({ spec: { nested: { odd: 1 }, parts: [{ name: 'a', odd: 2 }] } }))],
    },
    {
      name: 'unknown fields of metadata',
      steps: [
        post(machines, machine({ metadata: { nothing: 1 } })),
        post(`${machines}?fieldValidation=Strict`, machine({ metadata: { name: '{id}-2', nothing: 1 } })),
      ],
    },
    {
      name: 'unknown fields of a pod are dropped',
      steps: [post(`${pods}?fieldValidation=Ignore`, pod('p', { spec: { nothing: 1 } }))],
    },
    {
      name: 'unknown fields of built-in kinds are warned of',
      steps: [
        post(pods, pod('p', { spec: { nothing: 1 } })),
        post(`${nodes}?fieldValidation=Warn`, node({ spec: { nothing: 1 } })),
      ],
    },
    {
      name: 'unknown fields of built-in kinds are refused',
      steps: [
        post(
          `${pods}?fieldValidation=Strict`,
          pod('p', { spec: { nothing: 1, containers: [{ name: 'main', image: 'i', nothing: 2 }] } }),
        ),
        post(`${nodes}?fieldValidation=Strict`, node({ spec: { nothing: 1 } })),
        post(`${configMaps}?fieldValidation=Strict`, configMap('c', { nothing: 1 })),
      ],
    },
    {
      name: 'fields that are given twice',
      steps: [
        { ...post(machines, undefined), text: doubled },
        { ...post(`${machines}?fieldValidation=Strict`, undefined), text: doubled },
      ],
    },
    { name: 'an unknown way of validation', steps: [post(`${machines}?fieldValidation=Perhaps`, machine())] },
    {
      name: 'a field of a wrong type in a built-in kind',
      steps: [
        post(nodes, node({ spec: { unschedulable: 'yes' } })),
        post(pods, pod('p', { spec: { containers: {} } })),
        post(configMaps, configMap('c', { data: { a: 1 } })),
      ],
    },
    {
      name: 'dry run stores nothing',
      steps: [
        post(`${machines}?dryRun=All`, machine()),
        apply(`${machines}/{id}?fieldManager=mine&dryRun=All`, machine()),
        post(`${machines}?dryRun=Some`, machine()),
        post(machines, machine()),
        merge(`${machines}/{id}?dryRun=All`, { metadata: { labels: { a: '1' } } }),
      ],
    },
  ],
};
