import { afterAll, beforeAll, expect, test } from 'vitest';
import { machine, machineNamed, startCluster, type Cluster } from './cluster.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster[Symbol.asyncDispose]());

const created = 'machine.karpenter.sh/ws1 created\n';

test('kubectl apply creates, then sees no change, then configures and removes what the file no longer has', async () => {
  expect(await cluster.pipe(machine, 'apply')).toBe(created);
  expect(await cluster.pipe(machine, 'apply')).toBe('machine.karpenter.sh/ws1 unchanged\n');
  const changed = machine.replace('storage: 50Gi', 'storage: 100Gi').replace(/\n {2}taints: .*\n/, '\n');
  expect(await cluster.pipe(changed, 'apply')).toBe('machine.karpenter.sh/ws1 configured\n');
  const object = await cluster.get('machine', 'ws1');
  expect(object).toMatchObject({
    metadata: { generation: 2 },
    spec: { resources: { requests: { storage: '100Gi' } } },
  });
  expect(object).not.toHaveProperty('spec.taints');
});

test('kubectl apply refuses fields that the schema does not have', async () => {
  const odd = machineNamed('odd').replace('taints:', 'tains:');
  const { code, stderr } = await cluster.run(['apply', '-f', '-'], { input: odd });
  expect(code).toBe(1);
  expect(stderr).toContain('strict decoding error: unknown field "spec.tains"');
  expect((await cluster.run(['get', 'machine', 'odd'])).code).toBe(1);
});

test('kubectl apply --validate=warn stores the rest and says what it dropped', async () => {
  const odd = machineNamed('warned').replace('taints:', 'tains:');
  const { code, stderr } = await cluster.run(['apply', '--validate=warn', '-f', '-'], { input: odd });
  expect(code).toBe(0);
  expect(stderr).toContain('Warning: unknown field "spec.tains"');
  expect(await cluster.get('machine', 'warned')).not.toHaveProperty('spec.tains');
});

test('kubectl apply shows every cause of an invalid object', async () => {
  const wrong = machineNamed('wrong')
    .replace('storage: 50Gi', 'storage: much')
    .replace('operator: In, ', '')
    .replace('machineTemplateRef: {name: wrong}', 'kubelet: {maxPods: -1}');
  const { code, stderr } = await cluster.run(['apply', '-f', '-'], { input: wrong });
  expect(code).toBe(1);
  expect(stderr).toContain('The Machine "wrong" is invalid:');
  expect(stderr).toContain(
    '* spec.kubelet.maxPods: Invalid value: -1: spec.kubelet.maxPods in body should be greater than or equal to 0',
  );
  expect(stderr).toContain('* spec.requirements[0].operator: Required value');
  expect(stderr).toContain('spec.resources.requests.storage in body should match');
});

test('kubectl apply --dry-run=server changes nothing', async () => {
  const input = machineNamed('dry');
  expect(await cluster.pipe(input, 'apply', '--dry-run=server')).toBe(
    'machine.karpenter.sh/dry created (server dry run)\n',
  );
  expect((await cluster.run(['get', 'machine', 'dry'])).stderr).toContain('not found');
});

test('kubectl diff ends with 1 and shows what apply would change', async () => {
  await cluster.pipe(machineNamed('diff'), 'apply');
  const input = machineNamed('diff').replace('50Gi', '60Gi');
  const { code, stdout } = await cluster.run(['diff', '-f', '-'], { input });
  expect({ code, plus: stdout.match(/^\+ .*storage.*$/m)?.[0] }).toEqual({ code: 1, plus: '+      storage: 60Gi' });
});

test('kubectl apply --server-side owns fields, and a second manager meets a conflict', async () => {
  const mine = machineNamed('owned');
  expect(await cluster.pipe(mine, 'apply', '--server-side')).toBe('machine.karpenter.sh/owned serverside-applied\n');
  const theirs = mine.replace('50Gi', '60Gi');
  const args = ['apply', '--server-side', '--field-manager=other', '-f', '-'];
  const refused = await cluster.run(args, { input: theirs });
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(
    'Apply failed with 1 conflict: conflict with "kubectl": .spec.resources.requests.storage',
  );
  const forced = await cluster.run([...args, '--force-conflicts'], { input: theirs });
  expect(forced).toMatchObject({ code: 0, stdout: 'machine.karpenter.sh/owned serverside-applied\n' });
  expect(await cluster.get('machine', 'owned')).toMatchObject({
    spec: { resources: { requests: { storage: '60Gi' } } },
  });
});

test('kubectl apply --server-side removes what its manager no longer applies, and nothing else', async () => {
  await cluster.pipe(machineNamed('shrinks'), 'apply', '--server-side');
  await cluster.kubectl('label', 'machine', 'shrinks', 'team=a');
  const less = machineNamed('shrinks').replace(/\n {2}taints: .*\n/, '\n');
  await cluster.pipe(less, 'apply', '--server-side');
  const object = await cluster.get('machine', 'shrinks');
  expect(object).toMatchObject({ metadata: { labels: { team: 'a', 'kaito.sh/workspace': 'phi' } } });
  expect(object).not.toHaveProperty('spec.taints');
});

function deployment(image: string): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: ${image}}]}
`;
}

test('kubectl apply of built-in kinds merges lists by their keys', async () => {
  await cluster.pipe(deployment('one'), 'apply');
  const sidecar = { spec: { template: { spec: { containers: [{ name: 'side', image: 's' }] } } } };
  await cluster.kubectl('patch', 'deployment', 'web', '-p', JSON.stringify(sidecar));
  expect(await cluster.pipe(deployment('two'), 'apply')).toBe('deployment.apps/web configured\n');
  const images = '{.spec.template.spec.containers[*].image}';
  const found = await cluster.kubectl('get', 'deployment', 'web', '-o', `jsonpath=${images}`);
  expect(found.split(' ').toSorted()).toEqual(['s', 'two']);
});

test('kubectl create makes an object once, with a name of its own or a generated one', async () => {
  expect(await cluster.pipe(machineNamed('once'), 'create')).toBe('machine.karpenter.sh/once created\n');
  const again = await cluster.run(['create', '-f', '-'], { input: machineNamed('once') });
  expect(again.stderr).toContain('(AlreadyExists)');
  expect(again.stderr).toContain('machines.karpenter.sh "once" already exists');
  const generated = machine.replace('name: ws1', 'generateName: ws-');
  expect(await cluster.pipe(generated, 'create')).toMatch(/^machine\.karpenter\.sh\/ws-[a-z0-9]{5} created\n$/);
});

test('kubectl create of a Machine with a spurious namespace in its metadata clears it', async () => {
  const spurious = machineNamed('spurious').replace('name: spurious', 'name: spurious\n  namespace: default');
  expect(await cluster.pipe(spurious, 'create')).toBe('machine.karpenter.sh/spurious created\n');
  expect(await cluster.get('machine', 'spurious')).not.toHaveProperty('metadata.namespace');
});

test('kubectl create makes built-in objects from flags', async () => {
  await cluster.kubectl('create', 'namespace', 'gpu');
  await cluster.kubectl('create', 'configmap', 'settings', '-n', 'gpu', '--from-literal=a=b');
  await cluster.kubectl('create', 'serviceaccount', 'runner', '-n', 'gpu');
  expect(await cluster.kubectl('get', 'cm,sa', '-n', 'gpu', '-o', 'name')).toContain('configmap/settings');
  const nowhere = await cluster.run(['create', 'configmap', 'x', '-n', 'nowhere']);
  expect(nowhere.stderr).toBe('error: failed to create configmap: namespaces "nowhere" not found\n');
});

test('kubectl replace puts a whole object, and refuses a stale one', async () => {
  await cluster.pipe(machineNamed('put'), 'create');
  expect(await cluster.pipe(machineNamed('put').replace('50Gi', '70Gi'), 'replace')).toBe(
    'machine.karpenter.sh/put replaced\n',
  );
  expect(await cluster.get('machine', 'put')).toMatchObject({
    metadata: { generation: 2 },
    spec: { resources: { requests: { storage: '70Gi' } } },
  });
  const stale = machineNamed('put').replace('name: put', "name: put\n  resourceVersion: '1'");
  const refused = await cluster.run(['replace', '-f', '-'], { input: stale });
  expect(refused.stderr).toContain('the object has been modified; please apply your changes to the latest version');
});
