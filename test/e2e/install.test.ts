// The README's section on clusters, from the installation to the end, as its readers type it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandsFrom, commandsOf } from '../support/page-commands.ts';
import { startWorld, type World } from '../support/world.ts';
import { askedBy } from './audit.ts';
import { scalePods } from './cluster.ts';
import { Clusters } from './clusters.ts';
import { needs, wordsOf } from './grants.ts';
import { playHookPod } from './hook-pod.ts';
import { run, runLine } from './program.ts';

const readme = join(import.meta.dirname, '../../README.md');
/** Of the Machine in the file that the README applies. */
const name = 'ws6fa1b2c3d';
const rate = 2.5;

let clusters: Clusters;
let world: World;

beforeAll(async () => {
  // With helm install as the README has it (cluster.ts); what differs is that no kubelet pulls the image, and Azure's address.
  clusters = await Clusters.start(1, { workspaces: false });
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

/** The commands of the step about the first Machine. */
async function firstMachine(): Promise<readonly string[]> {
  return commandsFrom(await commandsOf('README.md', 'Install it on a cluster'), 'sed ');
}

test('the first Machine: applied, waited for, looked at, deleted', async ({ signal }) => {
  const type = (line: string): Promise<string> => runLine(line, { home: home(), signal });
  const [apply = '', wait = '', table = '', describe = '', remove = '', ...more] = await firstMachine();
  expect([wait, table, describe, remove, ...more]).toEqual([
    expect.stringMatching(/^kubectl wait /u),
    expect.stringMatching(/^kubectl get /u),
    expect.stringMatching(/^kubectl describe /u),
    expect.stringMatching(/^kubectl delete /u),
  ]);

  await type(apply);
  await type(wait);

  const [node] = await world.nodesNow(name);
  expect(node).toBeDefined();
  const rows = await type(table);
  expect(rows.split('\n')[0]?.split(/\s+/u)).toEqual(expect.arrayContaining(['NAME', 'TYPE', 'READY', 'CAPACITY']));
  expect(rows).toContain(node?.metadata.name);
  // Events are written in the background.
  await world.untilEvent(name, 'PoolRequested');
  expect(await type(describe)).toContain('PoolRequested');

  await type(remove);
  expect(await world.get('Machine', name)).toBeUndefined();
  expect(world.poolState(name)).toBeUndefined();
});

test('helm uninstall: the Node is free, the claim and its pool remain', async ({ signal }) => {
  const [cluster] = clusters.all;
  if (cluster === undefined) throw new RangeError('No cluster runs');
  const type = (line: string): Promise<string> => runLine(line, { home: home(), signal });
  const [apply = '', wait = ''] = await firstMachine();
  await type(apply);
  await type(wait);
  const [uninstall = ''] = commandsFrom(
    await commandsOf('docs/uninstall.md', 'The GPU nodes are to remain'),
    'helm uninstall ',
  );
  expect(await readFile(readme, 'utf8')).toContain(`**Uninstall:** \`${uninstall}\``);
  // Scaled to zero by the hook: the pods, and here the process that does their work.
  await scalePods(cluster.api, 1, signal);
  await world.controller.stop();

  const [, hook] = await Promise.all([type(uninstall), playHookPod(cluster, clusters.controllerFile, signal)]);

  const [node] = await world.nodesNow(name);
  expect(node).toBeDefined();
  expect(node?.metadata.finalizers ?? []).toEqual([]);
  expect(node?.metadata.ownerReferences ?? []).toEqual([]);
  expect((await world.get('Machine', name))?.metadata.finalizers).toEqual(['karpenter.sh/termination']);
  expect(world.poolState(name)).toBe('Succeeded');
  expect(await run('helm', ['list', '--all-namespaces', '--short'], { home: home(), signal })).toBe('');

  // Its roles are what it needs, and no more.
  const asked = await askedBy(hook.user, cluster.controlPlane.auditLog);
  expect(asked.filter(({ allowed }) => !allowed)).toEqual([]);
  expect(asked.filter((each) => !hook.grants.some((grant) => needs(each, grant)))).toEqual([]);
  expect(hook.grants.length).toBeGreaterThan(0);
  expect(hook.grants.filter((grant) => !asked.some((each) => needs(each, grant))).map(wordsOf)).toEqual([]);
});
