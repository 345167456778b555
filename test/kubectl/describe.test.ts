import { afterAll, beforeAll, expect, test } from 'vitest';
import { machine, node, podNamed, startCluster, type Cluster } from './cluster.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
  await cluster.pipe(machine, 'create');
  await cluster.pipe(node, 'create');
  await cluster.pipe(podNamed('web-0'), 'create');
  const status = { capacity: { 'nvidia.com/gpu': '1', cpu: '6', pods: '110' }, allocatable: { 'nvidia.com/gpu': '1' } };
  const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'fine' }];
  const patch = JSON.stringify({ status: { ...status, conditions } });
  await cluster.kubectl('patch', 'node', 'aks-ws1-0', '--subresource=status', '-p', patch);
});
afterAll(() => cluster[Symbol.asyncDispose]());

/** A core/v1 event; about cluster-scoped objects they live in the namespace default. */
function eventOn(regarding: string, reason: string): string {
  return `
apiVersion: v1
kind: Event
metadata: {generateName: event-, namespace: default}
involvedObject: ${regarding}
reason: ${reason}
message: something happened
type: Normal
count: 2
source: {component: gpu-provisioner}
firstTimestamp: '2026-01-01T00:00:00Z'
lastTimestamp: '2026-01-01T00:00:00Z'
`;
}

test('kubectl describe machine prints fields and the events of exactly this object', async () => {
  const uid = await cluster.kubectl('get', 'machine', 'ws1', '-o', 'jsonpath={.metadata.uid}');
  const about = `{apiVersion: karpenter.sh/v1alpha5, kind: Machine, name: ws1, uid: ${uid}}`;
  await cluster.pipe(eventOn(about, 'AgentPoolRequested'), 'create');
  await cluster.pipe(eventOn(about.replace(uid, 'other'), 'OfAnother'), 'create');
  const text = await cluster.kubectl('describe', 'machine', 'ws1');
  expect(text).toMatch(/^Name: +ws1\n/);
  expect(text).toMatch(/Storage: +50Gi/);
  expect(text).toMatch(/Normal +AgentPoolRequested .*gpu-provisioner +something happened/);
  expect(text).not.toContain('OfAnother');
});

test('kubectl describe shows events of events.k8s.io as it shows those of core', async () => {
  const uid = await cluster.kubectl('get', 'machine', 'ws1', '-o', 'jsonpath={.metadata.uid}');
  const modern = `
apiVersion: events.k8s.io/v1
kind: Event
metadata: {name: modern, namespace: default}
eventTime: '2026-01-01T00:00:00.000000Z'
reportingController: gpu-provisioner
reportingInstance: gpu-provisioner-0
action: Launch
reason: NodeJoined
note: the node is here
type: Normal
regarding: {apiVersion: karpenter.sh/v1alpha5, kind: Machine, name: ws1, uid: ${uid}}
`;
  await cluster.pipe(modern, 'create');
  expect(await cluster.kubectl('describe', 'machine', 'ws1')).toMatch(
    /NodeJoined .*gpu-provisioner.* the node is here/,
  );
  expect(await cluster.kubectl('get', 'events')).toMatch(/NodeJoined +machine\/ws1 +the node is here/);
  expect(await cluster.kubectl('events', '--for', 'machine/ws1')).toContain('NodeJoined');
});

test('kubectl describe node prints capacity, conditions, taints and the pods of the node', async () => {
  await cluster.pipe(eventOn('{kind: Node, name: aks-ws1-0, uid: aks-ws1-0}', 'NodeReady'), 'create');
  const text = await cluster.kubectl('describe', 'node', 'aks-ws1-0');
  expect(text).toMatch(/Ready +True .*KubeletReady +fine/);
  expect(text).toMatch(/nvidia\.com\/gpu: +1/);
  expect(text).toMatch(/default +web-0 /);
  expect(text).toMatch(/Normal +NodeReady /);
});

test('kubectl describe pod prints its node, its containers and its events', async () => {
  const uid = await cluster.kubectl('get', 'pod', 'web-0', '-o', 'jsonpath={.metadata.uid}');
  await cluster.pipe(eventOn(`{kind: Pod, namespace: default, name: web-0, uid: ${uid}}`, 'Scheduled'), 'create');
  const text = await cluster.kubectl('describe', 'pod', 'web-0');
  expect(text).toMatch(/Node: +aks-ws1-0/);
  expect(text).toMatch(/Image: +web/);
  expect(text).toMatch(/QoS Class: +BestEffort/);
  expect(text).toMatch(/Normal +Scheduled /);
});

test('kubectl get nodes and pods print the columns of the real server', async () => {
  expect(await cluster.kubectl('get', 'nodes')).toMatch(
    /^NAME +STATUS +ROLES +AGE +VERSION\naks-ws1-0 +Ready +<none> +\d+s/,
  );
  const wide = await cluster.kubectl('get', 'pods', '-o', 'wide');
  expect(wide).toMatch(/^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES\n/);
  expect(wide).toMatch(/\nweb-0 +0\/1 +Pending +0 +\d+s +<none> +aks-ws1-0 +<none> +<none>\n$/);
});
