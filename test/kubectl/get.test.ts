import { afterAll, beforeAll, expect, test } from 'vitest';
import { machine, machineNamed, startCluster, type Cluster } from './cluster.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
  await cluster.pipe(machine, 'create');
  await cluster.pipe(machineNamed('ws2').replace('phi', 'falcon'), 'create');
  const status = {
    status: { nodeName: 'aks-ws1-0', conditions: [{ type: 'Ready', status: 'True' }] },
  };
  await cluster.kubectl(
    'patch',
    'machine',
    'ws1',
    '--subresource=status',
    '--type=merge',
    '-p',
    JSON.stringify(status),
  );
});
afterAll(() => cluster[Symbol.asyncDispose]());

function columnsOf(line: string | undefined): readonly string[] {
  return (line ?? '').trimEnd().split(/ {2,}/);
}

test('kubectl get prints the columns of the CRD', async () => {
  const [head, first] = (await cluster.kubectl('get', 'machines')).split('\n');
  expect(columnsOf(head)).toEqual(['NAME', 'TYPE', 'ZONE', 'NODE', 'READY', 'AGE']);
  expect(first).toMatch(/^ws1 +Standard_NC6s_v3 +aks-ws1-0 +True +\d+s$/);
});

test('kubectl get -o wide adds the columns of lower priority', async () => {
  const [head, first] = (await cluster.kubectl('get', 'machines', '-o', 'wide')).split('\n');
  const shown = ['NAME', 'TYPE', 'ZONE', 'NODE', 'READY', 'AGE'];
  expect(columnsOf(head)).toEqual(shown.concat('CAPACITY', 'PROVISIONER', 'TEMPLATE'));
  expect(first).toMatch(/ ws1$/);
});

test('kubectl get -o yaml and -o json print the whole object', async () => {
  const yaml = await cluster.kubectl('get', 'machine', 'ws1', '-o', 'yaml');
  expect(yaml).toMatch(/^apiVersion: karpenter.sh\/v1alpha5\nkind: Machine\n/);
  expect(yaml).toContain('storage: 50Gi');
  expect(await cluster.get('machine', 'ws1')).toMatchObject({
    metadata: { name: 'ws1', generation: 1 },
    spec: { taints: [{ key: 'sku', value: 'gpu', effect: 'NoSchedule' }] },
    status: { nodeName: 'aks-ws1-0' },
  });
});

test('kubectl get -o jsonpath, name and custom-columns print parts', async () => {
  const path = '{.items[*].metadata.name}';
  expect(await cluster.kubectl('get', 'machines', '-o', `jsonpath=${path}`)).toBe('ws1 ws2');
  expect(await cluster.kubectl('get', 'machines', '-o', 'name')).toBe(
    'machine.karpenter.sh/ws1\nmachine.karpenter.sh/ws2\n',
  );
  const custom = await cluster.kubectl(
    'get',
    'machines',
    '-o',
    'custom-columns=N:.metadata.name,S:.spec.resources.requests.storage',
  );
  expect(custom).toMatch(/^N +S\nws1 +50Gi\nws2 +50Gi\n$/);
});

function namesBy(selector: string): Promise<string> {
  return cluster.kubectl('get', 'machines', '-o', 'name', '-l', selector);
}

test('kubectl get -l selects by labels, sets and existence', async () => {
  expect(await namesBy('kaito.sh/workspace=phi')).toBe('machine.karpenter.sh/ws1\n');
  expect(await namesBy('kaito.sh/workspace in (phi,falcon)')).toMatch(/ws1\n.*ws2\n/);
  expect(await namesBy('kaito.sh/workspace!=phi')).toBe('machine.karpenter.sh/ws2\n');
  expect(await namesBy('!kaito.sh/workspace')).toBe('');
});

test('kubectl get --field-selector selects by name, and refuses fields that nobody indexed', async () => {
  const named = await cluster.kubectl('get', 'machines', '--field-selector', 'metadata.name=ws2', '-o', 'name');
  expect(named).toBe('machine.karpenter.sh/ws2\n');
  const odd = await cluster.run(['get', 'machines', '--field-selector', 'spec.kubelet=x']);
  expect(odd).toMatchObject({ code: 1, stderr: expect.stringContaining('field label not supported: spec.kubelet') });
});

test('kubectl get finds Machines by their category and by singular, group and version', async () => {
  expect(await cluster.kubectl('get', 'karpenter', '-o', 'name')).toContain('machine.karpenter.sh/ws1');
  expect(await cluster.kubectl('get', 'machine.v1alpha5.karpenter.sh', 'ws1', '-o', 'name')).toContain('ws1');
});

test('kubectl get of what is not there fails with the words of the API server', async () => {
  const missing = await cluster.run(['get', 'machine', 'nope']);
  expect(missing.stderr).toBe('Error from server (NotFound): machines.karpenter.sh "nope" not found\n');
  const unknown = await cluster.run(['get', 'unicorns']);
  expect(unknown.stderr).toBe('error: the server doesn\'t have a resource type "unicorns"\n');
  expect((await cluster.run(['get', 'pods'])).stderr).toBe('No resources found in default namespace.\n');
});

test('kubectl get --chunk-size pages through a list', async () => {
  const names = await cluster.kubectl('get', 'machines', '--chunk-size=1', '-o', 'name');
  expect(names).toBe('machine.karpenter.sh/ws1\nmachine.karpenter.sh/ws2\n');
});

test('kubectl get --sort-by orders by a field', async () => {
  const names = await cluster.kubectl(
    'get',
    'machines',
    '--sort-by={.metadata.labels.kaito\\.sh/workspace}',
    '-o',
    'name',
  );
  expect(names).toMatch(/ws2\n.*ws1\n/);
});

test('kubectl get -w prints one line for every change', async () => {
  await using watch = cluster.start('get', 'machines', '-w', '--output-watch-events');
  await watch.line(/^ADDED +ws2 /);
  await cluster.pipe(machineNamed('ws3'), 'create');
  await watch.line(/^ADDED +ws3 +Standard_NC6s_v3 /);
  const ready = JSON.stringify({ status: { conditions: [{ type: 'Ready', status: 'False' }] } });
  await cluster.kubectl('patch', 'machine', 'ws3', '--subresource=status', '--type=merge', '-p', ready);
  expect(await watch.line(/^MODIFIED +ws3 /)).toMatch(/ False +\d+s$/);
  await cluster.kubectl('delete', 'machine', 'ws3');
  await watch.line(/^DELETED +ws3 /);
  expect(watch.lines.filter((line) => line.startsWith('EVENT'))).toHaveLength(1);
});

test('kubectl get -w with a selector follows objects in and out of it', async () => {
  await using watch = cluster.start('get', 'machines', '-w', '--output-watch-events', '-l', 'team=a');
  await cluster.kubectl('label', 'machine', 'ws2', 'team=a');
  await watch.line(/^ADDED +ws2 /);
  await cluster.kubectl('label', 'machine', 'ws2', 'team-');
  expect(await watch.line(/ ws2 /)).toMatch(/^DELETED /);
});
