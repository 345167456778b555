import { afterAll, beforeAll, expect, test } from 'vitest';
import { node, podNamed, startCluster, type Cluster } from './cluster.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
  await cluster.pipe(node, 'create');
});
afterAll(() => cluster[Symbol.asyncDispose]());

const budget = `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: default}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
`;

function setReady(pod: string): Promise<string> {
  const patch = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } };
  return cluster.kubectl('patch', 'pod', pod, '--subresource=status', '-p', JSON.stringify(patch));
}

test('kubectl cordon and uncordon switch scheduling', async () => {
  expect(await cluster.kubectl('cordon', 'aks-ws1-0')).toBe('node/aks-ws1-0 cordoned\n');
  expect(await cluster.kubectl('get', 'nodes')).toMatch(/aks-ws1-0 +\w+,SchedulingDisabled /);
  expect(await cluster.get('node', 'aks-ws1-0')).toMatchObject({ spec: { unschedulable: true } });
  expect(await cluster.kubectl('cordon', 'aks-ws1-0')).toBe('node/aks-ws1-0 already cordoned\n');
  expect(await cluster.kubectl('uncordon', 'aks-ws1-0')).toBe('node/aks-ws1-0 uncordoned\n');
  expect(await cluster.get('node', 'aks-ws1-0')).not.toHaveProperty('spec.unschedulable');
});

test('kubectl drain evicts pods and cordons the node', async () => {
  await cluster.pipe(podNamed('lonely'), 'create');
  const refused = await cluster.run(['drain', 'aks-ws1-0']);
  expect(refused.stderr).toContain('cannot delete Pods that declare no controller');
  const drained = await cluster.kubectl('drain', 'aks-ws1-0', '--force');
  expect(drained).toMatch(/evicting pod default\/lonely|pod\/lonely evicted/);
  expect(drained).toContain('node/aks-ws1-0 drained');
  expect((await cluster.run(['get', 'pod', 'lonely'])).code).toBe(1);
});

test('kubectl drain waits while a disruption budget allows no eviction', async () => {
  await cluster.pipe(budget, 'create');
  await cluster.pipe(podNamed('web-0'), 'create');
  await setReady('web-0');
  const blocked = await cluster.run(['drain', 'aks-ws1-0', '--force', '--timeout=2s']);
  expect(blocked.code).toBe(1);
  expect(blocked.stderr).toContain(
    'error when evicting pods/"web-0" -n "default" (will retry after 5s): Cannot evict pod as it would violate the pod\'s disruption budget.',
  );
  await cluster.pipe(podNamed('web-1').replace('aks-ws1-0', 'elsewhere'), 'create');
  await setReady('web-1');
  expect(await cluster.kubectl('get', 'pdb')).toMatch(/web +1 +N\/A +1 /);
  await cluster.kubectl('drain', 'aks-ws1-0', '--force', '--timeout=30s');
  expect(await cluster.kubectl('get', 'pods', '-o', 'name')).toBe('pod/web-1\n');
});

test('kubectl drain leaves the pods of DaemonSets', async () => {
  const set = `
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: plugin, namespace: default}
spec:
  selector: {matchLabels: {app: plugin}}
  template: {metadata: {labels: {app: plugin}}, spec: {containers: [{name: main, image: plugin}]}}
`;
  await cluster.pipe(set, 'create');
  const uid = await cluster.kubectl('get', 'daemonset', 'plugin', '-o', 'jsonpath={.metadata.uid}');
  const owner = `ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: plugin, uid: ${uid}, controller: true}]`;
  await cluster.pipe(podNamed('plugin-0').replace('labels: {app: web}', `labels: {app: plugin}, ${owner}`), 'create');
  const drained = await cluster.run(['drain', 'aks-ws1-0', '--ignore-daemonsets', '--timeout=20s']);
  expect(drained).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('ignoring DaemonSet-managed Pods: default/plugin-0'),
  });
  expect(await cluster.kubectl('get', 'pods', '-l', 'app=plugin', '-o', 'name')).toBe('pod/plugin-0\n');
});
