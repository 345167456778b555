import { afterAll, beforeAll, expect, test } from 'vitest';
import { machineNamed, startCluster, type Cluster, type Running } from './cluster.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster[Symbol.asyncDispose]());

function setReady(name: string, status: string): Promise<string> {
  const patch = { status: { conditions: [{ type: 'Ready', status }] } };
  return cluster.kubectl('patch', 'machine', name, '--subresource=status', '--type=merge', '-p', JSON.stringify(patch));
}

/** Starts kubectl wait and returns once its watch is answered; -v=6 logs every request. */
async function startWaiting(...args: readonly string[]): Promise<Running> {
  const running = cluster.start('wait', ...args, '-v=6');
  await running.line(/watch=true/);
  return running;
}

test('kubectl wait --for=condition returns when the condition becomes true', async () => {
  await cluster.pipe(machineNamed('slow'), 'create');
  await using watch = cluster.start('get', 'machine', 'slow', '-w', '--no-headers');
  await using waiting = await startWaiting('machine/slow', '--for=condition=Ready');
  await setReady('slow', 'False');
  await watch.line(/ False /);
  expect(waiting.lines).not.toContain('machine.karpenter.sh/slow condition met');
  await setReady('slow', 'True');
  expect(await waiting.line(/condition met/)).toBe('machine.karpenter.sh/slow condition met');
});

test('kubectl wait --for=condition=X=false and --for=jsonpath look at other values', async () => {
  await cluster.pipe(machineNamed('odd'), 'create');
  await setReady('odd', 'False');
  expect(await cluster.kubectl('wait', 'machine/odd', '--for=condition=Ready=false')).toContain('condition met');
  const path = '--for=jsonpath={.spec.resources.requests.storage}=50Gi';
  expect(await cluster.kubectl('wait', 'machine/odd', path)).toContain('condition met');
});

test('kubectl wait gives up after its timeout', async () => {
  await cluster.pipe(machineNamed('never'), 'create');
  const { code, stderr } = await cluster.run(['wait', 'machine/never', '--for=condition=Ready', '--timeout=1s']);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'error: timed out waiting for the condition on machines/never\n',
  });
});

test('kubectl wait --for=delete returns when the object is gone, and at once when it never was', async () => {
  await cluster.pipe(machineNamed('gone'), 'create');
  await using waiting = await startWaiting('machine/gone', '--for=delete');
  await cluster.kubectl('delete', 'machine', 'gone');
  expect(await waiting.line(/condition met/)).toBe('machine.karpenter.sh/gone condition met');
  expect((await cluster.run(['wait', 'machine/nobody', '--for=delete'])).code).toBe(0);
});

test('kubectl wait --for=create returns when the object appears', async () => {
  await using waiting = cluster.start('wait', 'machine/late', '--for=create', '--timeout=30s');
  await cluster.pipe(machineNamed('late'), 'create');
  expect(await waiting.line(/./)).toBe('machine.karpenter.sh/late condition met');
});
