// A cluster behind a proxy: the kubeconfig's proxy-url, with TLS to the API server through its tunnel.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loopbackCertificate } from '../../hack/sandbox/tls.ts';
import { FakeApi } from '../../test/support/fake-api.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { aClient } from '../../test/support/kube-fixture.ts';
import { nodes } from '../apis/resource.ts';
import { loadCluster } from './config.ts';

/** A proxy that tunnels, and remembers where to. */
async function aProxy(): Promise<{ readonly url: string; readonly tunnels: readonly string[] }> {
  const tunnels: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, client) => {
    const target = new URL(`http://${request.url ?? ''}`);
    tunnels.push(target.host);
    const server = connect(Number(target.port), target.hostname, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      server.pipe(client);
      client.pipe(server);
    });
    server.on('error', () => client.destroy());
    client.on('error', () => server.destroy());
  });
  await new Promise<void>((resolve) => {
    proxy.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    proxy.close();
  });
  const address = proxy.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, tunnels };
}

test('createKubeClient reaches a cluster through the proxy of its kubeconfig, over a few tunnels', async () => {
  const { ca, cert, key } = await loopbackCertificate('api');
  const [api, proxy] = await Promise.all([FakeApi.start({ cert, key }), aProxy()]);
  api.put('/api/v1/nodes', { metadata: { name: 'a' } });
  const directory = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  const file = join(directory, 'config');
  const cluster = {
    server: api.url.href,
    'proxy-url': proxy.url,
    'certificate-authority-data': Buffer.from(ca).toString('base64'),
  };
  const config = {
    'current-context': 'c',
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'c', user: { token: 'secret' } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'c' } }],
  };
  await writeFile(file, JSON.stringify(config));
  const { credentials } = loadCluster({ env: { KUBECONFIG: file } });
  const client = aClient(api.url, { clock: new FakeClock(), credentials });
  onTestFinished(async () => {
    await client.close();
    await api.stop();
    await rm(directory, { recursive: true });
  });
  const { signal } = new AbortController();
  for (let request = 0; request < 10; request++) {
    expect((await client.get(nodes, { name: 'a' }, { signal })).metadata.name).toBe('a');
  }
  expect(new Set(proxy.tunnels)).toEqual(new Set([api.url.host]));
  expect(proxy.tunnels.length).toBeLessThanOrEqual(2);
  expect(api.requests[0]?.headers.authorization).toBe('Bearer secret');
});
