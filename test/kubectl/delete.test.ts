import { afterAll, beforeAll, expect, test } from 'vitest';
import { machineNamed, node, podNamed, startCluster, type Cluster } from './cluster.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
  await cluster.pipe(node, 'create');
});
afterAll(() => cluster[Symbol.asyncDispose]());

async function createHeld(name: string): Promise<void> {
  await cluster.pipe(machineNamed(name), 'create');
  await cluster.kubectl(
    'patch',
    'machine',
    name,
    '--type=merge',
    '-p',
    '{"metadata":{"finalizers":["karpenter.sh/termination"]}}',
  );
}

async function release(name: string): Promise<void> {
  await cluster.kubectl('patch', 'machine', name, '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
}

test('kubectl delete removes an object without finalizers at once', async () => {
  await cluster.pipe(machineNamed('plain'), 'create');
  expect(await cluster.kubectl('delete', 'machine', 'plain')).toBe('machine.karpenter.sh "plain" deleted\n');
  expect((await cluster.run(['get', 'machine', 'plain'])).code).toBe(1);
  const again = await cluster.run(['delete', 'machine', 'plain']);
  expect(again.stderr).toBe('Error from server (NotFound): machines.karpenter.sh "plain" not found\n');
  expect((await cluster.run(['delete', 'machine', 'plain', '--ignore-not-found'])).code).toBe(0);
});

test('kubectl delete waits for the last finalizer to go', async () => {
  await createHeld('held');
  await using deletion = cluster.start('delete', 'machine', 'held', '--wait');
  await deletion.line(/"held" deleted/);
  await cluster.kubectl('wait', 'machine/held', '--for=jsonpath={.metadata.deletionTimestamp}');
  expect(await cluster.get('machine', 'held')).toMatchObject({
    metadata: { deletionGracePeriodSeconds: 0, finalizers: ['karpenter.sh/termination'] },
  });
  await release('held');
  await cluster.kubectl('wait', 'machine/held', '--for=delete');
  expect((await cluster.run(['get', 'machine', 'held'])).code).toBe(1);
});

test('kubectl delete --wait=false marks a held object, which takes no new finalizer then', async () => {
  await createHeld('marked');
  await cluster.kubectl('delete', 'machine', 'marked', '--wait=false');
  const more = '{"metadata":{"finalizers":["karpenter.sh/termination","other.io/late"]}}';
  const refused = await cluster.run(['patch', 'machine', 'marked', '--type=merge', '-p', more]);
  expect(refused.stderr).toContain(
    'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted',
  );
  await release('marked');
  expect((await cluster.run(['get', 'machine', 'marked'])).code).toBe(1);
});

test('kubectl delete -l and --all remove what they select', async () => {
  await cluster.pipe(`${machineNamed('a1')}---${machineNamed('a2')}---${machineNamed('a3')}`, 'create');
  await cluster.kubectl('label', 'machine', 'a1', 'a2', 'batch=one');
  expect(await cluster.kubectl('delete', 'machines', '-l', 'batch=one')).toMatch(/"a1" deleted\n.*"a2" deleted\n/);
  expect(await cluster.kubectl('get', 'machines', '-o', 'name')).toBe('machine.karpenter.sh/a3\n');
  expect(await cluster.kubectl('delete', 'machines', '--all')).toContain('"a3" deleted');
});

test('kubectl delete --dry-run=server removes nothing', async () => {
  await cluster.pipe(machineNamed('stays'), 'create');
  expect(await cluster.kubectl('delete', 'machine', 'stays', '--dry-run=server')).toContain('deleted (server dry run)');
  expect(await cluster.kubectl('delete', 'machine', 'stays')).toContain('deleted');
});

test('kubectl delete pod leaves a bound pod to its kubelet, and --force removes it', async () => {
  const slow = podNamed('slow').replace('terminationGracePeriodSeconds: 0', 'terminationGracePeriodSeconds: 30');
  await cluster.pipe(slow, 'create');
  await cluster.kubectl('delete', 'pod', 'slow', '--wait=false');
  expect(await cluster.kubectl('get', 'pods', '--no-headers')).toMatch(/^slow +0\/1 +Terminating /);
  expect(await cluster.get('pod', 'slow')).toMatchObject({ metadata: { deletionGracePeriodSeconds: 30 } });
  await cluster.kubectl('delete', 'pod', 'slow', '--force', '--grace-period=0');
  expect((await cluster.run(['get', 'pod', 'slow'])).code).toBe(1);
});

test('kubectl delete of an owner takes what it owns with it', async () => {
  await cluster.kubectl('create', 'configmap', 'owner');
  const uid = await cluster.kubectl('get', 'configmap', 'owner', '-o', 'jsonpath={.metadata.uid}');
  await cluster.kubectl('create', 'configmap', 'owned');
  const owners = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }];
  await cluster.kubectl('patch', 'configmap', 'owned', '-p', JSON.stringify({ metadata: { ownerReferences: owners } }));
  await cluster.kubectl('delete', 'configmap', 'owner');
  await cluster.kubectl('wait', 'configmap/owned', '--for=delete', '--timeout=20s');
  expect((await cluster.run(['get', 'configmap', 'owned'])).code).toBe(1);
});

test('kubectl delete of a CRD takes its objects with it and ends its service', async () => {
  await cluster.pipe(machineNamed('last'), 'create');
  await cluster.kubectl('delete', 'crd', 'machines.karpenter.sh');
  expect((await cluster.run(['get', 'machines'])).stderr).toMatch(
    /the server (doesn't have a resource type|could not find the requested resource)/,
  );
});
