import { Agent, fetch as fetchWith } from 'undici';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { at, isObject, type Json } from './json.ts';
import { startKubeApi } from './server.ts';
import { aConfigMap, configMaps, TestApi, textIn } from './test-client.ts';

const api = new TestApi();

async function canI(token: string, verb: string): Promise<Json | undefined> {
  const spec = { resourceAttributes: { verb, resource: 'configmaps', namespace: 'default' } };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  return at(await api.ok('POST', path, { token, body: { spec } }), 'status', 'allowed');
}

describe('startKubeApi', () => {
  test('answers over https with an authority of its own, as its kubeconfig says', async () => {
    const secure = await startKubeApi();
    const dispatcher = new Agent({ connect: { ca: secure.ca } });
    try {
      const config: Json = parse(secure.kubeconfig());
      const server = textIn(config, 'clusters', 0, 'cluster', 'server');
      const token = textIn(config, 'users', 0, 'user', 'token');
      const answer = await fetchWith(`${server}/version`, {
        dispatcher,
        headers: { authorization: `Bearer ${token}` },
      });
      expect(answer.status).toBe(200);
      expect(secure.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    } finally {
      await dispatcher.close();
      await secure.close();
    }
  });

  test('answers 401 without a known token, health without any', async () => {
    const refused = await api.request('GET', '/api/v1/nodes', { token: 'unknown' });
    const health = await fetch(`${api.server.url}/readyz`);
    expect(refused.status).toBe(401);
    expect(refused.body).toMatchObject({ kind: 'Status', reason: 'Unauthorized', code: 401 });
    expect(await health.text()).toBe('ok');
  });

  test('holds a token to its rules and says what is forbidden', async () => {
    api.server.addToken('reader', {
      name: 'reader',
      groups: [],
      rules: [{ verbs: ['get', 'list'], apiGroups: [''], resources: ['configmaps'] }],
    });
    const read = await api.request('GET', configMaps, { token: 'reader' });
    const write = await api.request('POST', configMaps, { token: 'reader', body: aConfigMap('no') });
    expect(read.status).toBe(200);
    expect(write.status).toBe(403);
    expect(write.body['message']).toBe(
      'configmaps is forbidden: User "reader" cannot create resource "configmaps" in API group "" in the namespace "default"',
    );
  });

  test('says over SelfSubjectAccessReview what a token may do', async () => {
    expect([await canI('reader', 'list'), await canI('reader', 'delete')]).toEqual([true, false]);
  });

  test('dropConnections breaks watches and lets clients come back', async () => {
    const events = api.watch(`${configMaps}?watch=1&resourceVersion=0`);
    await api.ok('POST', configMaps, { body: aConfigMap('seen') });
    await events.next();
    api.server.dropConnections();
    await expect(events.next()).rejects.toThrow('terminated');
    expect((await api.request('GET', configMaps)).status).toBe(200);
  });

  test('setDown refuses connections until it is up again', async () => {
    api.server.setDown(true);
    await expect(api.request('GET', configMaps)).rejects.toThrow('fetch failed');
    api.server.setDown(false);
    expect((await api.request('GET', configMaps)).status).toBe(200);
  });

  test('serves the namespaces that every cluster has', async () => {
    const list = await api.ok('GET', '/api/v1/namespaces');
    const items = at(list, 'items');
    const names = Array.isArray(items) ? items.filter(isObject).map((item) => at(item, 'metadata', 'name')) : [];
    expect(names).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system']);
  });

  test('tokens of the TokenRequest API are accepted', async () => {
    const accounts = '/api/v1/namespaces/default/serviceaccounts';
    await api.ok('POST', accounts, { body: { metadata: { name: 'robot' } } });
    const answer = await api.ok('POST', `${accounts}/robot/token`, { body: { spec: {} } });
    const token = textIn(answer, 'status', 'token');
    const me = await api.ok('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { token, body: {} });
    expect(at(me, 'status', 'userInfo', 'username')).toBe('system:serviceaccount:default:robot');
  });
});
