import { type Area, del, get, json, merge, post, put, strategic } from '../case.ts';
import { configMap, configMaps, machine, machines, node, nodes, pod, pods, widgets } from '../objects.ts';

export const statusCodes: Area = {
  area: 'status codes',
  cases: [
    { name: 'creation answers 201 and reading 200', steps: [post(machines, machine()), get(`${machines}/{id}`)] },
    {
      name: 'a missing object is 404',
      steps: [get(`${machines}/{id}`), get(`${nodes}/{id}`), del(`${machines}/{id}`)],
    },
    {
      name: 'a missing object cannot be patched or replaced',
      steps: [
        merge(`${machines}/{id}`, { metadata: { labels: { a: 'b' } } }),
        strategic(`${nodes}/{id}`, { metadata: { labels: { a: 'b' } } }),
        put(`${machines}/{id}`, machine()),
      ],
    },
    {
      name: 'an unknown group, version, resource or subresource is 404',
      steps: [
        get('/apis/nothing.example/v1/things'),
        get('/apis/karpenter.sh/v9/machines'),
        get('/apis/karpenter.sh/v1alpha5/gizmos'),
        get('/api/v1/gizmos'),
        get(`${machines}/{id}/nothing`),
        get('/nothing'),
      ],
    },
    { name: 'a second creation is 409', steps: [post(nodes, node()), post(nodes, node())] },
    {
      name: 'a method that a path does not have is 405',
      steps: [
        { kind: 'request', method: 'PUT', path: nodes, body: node() },
        { kind: 'request', method: 'POST', path: `${nodes}/{id}`, body: node() },
        { kind: 'request', method: 'PATCH', path: nodes, contentType: 'application/merge-patch+json', body: {} },
      ],
    },
    {
      name: 'without credentials, or with wrong ones, the answer is 401',
      steps: [
        { ...get(nodes), authorization: '' },
        { ...get(nodes), authorization: 'Bearer nobody' },
        { ...get(machines), authorization: 'Basic YTpi' },
        { ...get('/version'), authorization: '' },
      ],
    },
    {
      name: 'a patch of an unknown type is 415',
      steps: [
        post(machines, machine()),
        { kind: 'request', method: 'PATCH', path: `${machines}/{id}`, contentType: 'application/json', body: {} },
        { kind: 'request', method: 'PATCH', path: `${machines}/{id}`, contentType: 'text/plain', text: 'x' },
      ],
    },
    {
      name: 'a custom resource has no strategic merge patch',
      steps: [post(machines, machine()), strategic(`${machines}/{id}`, { metadata: { labels: { a: 'b' } } })],
    },
    {
      name: 'a body in an unknown format is 415',
      steps: [
        { ...post(nodes, undefined), text: 'hello', contentType: 'text/plain' },
        { ...post(machines, undefined), text: 'hello', contentType: 'text/plain' },
      ],
    },
    {
      name: 'an answer in an unknown format is 406',
      steps: [
        { ...get(widgets), accept: 'text/html' },
        { ...get(machines), accept: 'image/png' },
      ],
    },
    {
      name: 'a body that is not JSON is 400',
      steps: [
        { ...post(nodes, undefined), text: '{"kind":' },
        { ...post(machines, undefined), text: '{"kind":' },
      ],
    },
    {
      name: 'a body of another kind or version is 400',
      steps: [post(nodes, pod('p')), post(machines, node()), post(pods, { ...pod('p'), apiVersion: 'v2' })],
    },
    {
      name: 'names in the path and in the body must agree',
      steps: [
        post(machines, machine()),
        put(`${machines}/{id}-other`, machine()),
        put(`${machines}/{id}`, machine({ metadata: { name: 'another' } })),
        post(configMaps, configMap('a', { metadata: { namespace: 'elsewhere' } })),
      ],
    },
    {
      name: 'a missing namespace is 404',
      steps: [
        post('/api/v1/namespaces/nowhere/configmaps', configMap('a')),
        get('/api/v1/namespaces/nowhere/configmaps'),
      ],
    },
    {
      name: 'a broken patch is 400 and an impossible one 422',
      steps: [
        post(configMaps, configMap('a')),
        {
          kind: 'request',
          method: 'PATCH',
          path: `${configMaps}/a`,
          contentType: 'application/merge-patch+json',
          text: '{',
        },
        json(`${configMaps}/a`, { op: 'add' }),
        json(`${configMaps}/a`, [{ op: 'remove', path: '/data/nothing' }]),
        json(`${configMaps}/a`, [{ op: 'test', path: '/metadata/name', value: 'b' }]),
      ],
    },
    {
      name: 'deletion answers 200 and then 404',
      steps: [post(machines, machine()), del(`${machines}/{id}`), del(`${machines}/{id}`)],
    },
    { name: 'health and version answer 200', steps: [get('/healthz'), get('/livez'), get('/readyz')] },
    {
      name: 'a query that cannot be read is 400',
      steps: [get(`${nodes}?limit=many`), get(`${nodes}?labelSelector=a%20b%20c`)],
    },
  ],
};
