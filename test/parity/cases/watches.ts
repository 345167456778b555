import { type Area, del, get, merge, post, put, edited, watch } from '../case.ts';
import { configMap, configMaps, machine, machines, node, nodes, pod, pods } from '../objects.ts';

const from0 = 'watch=true&timeoutSeconds=20&resourceVersion={0.metadata.resourceVersion}';
const mine = 'labelSelector=case%3D{id}';
const labelled = { metadata: { labels: { case: '{id}' } } };
const label = (value: object): object => ({ metadata: { labels: value } });
const tableAccept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

export const watches: Area = {
  area: 'watches',
  cases: [
    {
      name: 'changes after a list, in their order',
      steps: [
        get(configMaps),
        post(configMaps, configMap('a')),
        merge(`${configMaps}/a`, { data: { x: '1' } }),
        post(configMaps, configMap('b')),
        del(`${configMaps}/a`),
        watch(`${configMaps}?${from0}`, { events: 4 }),
      ],
    },
    {
      name: 'changes while it is open',
      steps: [
        get(configMaps),
        watch(`${configMaps}?${from0}`, {
          during: [
            post(configMaps, configMap('a')),
            merge(`${configMaps}/a`, { data: { x: '1' } }),
            del(`${configMaps}/a`),
          ],
          events: 3,
        }),
      ],
    },
    {
      name: 'without a version it begins with what is there',
      steps: [
        post(machines, machine(labelled)),
        watch(`${machines}?watch=true&timeoutSeconds=20&${mine}`, {
          during: [merge(`${machines}/{id}`, label({ x: '1' }))],
          events: 2,
        }),
        watch(`${machines}?watch=true&timeoutSeconds=20&resourceVersion=0&${mine}`, { events: 1 }),
      ],
    },
    {
      name: 'an object comes and goes as a selector sees it',
      steps: [
        post(machines, machine(labelled)),
        watch(`${machines}?${from0}&${mine},hot`, {
          during: [
            merge(`${machines}/{id}`, label({ hot: 'yes' })),
            merge(`${machines}/{id}`, label({ b: '1' })),
            merge(`${machines}/{id}`, label({ hot: null })),
            merge(`${machines}/{id}`, label({ hot: 'again' })),
            del(`${machines}/{id}`),
          ],
          events: 5,
        }),
      ],
    },
    {
      name: 'an object comes and goes as a field selector sees it',
      steps: [
        post(pods, pod('p')),
        watch(`${pods}?${from0}&fieldSelector=status.phase%3DRunning`, {
          during: [
            merge(`${pods}/p/status`, { status: { phase: 'Running' } }),
            merge(`${pods}/p`, label({ a: '1' })),
            merge(`${pods}/p/status`, { status: { phase: 'Succeeded' } }),
          ],
          events: 3,
        }),
      ],
    },
    {
      name: 'a change of status and of spec are two',
      steps: [
        post(machines, machine(labelled)),
        watch(`${machines}?${from0}&${mine}`, {
          during: [
            merge(`${machines}/{id}/status`, { status: { nodeName: 'n' } }),
            merge(`${machines}/{id}`, { spec: { resources: null } }),
          ],
          events: 2,
        }),
      ],
    },
    {
      name: 'a patch that changes nothing is no event',
      steps: [
        post(machines, machine(labelled)),
        watch(`${machines}?${from0}&${mine}`, {
          during: [
            merge(`${machines}/{id}`, label({ case: '{id}' })),
            put(`${machines}/{id}`, edited(0, {})),
            merge(`${machines}/{id}`, label({ end: '1' })),
          ],
          events: 1,
        }),
      ],
    },
    {
      name: 'deletion with a finalizer is a change, then an end',
      steps: [
        post(machines, machine({ metadata: { labels: { case: '{id}' }, finalizers: ['parity.example/a'] } })),
        watch(`${machines}?${from0}&${mine}`, {
          during: [del(`${machines}/{id}`), merge(`${machines}/{id}`, { metadata: { finalizers: null } })],
          events: 2,
        }),
      ],
    },
    {
      name: 'one object by name',
      steps: [
        get(`${nodes}?fieldSelector=metadata.name%3D{id}`),
        watch(`${nodes}?${from0}&fieldSelector=metadata.name%3D{id}`, {
          during: [post(nodes, node({ metadata: { name: '{id}-other' } })), post(nodes, node()), del(`${nodes}/{id}`)],
          events: 2,
        }),
      ],
    },
    {
      name: 'the old form of its path',
      steps: [
        post(machines, machine(labelled)),
        watch(
          `/apis/karpenter.sh/v1alpha5/watch/machines?timeoutSeconds=20&resourceVersion={0.metadata.resourceVersion}&${mine}`,
          { during: [merge(`${machines}/{id}`, label({ a: '1' }))], events: 1 },
        ),
      ],
    },
    {
      name: 'a list that streams, to its end',
      steps: [
        post(machines, machine(labelled)),
        post(machines, machine({ metadata: { name: '{id}-2', labels: { case: '{id}' } } })),
        watch(
          `${machines}?watch=true&timeoutSeconds=20&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&${mine}`,
          { events: 3 },
        ),
      ],
    },
    {
      name: 'a streaming list needs its options',
      steps: [
        get(`${machines}?watch=true&timeoutSeconds=1&sendInitialEvents=true`),
        get(`${machines}?watch=true&timeoutSeconds=1&sendInitialEvents=true&resourceVersionMatch=Exact`),
        get(`${machines}?sendInitialEvents=true`),
        get(`${machines}?watch=true&timeoutSeconds=1&resourceVersionMatch=NotOlderThan`),
      ],
    },
    {
      name: 'a version from the past is expired',
      steps: [watch(`${machines}?watch=true&timeoutSeconds=20&resourceVersion=1`, { events: 1 })],
    },
    {
      name: 'a version that is no number',
      steps: [
        get(`${nodes}?watch=true&timeoutSeconds=1&resourceVersion=x`),
        get(`${machines}?watch=true&timeoutSeconds=1&resourceVersion=x`),
      ],
    },
    {
      name: 'a table',
      steps: [
        post(machines, machine(labelled)),
        {
          ...watch(`${machines}?${from0}&${mine}`, {
            during: [merge(`${machines}/{id}`, label({ a: '1' })), merge(`${machines}/{id}`, label({ a: '2' }))],
            events: 2,
          }),
          accept: tableAccept,
        },
      ],
    },
    {
      name: 'ends when asked to',
      steps: [
        get(configMaps),
        watch(
          `${configMaps}?watch=true&timeoutSeconds=1&resourceVersion={0.metadata.resourceVersion}&fieldSelector=metadata.name%3Dnone`,
          { events: 1 },
        ),
      ],
    },
  ],
};
