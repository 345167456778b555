import { apply, type Area, del, get, merge, post } from '../case.ts';
import { configMap, configMaps, machine, machines, node, nodes, pods, widgets } from '../objects.ts';

const config = (data: object, metadata: object = {}): object => configMap('c', { data, metadata });
const mine = `${configMaps}/c?fieldManager=mine`;
const theirs = `${configMaps}/c?fieldManager=theirs`;
const w = (spec: object): object => ({
  apiVersion: 'parity.example/v1',
  kind: 'Widget',
  metadata: { name: 'w' },
  spec,
});
const n = (change: object): object => ({ apiVersion: 'v1', kind: 'Node', ...change });

export const serverSideApply: Area = {
  area: 'server-side apply',
  cases: [
    { name: 'creates what is not there', steps: [apply(mine, config({ a: '1' })), get(`${configMaps}/c`)] },
    {
      name: 'applied again changes nothing',
      steps: [apply(mine, config({ a: '1' })), apply(mine, config({ a: '1' }))],
    },
    {
      name: 'removes what is no longer applied',
      steps: [apply(mine, config({ a: '1', b: '2' })), apply(mine, config({ a: '1' })), apply(mine, configMap('c'))],
    },
    {
      name: 'leaves what others own',
      steps: [apply(mine, config({ a: '1' })), apply(theirs, config({ b: '2' })), apply(mine, configMap('c'))],
    },
    {
      name: 'two may own the same value',
      steps: [
        apply(mine, config({ a: '1' })),
        apply(theirs, config({ a: '1' })),
        apply(mine, configMap('c')),
        apply(theirs, configMap('c')),
      ],
    },
    {
      name: 'another value is a conflict',
      steps: [
        apply(mine, config({ a: '1', b: '1', c: '1' })),
        apply(theirs, config({ a: '2', b: '2' })),
        apply(`${theirs}&force=true`, config({ a: '2' })),
        apply(mine, config({ a: '1', b: '1' })),
      ],
    },
    {
      name: 'a conflict with one that only updated',
      steps: [
        apply(mine, config({ a: '1' })),
        merge(`${configMaps}/c`, { data: { a: '2' } }),
        apply(mine, config({ a: '1' })),
        apply(`${mine}&force=true`, config({ a: '1' })),
      ],
    },
    {
      name: 'needs a field manager, a kind and a fitting name',
      steps: [
        apply(`${configMaps}/c`, config({})),
        apply(mine, { data: {} }),
        apply(mine, configMap('d')),
        apply(`${configMaps}/c?fieldManager=mine&force=perhaps`, config({})),
      ],
    },
    {
      name: 'managed fields cannot be applied',
      steps: [
        apply(
          mine,
          config(
            {},
            {
              managedFields: [
                { manager: 'x', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} },
              ],
            },
          ),
        ),
      ],
    },
    {
      name: 'a Machine, its finalizers as a set',
      steps: [
        post(machines, machine({ metadata: { finalizers: ['parity.example/a'] } })),
        apply(`${machines}/{id}?fieldManager=mine`, {
          apiVersion: 'karpenter.sh/v1alpha5',
          kind: 'Machine',
          metadata: { finalizers: ['parity.example/b'] },
        }),
        apply(`${machines}/{id}?fieldManager=mine`, { apiVersion: 'karpenter.sh/v1alpha5', kind: 'Machine' }),
      ],
    },
    {
      name: 'status on its own',
      steps: [
        post(machines, machine()),
        apply(`${machines}/{id}/status?fieldManager=mine`, {
          apiVersion: 'karpenter.sh/v1alpha5',
          kind: 'Machine',
          status: { nodeName: 'n', conditions: [{ type: 'Ready', status: 'True' }] },
        }),
        apply(`${machines}/{id}/status?fieldManager=theirs`, {
          apiVersion: 'karpenter.sh/v1alpha5',
          kind: 'Machine',
          status: { nodeName: 'm' },
        }),
      ],
    },
    {
      name: 'lists with keys merge, sets merge, others are one value',
      steps: [
        apply(
          `${widgets}/w?fieldManager=mine`,
          w({ size: 1, parts: [{ name: 'a', weight: 1 }], tags: ['a'], steps: ['a'] }),
        ),
        apply(`${widgets}/w?fieldManager=theirs`, w({ parts: [{ name: 'b' }], tags: ['b'] })),
        apply(`${widgets}/w?fieldManager=theirs`, w({ steps: ['b'] })),
        apply(`${widgets}/w?fieldManager=mine`, w({ size: 1 })),
      ],
    },
    {
      name: 'a default is owned by nobody',
      steps: [
        apply(`${widgets}/w?fieldManager=mine`, w({ size: 1 })),
        apply(`${widgets}/w?fieldManager=theirs`, w({ colour: 'blue' })),
      ],
    },
    {
      name: 'a removed field with a default gets it again',
      steps: [
        apply(`${widgets}/w?fieldManager=mine`, w({ size: 1, colour: 'blue' })),
        apply(`${widgets}/w?fieldManager=mine`, w({ size: 1 })),
      ],
    },
    {
      name: 'labels and taints of a node',
      steps: [
        post(nodes, node()),
        apply(
          `${nodes}/{id}?fieldManager=mine`,
          n({ metadata: { labels: { a: '1' } }, spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } }),
        ),
        apply(
          `${nodes}/{id}?fieldManager=mine`,
          n({ metadata: { labels: { b: '1' } }, spec: { taints: [{ key: 'b', effect: 'NoSchedule' }] } }),
        ),
      ],
    },
    {
      name: 'containers by name',
      steps: [
        apply(`${pods}/p?fieldManager=mine`, {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'p' },
          spec: {
            containers: [
              { name: 'main', image: 'i:1', ports: [{ containerPort: 80 }], env: [{ name: 'A', value: '1' }] },
            ],
          },
        }),
        apply(`${pods}/p?fieldManager=theirs`, {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'p' },
          spec: { containers: [{ name: 'main', image: 'i:2' }] },
        }),
      ],
    },
    {
      name: 'an unknown field is refused when asked to be strict',
      steps: [
        apply(`${mine}&fieldValidation=Strict`, { ...configMap('c'), nothing: 1 }),
        apply(`${mine}&fieldValidation=Ignore`, { ...configMap('c'), nothing: 1 }),
        apply(`${machines}/{id}?fieldManager=mine&fieldValidation=Strict`, machine({ spec: { nothing: 1 } })),
      ],
    },
    {
      name: 'with a stale version it is a conflict',
      steps: [
        apply(mine, config({ a: '1' })),
        merge(`${configMaps}/c`, { data: { b: '2' } }),
        apply(mine, config({ a: '1' }, { resourceVersion: '{0.metadata.resourceVersion}' })),
        del(`${configMaps}/c`),
      ],
    },
    {
      name: 'YAML is understood',
      steps: [
        {
          kind: 'request',
          method: 'PATCH',
          path: mine,
          contentType: 'application/apply-patch+yaml',
          text: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  a: "yes"\n',
        },
        { kind: 'request', method: 'PATCH', path: mine, contentType: 'application/apply-patch+yaml', text: 'a: [' },
      ],
    },
  ],
};
