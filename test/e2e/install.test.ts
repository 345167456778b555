// The README's section on clusters, from the installation to the end, with the programs that people run.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld, type World } from '../support/world.ts';
import { release } from './cluster.ts';
import { Clusters } from './clusters.ts';
import { playHookPod } from './hook-pod.ts';
import { run } from './program.ts';

const machineFile = join(import.meta.dirname, '../../hack/sandbox/demo/machine.yaml');
const name = 'ws6fa1b2c3d';
const rate = 2.5;

let clusters: Clusters;
let world: World;

beforeAll(async () => {
  clusters = await Clusters.start(1);
  world = await startWorld({ rate }, clusters.makeBackEnd);
  await world.startController();
});

afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await clusters?.[Symbol.asyncDispose]();
});

function home(): string {
  const [cluster] = clusters.all;
  if (cluster === undefined) throw new RangeError('No cluster runs');
  return cluster.home;
}

test('the first Machine: applied, waited for, looked at', async ({ signal }) => {
  const kubectl = (...words: readonly string[]): Promise<string> => run('kubectl', words, { home: home(), signal });

  await kubectl('apply', '-f', machineFile);
  await kubectl('wait', '--for=condition=Ready', `machine/${name}`, '--timeout=2m');

  const [node] = world.nodesOf(name);
  const table = await kubectl('get', 'machines', '-o', 'wide');
  expect(table.split('\n')[0]?.split(/\s+/u)).toEqual(expect.arrayContaining(['NAME', 'TYPE', 'READY', 'CAPACITY']));
  expect(table).toContain(node?.metadata.name);
  expect(await kubectl('describe', 'machine', name)).toContain('PoolRequested');
});

test('helm uninstall: the Node is free, the claim and its pool remain', async ({ signal }) => {
  const [cluster] = clusters.all;
  if (cluster === undefined) throw new RangeError('No cluster runs');
  // Scaled to zero by the hook; here the process that stands in for its pods.
  await world.controller.stop();

  const played = playHookPod(cluster, clusters.controllerFile, signal);
  await Promise.all([run('helm', ['uninstall', release, '--namespace', release], { home: home(), signal }), played]);

  const [{ metadata } = { metadata: { name: '' } }] = world.nodesOf(name);
  const node = await world.get('Node', metadata.name);
  expect(node?.metadata.name).toBe(metadata.name);
  expect(node?.metadata.finalizers ?? []).toEqual([]);
  expect(node?.metadata.ownerReferences ?? []).toEqual([]);
  expect((await world.get('Machine', name))?.metadata.finalizers).toEqual(['karpenter.sh/termination']);
  expect(world.poolState(name)).toBe('Succeeded');
  expect(await run('helm', ['list', '--all-namespaces', '--short'], { home: home(), signal })).toBe('');
});
