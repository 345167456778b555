import { type Area, del, edited, get, json, merge, post, put, until, untilStatus } from '../case.ts';
import { configMap, configMaps, machine, machines, namespace, namespaces, node, nodes, pod, pods } from '../objects.ts';

const a = 'parity.example/a';
const b = 'parity.example/b';
const held = { metadata: { finalizers: [a] } };
const labelled = (name: string): object => configMap(name, { metadata: { labels: { group: 'x' } } });
const ownedBy = (step: number, kind: string, apiVersion: string, more: object = {}): { readonly metadata: object } => ({
  metadata: {
    ownerReferences: [{ apiVersion, kind, name: `{${step}.metadata.name}`, uid: `{${step}.metadata.uid}`, ...more }],
  },
});

export const deletions: Area = {
  area: 'finalizers and deletion',
  cases: [
    {
      name: 'without finalizers an object is gone at once',
      steps: [
        post(machines, machine()),
        del(`${machines}/{id}`),
        get(`${machines}/{id}`),
        post(nodes, node()),
        del(`${nodes}/{id}`),
      ],
    },
    {
      name: 'with a finalizer it stays, marked',
      steps: [post(machines, machine(held)), del(`${machines}/{id}`), get(`${machines}/{id}`), del(`${machines}/{id}`)],
    },
    {
      name: 'the last finalizer takes it along',
      steps: [
        post(machines, machine({ metadata: { finalizers: [a, b] } })),
        del(`${machines}/{id}`),
        merge(`${machines}/{id}`, { metadata: { finalizers: [b] } }),
        merge(`${machines}/{id}`, { metadata: { finalizers: [] } }),
        get(`${machines}/{id}`),
      ],
    },
    {
      name: 'the last finalizer goes by update or by JSON patch',
      steps: [
        post(nodes, node(held)),
        del(`${nodes}/{id}`),
        put(`${nodes}/{id}`, edited(1, { metadata: { finalizers: null } })),
        post(nodes, node(held)),
        del(`${nodes}/{id}`),
        json(`${nodes}/{id}`, [{ op: 'remove', path: '/metadata/finalizers/0' }]),
        get(`${nodes}/{id}`),
      ],
    },
    {
      name: 'no finalizer is added to what goes',
      steps: [
        post(machines, machine(held)),
        del(`${machines}/{id}`),
        merge(`${machines}/{id}`, { metadata: { finalizers: [a, b] } }),
        post(nodes, node(held)),
        del(`${nodes}/{id}`),
        merge(`${nodes}/{id}`, { metadata: { finalizers: [b] } }),
      ],
    },
    {
      name: 'deletionTimestamp cannot be set or taken back',
      steps: [
        post(machines, machine(held)),
        merge(`${machines}/{id}`, { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }),
        del(`${machines}/{id}`),
        merge(`${machines}/{id}`, { metadata: { deletionTimestamp: null } }),
      ],
    },
    {
      name: 'what goes may still change',
      steps: [
        post(machines, machine(held)),
        del(`${machines}/{id}`),
        merge(`${machines}/{id}`, { metadata: { labels: { a: '1' } } }),
        merge(`${machines}/{id}/status`, { status: { nodeName: 'n' } }),
      ],
    },
    { name: 'a pod without a node is gone at once', steps: [post(pods, pod('p')), del(`${pods}/p`), get(`${pods}/p`)] },
    {
      name: 'a pod on a node has its grace',
      steps: [
        post(pods, pod('p', { spec: { nodeName: 'n' } })),
        del(`${pods}/p`),
        get(`${pods}/p`),
        del(`${pods}/p`, { gracePeriodSeconds: 5 }),
        del(`${pods}/p`, { gracePeriodSeconds: 0 }),
        get(`${pods}/p`),
      ],
    },
    {
      name: 'a pod has the grace that it asks for',
      steps: [
        post(pods, pod('p', { spec: { nodeName: 'n', terminationGracePeriodSeconds: 7 } })),
        del(`${pods}/p`),
        post(pods, pod('q', { spec: { nodeName: 'n' } })),
        del(`${pods}/q?gracePeriodSeconds=3`),
        post(pods, pod('r', { spec: { nodeName: 'n' } })),
        merge(`${pods}/r/status`, { status: { phase: 'Succeeded' } }),
        del(`${pods}/r`),
      ],
    },
    {
      name: 'a pod with a finalizer outlives its grace',
      steps: [
        post(pods, pod('p', { ...held, spec: { nodeName: 'n' } })),
        del(`${pods}/p`, { gracePeriodSeconds: 0 }),
        merge(`${pods}/p`, { metadata: { finalizers: null } }),
        get(`${pods}/p`),
      ],
    },
    {
      name: 'many at once',
      steps: [
        post(configMaps, labelled('a')),
        post(configMaps, labelled('b')),
        post(configMaps, configMap('c')),
        del(`${configMaps}?labelSelector=group%3Dx`),
        get(configMaps),
      ],
    },
    {
      name: 'options as a query, and options that do not fit',
      steps: [
        post(machines, machine(held)),
        del(`${machines}/{id}?propagationPolicy=Background`),
        del(`${machines}/{id}`, { propagationPolicy: 'Sometimes' }),
        del(`${machines}/{id}`, { orphanDependents: true, propagationPolicy: 'Orphan' }),
        del(`${machines}/{id}`, { gracePeriodSeconds: -5 }),
      ],
    },
    {
      name: 'dry run deletes nothing',
      steps: [
        post(machines, machine()),
        del(`${machines}/{id}?dryRun=All`),
        del(`${machines}/{id}`, { dryRun: ['All'] }),
        get(`${machines}/{id}`),
      ],
    },
    {
      name: 'foreground deletion waits with a finalizer',
      steps: [
        post(configMaps, configMap('owner', held)),
        del(`${configMaps}/owner`, { propagationPolicy: 'Foreground' }),
        until(`${configMaps}/owner`, { 'metadata.finalizers.0': a, 'metadata.finalizers.1': undefined }),
        merge(`${configMaps}/owner`, { metadata: { finalizers: null } }),
        untilStatus(`${configMaps}/owner`, 404),
      ],
    },
    {
      name: 'what is owned goes with its owner',
      steps: [
        post(machines, machine()),
        post(nodes, node(ownedBy(0, 'Machine', 'karpenter.sh/v1alpha5', { blockOwnerDeletion: true }))),
        del(`${machines}/{id}`),
        untilStatus(`${nodes}/{id}`, 404),
      ],
    },
    {
      name: 'what has another owner, too, stays',
      steps: [
        post(configMaps, configMap('a')),
        post(configMaps, configMap('b')),
        post(
          configMaps,
          configMap('c', {
            metadata: {
              ownerReferences: [
                { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: '{0.metadata.uid}' },
                { apiVersion: 'v1', kind: 'ConfigMap', name: 'b', uid: '{1.metadata.uid}' },
              ],
            },
          }),
        ),
        del(`${configMaps}/a`),
        until(`${configMaps}/c`, { 'metadata.ownerReferences.0.name': 'b' }),
        del(`${configMaps}/b`),
        untilStatus(`${configMaps}/c`, 404),
      ],
    },
    {
      name: 'a namespace takes its objects along',
      steps: [
        post(namespaces, namespace({ metadata: { name: '{id}-2' } })),
        post('/api/v1/namespaces/{id}-2/configmaps', configMap('a', held)),
        del(`${namespaces}/{id}-2`),
        post('/api/v1/namespaces/{id}-2/configmaps', configMap('b')),
        until('/api/v1/namespaces/{id}-2/configmaps/a', {
          'metadata.finalizers.0': a,
          'metadata.deletionGracePeriodSeconds': 0,
        }),
        merge('/api/v1/namespaces/{id}-2/configmaps/a', { metadata: { finalizers: null } }),
        untilStatus('/api/v1/namespaces/{id}-2/configmaps/a', 404),
      ],
    },
    {
      name: 'namespaces that cannot be deleted',
      steps: [del(`${namespaces}/default`), del(`${namespaces}/kube-system`)],
    },
  ],
};
