// Ready pods of a Workspace serve on addresses of their own, and a Service leads to one of them.
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startKubeApi } from '../kube/server.ts';
import { Api, expectStatus } from '../nodes/api.ts';
import { podAddress, startPodNetwork } from './pod-network.ts';

const { signal } = new AbortController();
const patience = { timeout: 20_000, interval: 20 } as const;
const labels = { 'kaito.sh/workspace': 'phi' };
const pods = '/api/v1/namespaces/default/pods';
const address = podAddress('the-only-pod');
const servicePort = 5678;

async function aNetwork(): Promise<Api> {
  const server = await startKubeApi({ insecure: true, controllers: false });
  const api = new Api(server);
  const errors: unknown[] = [];
  const network = startPodNetwork({ api: server, onError: (error) => errors.push(error) });
  onTestFinished(async () => {
    await network.close();
    await api.close();
    await server.close();
    if (errors.length > 0) throw new AggregateError(errors, 'The network met errors');
  });
  return api;
}

async function aPod(api: Api, wanted: object): Promise<void> {
  const spec = { containers: [{ name: 'a', image: 'mcr.microsoft.com/aks/kaito/kaito-phi-3:0.1' }] };
  const metadata = { name: 'phi-0', namespace: 'default', labels: wanted };
  expectStatus(await api.post(pods, { apiVersion: 'v1', kind: 'Pod', metadata, spec }, signal), 'create a pod', 201);
}

async function says(api: Api, ready: 'True' | 'False'): Promise<void> {
  const conditions = [{ type: 'Ready', status: ready, lastTransitionTime: '2026-01-01T00:00:00Z' }];
  const status = { phase: 'Running', podIP: address, podIPs: [{ ip: address }], conditions };
  expectStatus(await api.strategic(`${pods}/phi-0/status`, { status }, signal), 'report a pod', 200);
}

async function isServed(host: string, port: number): Promise<boolean> {
  return fetch(`http://${host}:${port}/healthz`).then(
    (answer) => answer.ok,
    () => false,
  );
}

describe('startPodNetwork', () => {
  it('serves for a pod while it is ready, under the name of its image', async () => {
    const api = await aNetwork();
    await aPod(api, labels);
    await says(api, 'True');
    await vi.waitFor(async () => expect(await isServed(address, 5000)).toBe(true), patience);
    const answer = await fetch(`http://${address}:5000/chat`, { method: 'POST', body: '{"prompt":"hi"}' });
    expect(await answer.text()).toContain('The stand-in for phi-3 was asked: hi');
    await says(api, 'False');
    await vi.waitFor(async () => expect(await isServed(address, 5000)).toBe(false), patience);
  });

  it('leads from the address of a Service to the pod behind it', async () => {
    const api = await aNetwork();
    await aPod(api, { ...labels, app: 'phi' });
    await says(api, 'True');
    const clusterIP = podAddress('the-service');
    const ports = [{ name: 'http', port: servicePort, targetPort: 5000, protocol: 'TCP' }];
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'phi', namespace: 'default', labels },
      spec: { clusterIP, selector: { app: 'phi' }, ports },
    };
    expectStatus(await api.post('/api/v1/namespaces/default/services', service, signal), 'create a Service', 201);
    await vi.waitFor(async () => expect(await isServed(clusterIP, servicePort)).toBe(true), patience);
  });
});

describe('podAddress', () => {
  it('is the same for one pod each time, and on loopback', () => {
    expect(podAddress('a')).toBe(podAddress('a'));
    expect(podAddress('a')).not.toBe(podAddress('b'));
    expect(address).toMatch(/^127\.97\.\d{1,3}\.\d{1,3}$/);
  });
});
