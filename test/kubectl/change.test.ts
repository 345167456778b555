import { afterAll, beforeAll, expect, test } from 'vitest';
import { machine, node, startCluster, type Cluster } from './cluster.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
  await cluster.pipe(machine, 'create');
  await cluster.pipe(node, 'create');
});
afterAll(() => cluster[Symbol.asyncDispose]());

test('kubectl patch --type=merge changes and removes fields', async () => {
  const patch = { metadata: { labels: { a: 'b', 'kaito.sh/workspace': null } } };
  expect(await cluster.kubectl('patch', 'machine', 'ws1', '--type=merge', '-p', JSON.stringify(patch))).toBe(
    'machine.karpenter.sh/ws1 patched\n',
  );
  const again = await cluster.kubectl('patch', 'machine', 'ws1', '--type=merge', '-p', JSON.stringify(patch));
  expect(again).toBe('machine.karpenter.sh/ws1 patched (no change)\n');
  const object = await cluster.get('machine', 'ws1');
  expect(object).toMatchObject({ metadata: { labels: { a: 'b' } } });
  expect(object).not.toHaveProperty(['metadata', 'labels', 'kaito.sh/workspace']);
});

test('kubectl patch --type=json runs its operations, and a failed test changes nothing', async () => {
  const add = [{ op: 'add', path: '/spec/taints/-', value: { key: 'x', effect: 'NoSchedule' } }];
  await cluster.kubectl('patch', 'machine', 'ws1', '--type=json', '-p', JSON.stringify(add));
  const wrong = [
    { op: 'test', path: '/spec/taints/0/key', value: 'y' },
    { op: 'remove', path: '/spec/taints' },
  ];
  const refused = await cluster.run(['patch', 'machine', 'ws1', '--type=json', '-p', JSON.stringify(wrong)]);
  expect(refused.code).toBe(1);
  expect(await cluster.get('machine', 'ws1')).toMatchObject({ spec: { taints: [{ key: 'sku' }, { key: 'x' }] } });
});

test('kubectl patch merges strategically for built-in kinds and refuses to for custom resources', async () => {
  const ready = { status: { conditions: [{ type: 'Ready', status: 'True' }] } };
  const pressure = { status: { conditions: [{ type: 'MemoryPressure', status: 'False' }] } };
  for (const patch of [ready, pressure]) {
    // oxlint-disable-next-line no-await-in-loop -- the second must find the first
    await cluster.kubectl('patch', 'node', 'aks-ws1-0', '--subresource=status', '-p', JSON.stringify(patch));
  }
  const types = '{.status.conditions[*].type}';
  const found = await cluster.kubectl('get', 'node', 'aks-ws1-0', '-o', `jsonpath=${types}`);
  expect(found.split(' ').toSorted()).toEqual(['MemoryPressure', 'Ready']);
  const refused = await cluster.run(['patch', 'machine', 'ws1', '--type=strategic', '-p', '{}']);
  expect(refused.stderr).toContain('application/strategic-merge-patch+json is not supported');
});

function specAndStatus(storage: string, nodeName: string): string {
  return JSON.stringify({ spec: { resources: { requests: { storage } } }, status: { nodeName } });
}

test('kubectl patch --subresource=status leaves the spec alone, and a plain patch the status', async () => {
  await cluster.kubectl(
    'patch',
    'machine',
    'ws1',
    '--type=merge',
    '--subresource=status',
    '-p',
    specAndStatus('1Gi', 'n1'),
  );
  await cluster.kubectl('patch', 'machine', 'ws1', '--type=merge', '-p', specAndStatus('2Gi', 'n2'));
  expect(await cluster.get('machine', 'ws1')).toMatchObject({
    spec: { resources: { requests: { storage: '2Gi' } } },
    status: { nodeName: 'n1' },
  });
});

test('kubectl label adds, refuses to overwrite, overwrites and removes', async () => {
  expect(await cluster.kubectl('label', 'machine', 'ws1', 'team=a')).toBe('machine.karpenter.sh/ws1 labeled\n');
  const refused = await cluster.run(['label', 'machine', 'ws1', 'team=b']);
  expect(refused.stderr).toContain("'team' already has a value (a), and --overwrite is false");
  await cluster.kubectl('label', 'machine', 'ws1', 'team=b', '--overwrite');
  expect(await cluster.get('machine', 'ws1')).toMatchObject({ metadata: { labels: { team: 'b' } } });
  expect(await cluster.kubectl('label', 'machine', 'ws1', 'team-')).toBe('machine.karpenter.sh/ws1 unlabeled\n');
  const bad = await cluster.run(['label', 'machine', 'ws1', 'team=not/valid']);
  expect(bad.code).toBe(1);
});

test('kubectl annotate adds and removes, on several objects at once', async () => {
  expect(await cluster.kubectl('annotate', 'machines', '--all', 'note=two words')).toContain('ws1 annotated');
  expect(await cluster.get('machine', 'ws1')).toMatchObject({ metadata: { annotations: { note: 'two words' } } });
  await cluster.kubectl('annotate', 'machine', 'ws1', 'note-');
  expect(await cluster.get('machine', 'ws1')).not.toHaveProperty('metadata.annotations');
});

test('kubectl taint adds and removes taints of a node', async () => {
  expect(await cluster.kubectl('taint', 'node', 'aks-ws1-0', 'sku=gpu:NoSchedule')).toBe('node/aks-ws1-0 tainted\n');
  expect(await cluster.get('node', 'aks-ws1-0')).toMatchObject({
    spec: { taints: expect.arrayContaining([{ key: 'sku', value: 'gpu', effect: 'NoSchedule' }]) },
  });
  expect(await cluster.kubectl('taint', 'node', 'aks-ws1-0', 'sku-')).toBe('node/aks-ws1-0 untainted\n');
});

test('kubectl patch refuses to change what is immutable', async () => {
  const renamed = await cluster.run(['patch', 'machine', 'ws1', '--type=merge', '-p', '{"metadata":{"name":"ws2"}}']);
  expect(renamed.code).toBe(1);
  expect(renamed.stderr).toContain('the name of the object (ws2) does not match the name on the URL (ws1)');
  const uid = '{"metadata":{"uid":"00000000-0000-0000-0000-000000000000"}}';
  const other = await cluster.run(['patch', 'machine', 'ws1', '--type=merge', '-p', uid]);
  expect(other.stderr).toMatch(/metadata\.uid: Invalid value: .*: field is immutable/);
});
