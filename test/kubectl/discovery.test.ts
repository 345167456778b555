import { afterAll, beforeAll, expect, test } from 'vitest';
import { machine, startCluster, type Cluster } from './cluster.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster[Symbol.asyncDispose]());

test('kubectl explain prints the schema of the CRD', async () => {
  const text = await cluster.kubectl('explain', 'machine.spec');
  expect(text).toMatch(/^GROUP: +karpenter\.sh\nKIND: +Machine\nVERSION: +v1alpha5\n/);
  expect(text).toMatch(/requirements\t<\[\]Object>/);
  expect(await cluster.kubectl('explain', 'machine.spec.taints.effect')).toMatch(/FIELD: effect <string>/);
  expect(await cluster.kubectl('explain', 'machine', '--recursive')).toMatch(/maxPods\t<integer>/);
  const missing = await cluster.run(['explain', 'machine.spec.nope']);
  expect(missing.stderr).toBe('error: field "nope" does not exist\n');
});

test('kubectl explain knows nodes and pods', async () => {
  expect(await cluster.kubectl('explain', 'node.spec.taints')).toMatch(/key\t<string> -required-/);
  expect(await cluster.kubectl('explain', 'pod.spec.containers')).toMatch(/image\t<string>/);
  expect(await cluster.kubectl('explain', 'deployment')).toMatch(/^GROUP: +apps\n/);
});

test('kubectl api-resources lists kinds with their short names, scopes, verbs and categories', async () => {
  const text = await cluster.kubectl('api-resources', '-o', 'wide', '--sort-by=name');
  expect(text).toMatch(/^machines +karpenter\.sh\/v1alpha5 +false +Machine +.*patch.*watch +karpenter$/m);
  expect(text).toMatch(/^nodes +no +v1 +false +Node /m);
  expect(text).toMatch(/^pods +po +v1 +true +Pod .* all$/m);
  expect(text).toMatch(/^poddisruptionbudgets +pdb +policy\/v1 +true /m);
  const group = await cluster.kubectl('api-resources', '--api-group=karpenter.sh', '-o', 'name');
  expect(group).toBe('machines.karpenter.sh\n');
});

test('kubectl api-versions and version answer', async () => {
  const versions = (await cluster.kubectl('api-versions')).split('\n');
  expect(versions).toEqual(expect.arrayContaining(['v1', 'apps/v1', 'karpenter.sh/v1alpha5', 'policy/v1']));
  expect(await cluster.kubectl('version')).toMatch(/Server Version: v1\.\d+/);
});

test('kubectl auth can-i and whoami answer for the token that asks', async () => {
  cluster.api.addToken('reader', {
    name: 'reader',
    groups: ['system:authenticated'],
    rules: [{ apiGroups: ['karpenter.sh'], resources: ['machines'], verbs: ['get', 'list'] }],
  });
  expect(await cluster.kubectl('auth', 'can-i', 'delete', 'machines')).toBe('yes\n');
  const reader = { token: 'reader' };
  expect(await cluster.run(['auth', 'can-i', 'list', 'machines'], reader)).toMatchObject({ code: 0, stdout: 'yes\n' });
  expect(await cluster.run(['auth', 'can-i', 'delete', 'machines'], reader)).toMatchObject({ code: 1, stdout: 'no\n' });
  expect((await cluster.run(['auth', 'whoami'], reader)).stdout).toMatch(/Username +reader/);
  const list = await cluster.run(['auth', 'can-i', '--list'], reader);
  expect(list.stdout).toMatch(/machines\.karpenter\.sh +\[\] +\[\] +\[get list\]/);
});

test('kubectl meets 403 for what a token may not do, and 401 for a wrong token', async () => {
  cluster.api.addToken('nothing', { name: 'nobody', groups: [], rules: [] });
  const forbidden = await cluster.run(['get', 'machines'], { token: 'nothing' });
  expect(forbidden.stderr).toContain(
    'Error from server (Forbidden): machines.karpenter.sh is forbidden: User "nobody" cannot list resource "machines"',
  );
  const stranger = await cluster.run(['get', 'machines'], { token: 'wrong' });
  expect(stranger.stderr).toContain('You must be logged in to the server');
});

test('kubectl sees a change of a CRD: a new schema is served at once', async () => {
  const version = 'spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/extra';
  const patch = [{ op: 'add', path: `/${version}`, value: { type: 'string', description: 'Brand new.' } }];
  await cluster.kubectl('patch', 'crd', 'machines.karpenter.sh', '--type=json', '-p', JSON.stringify(patch));
  await cluster.pipe(machine.replace('spec:', 'spec:\n  extra: here'), 'create');
  expect(await cluster.get('machine', 'ws1')).toMatchObject({ spec: { extra: 'here' } });
  expect(await cluster.kubectl('explain', 'machine.spec.extra')).toContain('Brand new.');
});
