// Finding the cluster and its credentials, with real files and real certificates.
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loopbackCertificate } from '../../hack/sandbox/tls.ts';
import { FakeApi } from '../../test/support/fake-api.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { aClient } from '../../test/support/kube-fixture.ts';
import { aDirectory, aFile, aKubeConfig } from '../../test/support/kubeconfig-files.ts';
import { nodes } from '../apis/resource.ts';
import { loadCluster } from './config.ts';
import type { Credentials } from './credentials.ts';

const { signal } = new AbortController();

const authorizationOf = async (credentials: Credentials): Promise<string | undefined> =>
  (await credentials.current({ signal })).headers['Authorization'];

describe('loadCluster', () => {
  test('reads the file that KUBECONFIG names', async () => {
    const file = await aFile(aKubeConfig({ server: 'https://api.example:6443/prefix/', user: { token: 't1' } }));
    const cluster = loadCluster({ env: { KUBECONFIG: file } });
    expect([cluster.source, cluster.namespace]).toEqual([file, 'team']);
    expect(cluster.credentials.server.href).toBe('https://api.example:6443/prefix');
    expect(await authorizationOf(cluster.credentials)).toBe('Bearer t1');
  });

  test('merges several files: the first that says something wins, missing ones are left out', async () => {
    const first = await aFile(aKubeConfig({ server: 'https://first', name: 'shared', user: { token: 'one' } }));
    const second = await aFile(aKubeConfig({ server: 'https://second', name: 'shared', user: { token: 'two' } }));
    const env = { KUBECONFIG: ['/does/not/exist', first, second].join(delimiter) };
    const { credentials } = loadCluster({ env });
    expect(credentials.server.host).toBe('first');
    expect(await authorizationOf(credentials)).toBe('Bearer one');
  });

  test('falls back to the file in the home directory', async () => {
    const root = await aDirectory();
    await mkdir(join(root, '.kube'));
    await writeFile(join(root, '.kube', 'config'), aKubeConfig({ server: 'https://home' }));
    expect(loadCluster({ env: {}, root }).credentials.server.host).toBe('home');
  });

  test('says where it looked when there is nothing', async () => {
    const root = await aDirectory();
    expect(() => loadCluster({ env: {}, root })).toThrow('KUBECONFIG is not set');
  });

  test.for(['http://127.0.0.1:8001', 'http://localhost:8001', 'http://[::1]:8001'])('takes %s', async (server) => {
    const file = await aFile(aKubeConfig({ server, user: { token: 't' } }));
    const { credentials } = loadCluster({ env: { KUBECONFIG: file } });
    expect(await credentials.current({ signal })).toEqual({
      headers: { Authorization: 'Bearer t' },
      route: { via: 'direct', tls: {} },
    });
  });
});

describe('credentials of a kubeconfig', () => {
  test('are read anew after a 401, once for all requests that were refused', async () => {
    const api = await FakeApi.start();
    api.put('/api/v1/nodes', { metadata: { name: 'a' } });
    const file = await aFile(aKubeConfig({ server: api.url.href, user: { token: 'old' } }));
    const { credentials } = loadCluster({ env: { KUBECONFIG: file } });
    const client = aClient(api.url, { clock: new FakeClock(), credentials });
    onTestFinished(async () => {
      await client.close();
      await api.stop();
    });
    api.fault = ({ headers }) => (headers.authorization === 'Bearer new' ? undefined : { kind: 'answer', status: 401 });
    await writeFile(file, aKubeConfig({ server: api.url.href, user: { token: 'new' } }));
    const get = () => client.get(nodes, { name: 'a' }, { signal });
    expect(await Promise.all([get(), get(), get()])).toHaveLength(3);
    await get();
    expect(api.requests.filter(({ headers }) => headers.authorization === 'Bearer old')).toHaveLength(3);
  });

  test('come from an exec plugin, run once for many requests', async () => {
    const directory = await aDirectory();
    const plugin = join(directory, 'plugin');
    const runs = join(directory, 'runs');
    const credential = JSON.stringify({ kind: 'ExecCredential', status: { token: 'from-plugin' } });
    await writeFile(plugin, `#!/bin/sh\necho run >> ${runs}\necho '${credential}'\n`);
    await chmod(plugin, 0o755);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: plugin, interactiveMode: 'Never' };
    const file = await aFile(aKubeConfig({ server: 'https://api', user: { exec } }));
    const { credentials } = loadCluster({ env: { KUBECONFIG: file } });
    const all = await Promise.all(Array.from({ length: 5 }, () => authorizationOf(credentials)));
    expect(new Set(all)).toEqual(new Set(['Bearer from-plugin']));
    expect(await readFile(runs, 'utf8')).toBe('run\n');
  });

  test('fail with the words of an exec plugin that fails', async () => {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: '/bin/sh',
      args: ['-c', 'echo log in first >&2; exit 1'],
    };
    const file = await aFile(aKubeConfig({ server: 'https://api', user: { exec } }));
    const { credentials } = loadCluster({ env: { KUBECONFIG: file } });
    await expect(credentials.current({ signal })).rejects.toThrow('log in first');
  });

  test('let a caller go that aborts while an exec plugin runs', async () => {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: '/bin/sh',
      args: ['-c', 'read -r _; exit 1'],
    };
    const file = await aFile(aKubeConfig({ server: 'https://api', user: { exec } }));
    const { credentials } = loadCluster({ env: { KUBECONFIG: file } });
    const caller = new AbortController();
    const failed = credentials.current({ signal: caller.signal });
    caller.abort(new Error('the stop'));
    await expect(failed).rejects.toThrow('the stop');
  });

  test('follow the files of a client certificate, and the proxy', async () => {
    const [ca, keyFile] = [await aFile('ca one', 'ca.crt'), await aFile('key', 'tls.key')];
    const file = await aFile(
      aKubeConfig({
        server: 'https://api',
        cluster: { 'certificate-authority': ca, 'tls-server-name': 'kubernetes', 'proxy-url': 'http://proxy:3128' },
        user: { 'client-certificate': ca, 'client-key': keyFile },
      }),
    );
    const { credentials } = loadCluster({ env: { KUBECONFIG: file } });
    const before = await credentials.current({ signal });
    expect(before.route).toMatchObject({
      via: 'proxy',
      url: 'http://proxy:3128',
      tls: { ca: Buffer.from('ca one'), key: Buffer.from('key'), servername: 'kubernetes' },
    });
    await writeFile(ca, 'ca two');
    expect((await credentials.current({ signal })).route.tls.ca).toEqual(Buffer.from('ca two'));
  });

  test('reach a server whose authority was rolled, without a restart', async () => {
    const [first, second] = await Promise.all([loopbackCertificate('one'), loopbackCertificate('two')]);
    const ca = await aFile(first.ca, 'ca.crt');
    const servers = await Promise.all([FakeApi.start(first), FakeApi.start(second)]);
    const [old, rolled] = servers;
    for (const api of servers) api.put('/api/v1/nodes', { metadata: { name: 'a' } });
    const file = await aFile(aKubeConfig({ server: old.url.href, cluster: { 'certificate-authority': ca } }));
    const { credentials } = loadCluster({ env: { KUBECONFIG: file } });
    const moved: Credentials = {
      server: rolled.url,
      current: (options) => credentials.current(options),
      renew: (grant, options) => credentials.renew(grant, options),
    };
    const clock = new FakeClock();
    const clients = [aClient(old.url, { clock, credentials }), aClient(rolled.url, { clock, credentials: moved })];
    onTestFinished(async () => {
      await Promise.all(clients.map((client) => client.close()));
      await Promise.all(servers.map((api) => api.stop()));
    });
    const get = async (index: number) => clients[index]?.get(nodes, { name: 'a' }, { signal });
    expect((await get(0))?.metadata.name).toBe('a');
    await expect(get(1)).rejects.toThrow('certificate');
    await writeFile(ca, second.ca);
    expect((await get(1))?.metadata.name).toBe('a');
  });
});

describe('credentials of a service account', () => {
  test('are its token and its authority', async () => {
    const root = await aDirectory();
    const mount = join(root, 'var/run/secrets/kubernetes.io/serviceaccount');
    await mkdir(mount, { recursive: true });
    await writeFile(join(mount, 'token'), 'in-cluster\n');
    await writeFile(join(mount, 'ca.crt'), 'authority');
    await writeFile(join(mount, 'namespace'), 'gpu-provisioner');
    const { env } = process;
    const saved = { host: env['KUBERNETES_SERVICE_HOST'], port: env['KUBERNETES_SERVICE_PORT'] };
    Object.assign(env, { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' });
    onTestFinished(() => {
      for (const [name, value] of [
        ['KUBERNETES_SERVICE_HOST', saved.host],
        ['KUBERNETES_SERVICE_PORT', saved.port],
      ] as const) {
        if (value === undefined) delete env[name];
        else env[name] = value;
      }
    });
    const cluster = loadCluster({ env: { KUBERNETES_SERVICE_HOST: '10.0.0.1' }, root });
    expect([cluster.source, cluster.namespace]).toEqual(['service account', 'gpu-provisioner']);
    expect(cluster.credentials.server.href).toBe('https://10.0.0.1/');
    const grant = await cluster.credentials.current({ signal });
    expect(grant.headers).toEqual({ Authorization: 'Bearer in-cluster' });
    expect(grant.route.tls.ca).toEqual(Buffer.from('authority'));
    await writeFile(join(mount, 'token'), 'rotated');
    expect((await cluster.credentials.renew(grant, { signal })).headers).toEqual({ Authorization: 'Bearer rotated' });
  });
});
