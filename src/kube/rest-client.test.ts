// The requests that the calls of KubeClient make, as the server sees them.
import { describe, expect, onTestFinished, test } from 'vitest';
import { FakeApi } from '../../test/support/fake-api.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { aClient } from '../../test/support/kube-fixture.ts';
import { leases, nodes, pods } from '../apis/resource.ts';
import { MalformedAnswer, ServerError } from './errors.ts';

const { signal } = new AbortController();

async function aServer() {
  const api = await FakeApi.start();
  const clock = new FakeClock();
  const client = aClient(api.url, { clock });
  onTestFinished(async () => {
    await client.close();
    await api.stop();
  });
  return { api, clock, client };
}

describe('createKubeClient', () => {
  test('gets by name and namespace, with both escaped', async () => {
    const { api, client } = await aServer();
    api.fault = () => ({ kind: 'answer', status: 200, body: { metadata: { name: 'x', resourceVersion: '1' } } });
    await client.get(nodes, { name: 'a/b' }, { signal });
    await client.get(pods, { name: 'p', namespace: 'n' }, { signal });
    expect(api.requests.map(({ path }) => path)).toEqual(['/api/v1/nodes/a%2Fb', '/api/v1/namespaces/n/pods/p']);
    expect(api.requests[0]?.headers).toMatchObject({
      accept: 'application/json',
      'user-agent': 'gpu-provisioner/test',
    });
  });

  test('refuses to name a namespaced object without its namespace', async () => {
    const { api, client } = await aServer();
    await expect(client.get(pods, { name: 'p' }, { signal })).rejects.toThrow(TypeError);
    expect(api.requests).toEqual([]);
  });

  test('asks a Service by its port through the proxy, and throws what the proxy says when nobody is behind it', async () => {
    const { api, client } = await aServer();
    api.fault = () => ({ kind: 'answer', status: 200, body: { version: 1 } });
    const service = { namespace: 'n', name: 's', port: 'http-metrics' };
    expect(JSON.parse(await client.askService(service, '/status', { signal }))).toEqual({ version: 1 });
    expect(api.requests.map(({ path }) => path)).toEqual(['/api/v1/namespaces/n/services/s:http-metrics/proxy/status']);
    api.fault = () => ({ kind: 'answer', status: 503, body: { message: 'no endpoints available for service "s"' } });
    const refused = client.askService(service, '/status', { signal });
    await expect(refused).rejects.toThrow(ServerError);
    await expect(refused).rejects.toThrow('Service "n/s"');
    await expect(refused).rejects.toThrow('no endpoints');
  });

  test('lists with selectors and pages', async () => {
    const { api, client } = await aServer();
    for (const name of ['a', 'b', 'c']) api.put('/api/v1/pods', { metadata: { name, namespace: 'n' } });
    const options = { signal, labelSelector: 'app=x', fieldSelector: 'spec.nodeName=n1', limit: 2 };
    const first = await client.list(pods, options);
    expect(first.items.map(({ kind, apiVersion, metadata }) => [kind, apiVersion, metadata.name])).toEqual([
      ['Pod', 'v1', 'a'],
      ['Pod', 'v1', 'b'],
    ]);
    const token = first.continueToken ?? '';
    const second = await client.list(pods, { ...options, namespace: 'n', continueToken: token });
    expect([second.items.length, second.continueToken, second.resourceVersion]).toEqual([1, undefined, api.version]);
    expect(api.requests.map(({ path, query }) => [path, Object.fromEntries(query)])).toEqual([
      ['/api/v1/pods', { labelSelector: 'app=x', fieldSelector: 'spec.nodeName=n1', limit: '2' }],
      [
        '/api/v1/namespaces/n/pods',
        { labelSelector: 'app=x', fieldSelector: 'spec.nodeName=n1', limit: '2', continue: token },
      ],
    ]);
  });

  test.for(['{"items":{}}', '{"items":[],"metadata":{}}', '{"items":[{}],"metadata":{"resourceVersion":"1"}}'])(
    'does not take %s for a list',
    async (body) => {
      const { api, client } = await aServer();
      api.fault = () => ({ kind: 'answer', status: 200, body });
      await expect(client.list(nodes, { signal })).rejects.toThrow(MalformedAnswer);
    },
  );

  test('creates in the namespace of the object, and says what it is', async () => {
    const { api, client } = await aServer();
    const created = await client.create(leases, { metadata: { name: 'l', namespace: 'n' }, spec: {} }, { signal });
    expect(created.metadata.resourceVersion).toBe(api.version);
    expect(api.requests[0]).toMatchObject({
      method: 'POST',
      path: '/apis/coordination.k8s.io/v1/namespaces/n/leases',
      body: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l' } },
    });
  });

  test.for([
    [{ type: 'merge', body: {} }, 'application/merge-patch+json', ''],
    [{ type: 'strategic', body: {} }, 'application/strategic-merge-patch+json', ''],
    [{ type: 'json', body: [] }, 'application/json-patch+json', ''],
    [
      { type: 'apply', body: {}, fieldManager: 'me', force: true },
      'application/apply-patch+yaml',
      'fieldManager=me&force=true',
    ],
  ] as const)('patches with %o', async ([patch, contentType, query]) => {
    const { api, client } = await aServer();
    api.fault = () => ({ kind: 'answer', status: 200, body: { metadata: { name: 'x', resourceVersion: '1' } } });
    await client.patch(nodes, { name: 'a' }, patch, { signal, subresource: 'status' });
    expect(api.requests[0]?.path).toBe('/api/v1/nodes/a/status');
    expect(api.requests[0]?.headers['content-type']).toBe(contentType);
    expect(api.requests[0]?.query.toString()).toBe(query);
  });

  test('deletes with preconditions', async () => {
    const { api, client } = await aServer();
    api.put('/api/v1/nodes', { metadata: { name: 'a' } });
    await client.delete(nodes, { name: 'a' }, { signal, preconditions: { uid: 'u' }, gracePeriodSeconds: 0 });
    expect(api.requests[0]).toMatchObject({
      method: 'DELETE',
      body: { kind: 'DeleteOptions', preconditions: { uid: 'u' }, gracePeriodSeconds: 0 },
    });
    expect(api.object('/api/v1/nodes', 'a')).toBeUndefined();
  });

  test('serves says whether discovery knows the resource, and not as one that is being removed', async () => {
    const { api, client } = await aServer();
    const machines = {
      group: 'karpenter.sh',
      version: 'v1alpha5',
      plural: 'machines',
      kind: 'Machine',
      namespaced: false,
    };
    const listed = (...resources: object[]): void => {
      api.fault = () => ({ kind: 'answer', status: 200, body: { resources } });
    };
    api.fault = () => ({ kind: 'answer', status: 404 });
    expect(await client.serves(machines, { signal })).toBe(false);
    listed({ name: 'provisioners', verbs: ['get', 'patch'] });
    expect(await client.serves(machines, { signal })).toBe(false);
    listed({ name: 'machines', verbs: ['delete', 'deletecollection', 'get', 'list', 'watch'] });
    expect(await client.serves(machines, { signal })).toBe(false);
    listed({
      name: 'machines',
      verbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'],
    });
    expect(await client.serves(machines, { signal })).toBe(true);
    expect(api.requests[0]?.path).toBe('/apis/karpenter.sh/v1alpha5');
  });

  test('asks a path as it is, and posts what it asks with', async () => {
    const { api, client } = await aServer();
    api.fault = ({ method }) => ({ kind: 'answer', status: 200, body: { method } });
    expect(await client.ask('/version?x=1', { signal })).toEqual({ method: 'GET' });
    expect(await client.ask('/reviews', { signal, body: { a: 1 } })).toEqual({ method: 'POST' });
    expect(api.requests.map(({ path, body }) => [path, body])).toEqual([
      ['/version', undefined],
      ['/reviews', { a: 1 }],
    ]);
  });

  test('serverNow follows the clock of the server', async () => {
    const { api, clock, client } = await aServer();
    const date = new Date(clock.now().getTime() + 3_600_000).toUTCString();
    api.fault = () => ({
      kind: 'answer',
      status: 200,
      headers: { date },
      body: { metadata: { name: 'x', resourceVersion: '1' } },
    });
    expect(client.serverNow()).toEqual(clock.now());
    await client.get(nodes, { name: 'x' }, { signal });
    expect(client.serverNow().toISOString()).toBe('2026-01-01T01:00:00.000Z');
  });
});
