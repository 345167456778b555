// Virtual nodes against the embedded API server: what a controller sees of a machine's node.
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startAks, type Aks } from '../aks/aks.ts';
import { objectAt, textAt, type JsonObject } from '../aks/json.ts';
import { startKubeApi, type KubeApi } from '../kube/server.ts';
import { Api, itemsOf, resourceVersionOf } from './api.ts';
import { allocatable, nodePathOf, readiness, taintKeys } from './node-reading.ts';
import { startVirtualNodes, type VirtualNodes, type VirtualNodesOptions } from './virtual-nodes.ts';

// A pool's 180 emulated seconds are 180 real milliseconds.
const timeScale = 1000;
const { signal } = new AbortController();
const patience = { timeout: 20_000 } as const;

describe('virtual nodes', () => {
  let kube: KubeApi;
  let aks: Aks;
  let api: Api;
  let nodes: VirtualNodes | undefined;
  let errors: unknown[];

  beforeEach(async () => {
    kube = await startKubeApi({ insecure: true });
    aks = await startAks({ subscription: 's', resourceGroup: 'rg', cluster: 'mc', timeScale });
    api = new Api(kube);
    errors = [];
  });

  afterEach(async () => {
    await nodes?.close();
    nodes = undefined;
    await api.close();
    await aks.close();
    await kube.close();
    if (errors.length > 0) throw new AggregateError(errors, 'The virtual nodes met errors');
  });

  async function start(options: Partial<VirtualNodesOptions> = {}): Promise<void> {
    nodes = await startVirtualNodes({ api: kube, aks, timeScale, onError: (error) => errors.push(error), ...options });
  }

  async function createPool(properties: JsonObject = {}): Promise<void> {
    const path =
      '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/mc/agentPools/ws1';
    const body = { properties: { vmSize: 'Standard_NC24ads_A100_v4', count: 1, ...properties } };
    const response = await fetch(`${aks.url}${path}?api-version=2026-06-01`, {
      method: 'PUT',
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(201);
  }

  async function node(pool = 'ws1'): Promise<JsonObject | undefined> {
    const { body } = await api.get(`/api/v1/nodes?labelSelector=agentpool%3D${pool}`, signal);
    return itemsOf(body)[0];
  }

  async function ready(pool = 'ws1'): Promise<JsonObject> {
    await expect.poll(async () => readiness(await node(pool)), patience).toBe('True');
    return (await node(pool)) ?? {};
  }

  it('register not ready, then turn Ready and lose the taints of a new node', async () => {
    const { body } = await api.get('/api/v1/nodes', signal);
    const stop = new AbortController();
    const seen: string[] = [];
    const history = (async () => {
      for await (const { object } of api.watch('/api/v1/nodes', resourceVersionOf(body), stop.signal)) {
        seen.push(
          [textAt(objectAt(object, 'metadata'), 'name'), readiness(object), taintKeys(object).join()].join(' '),
        );
      }
    })();
    await start();
    await ready('nodepool1');
    await expect.poll(async () => taintKeys(await node('nodepool1')), patience).toEqual([]);
    await expect.poll(() => seen.findIndex((line) => line.includes(' True ')), patience).toBeGreaterThan(0);
    stop.abort();
    await expect(history).rejects.toThrow('aborted');
    expect(seen[0]).toMatch(
      /vmss000000 False node\.cloudprovider\.kubernetes\.io\/uninitialized,node\.kubernetes\.io\/not-ready$/,
    );
  });

  it('carry labels, taints and providerID of their pool, and GPUs by their size', async () => {
    await start();
    await createPool({
      nodeLabels: { 'kaito.sh/workspace': 'w' },
      nodeTaints: ['sku=gpu:NoSchedule'],
      osDiskSizeGB: 512,
    });
    await ready();
    await expect.poll(async () => allocatable(await node(), 'nvidia.com/gpu'), patience).toBe('1');
    // The cloud's controller writes beside the kubelet: either may be last.
    await expect.poll(async () => taintKeys(await node()), patience).toEqual(['sku']);

    const joined = (await node()) ?? {};
    const metadata = objectAt(joined, 'metadata');
    expect(metadata['name']).toMatch(/^aks-ws1-\d{8}-vmss000000$/);
    expect(metadata['labels']).toMatchObject({
      'kaito.sh/workspace': 'w',
      'kubernetes.azure.com/agentpool': 'ws1',
      'node.kubernetes.io/instance-type': 'Standard_NC24ads_A100_v4',
    });
    expect(objectAt(joined, 'spec')).toMatchObject({
      taints: [{ key: 'sku', value: 'gpu', effect: 'NoSchedule' }],
      providerID: expect.stringMatching(
        /^azure:\/\/\/subscriptions\/s\/resourceGroups\/mc_rg_mc_eastus\/.*\/virtualMachines\/0$/,
      ),
    });
    expect(objectAt(joined, 'status')['capacity']).toMatchObject({
      cpu: '24',
      'ephemeral-storage': '512Gi',
    });
    const lease = await api.get(
      `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${textAt(metadata, 'name')}`,
      signal,
    );
    expect(objectAt(lease.body, 'spec')['holderIdentity']).toBe(metadata['name']);
  });

  it('show no GPU where the device plugin is missing', async () => {
    await start({ devicePlugin: { enabled: false } });
    await createPool();
    await ready();
    expect(allocatable(await node(), 'nvidia.com/gpu')).toBeUndefined();
    expect(allocatable(await node(), 'cpu')).toBe('23820m');
  });

  it('go when their machine is gone, and their pods with them', async () => {
    await start();
    await createPool();
    await runPod(textAt(objectAt(await ready(), 'metadata'), 'name') ?? '');
    aks.deletePoolAsUser('ws1');
    await expect.poll(() => node(), patience).toBeUndefined();
    await expect
      .poll(async () => (await api.get('/api/v1/namespaces/default/pods/p', signal)).status, patience)
      .toBe(404);
  });

  it('turn Unknown when their machine is gone, and wait for finalizers', async () => {
    await start();
    await createPool();
    const path = nodePathOf(await ready());
    await api.merge(path, { metadata: { finalizers: ['example.org/keep'] } }, signal);
    aks.deletePoolAsUser('ws1');
    await expect.poll(async () => readiness(await node()), patience).toBe('Unknown');
    await expect
      .poll(async () => objectAt(await node(), 'metadata')['deletionTimestamp'], patience)
      .toBeTypeOf('string');
    // Its status comes first, and others may delete the Node in between.
    await expect.poll(async () => taintKeys(await node()), patience).toContain('node.kubernetes.io/unreachable');
    await api.merge(path, { metadata: { finalizers: null } }, signal);
    await expect.poll(() => node(), patience).toBeUndefined();
  });

  it('do not come back when somebody deletes the Node', async () => {
    await start({ heartbeatSeconds: 0.05 });
    await createPool();
    await api.delete(nodePathOf(await ready()), {}, signal);
    // A status that the kubelet reports now must not bring the Node back.
    const [name = ''] = nodes?.names().filter((each) => each.includes('-ws1-')) ?? [];
    await nodes?.setReady(name, false);
    expect(await node()).toBeUndefined();
  });

  it('come back as new objects with the same providerID when an upgrade images them anew', async () => {
    await start();
    await createPool();
    const before = await ready();
    await expect.poll(() => stateOf(aks, 'ws1'), patience).toBe('Succeeded');
    aks.upgradePool('ws1');
    const uid = textAt(objectAt(before, 'metadata'), 'uid');
    const reborn = async (): Promise<boolean> => {
      const { status, body } = await api.get(nodePathOf(before), signal);
      return status === 200 && textAt(objectAt(body, 'metadata'), 'uid') !== uid && readiness(body) === 'True';
    };
    await expect.poll(reborn, patience).toBe(true);
    const { body } = await api.get(nodePathOf(before), signal);
    expect(objectAt(body, 'spec')['providerID']).toBe(objectAt(before, 'spec')['providerID']);
  });

  it('follow labels and taints that change on their pool', async () => {
    await start();
    await createPool({ nodeTaints: ['sku=gpu:NoSchedule'] });
    await ready();
    await expect.poll(() => stateOf(aks, 'ws1'), patience).toBe('Succeeded');
    aks.relabel('ws1', { team: 'x' });
    await expect.poll(async () => objectAt(objectAt(await node(), 'metadata'), 'labels')['team'], patience).toBe('x');
    await expect.poll(async () => taintKeys(await node()), patience).toEqual(['sku']);
    await expect.poll(() => stateOf(aks, 'ws1'), patience).toBe('Succeeded');
    aks.relabel('ws1', { squad: 'y' });
    await expect.poll(async () => objectAt(objectAt(await node(), 'metadata'), 'labels')['squad'], patience).toBe('y');
    expect(objectAt(objectAt(await node(), 'metadata'), 'labels')).not.toHaveProperty('team');
  });

  it('report what a test says of their health', async () => {
    await start();
    const path = nodePathOf(await ready('nodepool1'));
    const [name = ''] = nodes?.names() ?? [];
    await nodes?.setReady(name, false);
    expect(readiness((await api.get(path, signal)).body)).toBe('False');
    await expect(nodes?.setReady('nope', true)).rejects.toThrow('No kubelet runs for node "nope"');
  });

  it('say how they are one after the other: what was said last is what shows', async () => {
    await start();
    const name = textAt(objectAt(await ready('nodepool1'), 'metadata'), 'name') ?? '';
    await expect.poll(async () => taintKeys(await node('nodepool1')), patience).toEqual([]);
    const slowedDown = vi.spyOn(Api.prototype, 'strategic').mockImplementationOnce(async (...call) => {
      await pause(200);
      return api.strategic(...call);
    });
    onTestFinished(() => slowedDown.mockRestore());
    await Promise.all([nodes?.setReady(name, false), nodes?.setReady(name, true)]);
    expect(slowedDown).toHaveBeenCalled();
    expect(readiness(await node('nodepool1'))).toBe('True');
  });

  it('run pods that are bound to them, and let them go when they are deleted', async () => {
    await start();
    await runPod(textAt(objectAt(await ready('nodepool1'), 'metadata'), 'name') ?? '');
    const path = '/api/v1/namespaces/default/pods/p';
    const { body } = await api.get(path, signal);
    expect(objectAt(body, 'status')).toMatchObject({
      containerStatuses: [{ name: 'c', ready: true }],
      podIP: expect.stringMatching(/^10\.244\./),
    });
    await api.delete(path, { gracePeriodSeconds: 30 }, signal);
    await expect.poll(async () => (await api.get(path, signal)).status, patience).toBe(404);
  });

  it('outlive an API server that is away for a while', async () => {
    const met: unknown[] = [];
    kube.setDown(true);
    await start({ onError: (error) => met.push(error) });
    await expect.poll(() => met.length, patience).toBeGreaterThan(0);
    kube.setDown(false);
    await ready('nodepool1');
  });

  async function runPod(nodeName: string): Promise<void> {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default' },
      spec: { nodeName, containers: [{ name: 'c', image: 'i' }] },
    };
    expect((await api.post('/api/v1/namespaces/default/pods', pod, signal)).status).toBe(201);
    const phase = async (): Promise<unknown> =>
      objectAt((await api.get('/api/v1/namespaces/default/pods/p', signal)).body, 'status')['phase'];
    await expect.poll(phase, patience).toBe('Running');
  }
});

function stateOf(aks: Aks, pool: string): string | undefined {
  const found = aks.pools().find((each) => textAt(each, 'name') === pool);
  return textAt(objectAt(found, 'properties'), 'provisioningState');
}
