// Leaving, as the readers of docs/uninstall.md and docs/workspaces.md type it: nothing remains, and nothing comes back.
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { kaitoMachine } from '../support/machines.ts';
import { commandsOf } from '../support/page-commands.ts';
import { isTrue } from '../support/world-things.ts';
import { startKubectlWorld, type KubectlWorld } from './front.ts';

const name = 'workspace-phi-3-mini';
const file = fileURLToPath(new URL('../../docs/workspaces/inference-phi-3.yaml', import.meta.url));
const walkTime = { timeout: 180_000 } as const;

/** A Workspace that serves, and a Machine of a person's, with a controller that reconciles both. */
async function aFleet(): Promise<KubectlWorld> {
  const started = await startKubectlWorld({ workloads: true });
  const { kubectl, world } = started;
  await world.startController({ env: { WORKSPACES: 'true' } });
  await kubectl('apply', '-f', file);
  await world.create(
    'Machine',
    kaitoMachine({ name: 'ws1', labels: { 'kaito.sh/workspace': 'other', apps: 'other' } }),
  );
  await world.until('the model answers', async () => isTrue(await world.get('Workspace', name), 'WorkspaceReady'));
  await world.untilReady('ws1');
  return started;
}

test('nothing remains after the commands of docs/uninstall.md', walkTime, async () => {
  await using fleet = await aFleet();
  const { shell, world } = fleet;
  const commands = await commandsOf('docs/uninstall.md', 'Nothing is to remain');
  const uninstall = commands.findIndex((command) => command.startsWith('helm uninstall '));
  expect(uninstall).toBeGreaterThan(0);

  for (const command of commands.slice(0, uninstall)) await shell(command);

  const left = (): Promise<string> =>
    shell('kubectl get machines,nodeclaims,workspaces,deployments,jobs,pods -A -o name');
  // Pods end in their own time.
  await world.until('nothing of it is left', async () => (await left()) === '');
  // Before the controller ends: it had its chance to bring something back.
  await world.pass(60);
  const pools = (): readonly unknown[] => world.azure.pools().map((pool) => pool['name']);
  expect(pools()).toEqual(['nodepool1']);
  expect(await left()).toBe('');
  await world.controller.stop();
  for (const command of commands.slice(uninstall + 1)) await shell(command);
  const definitions = await shell('kubectl get crd -o name');
  for (const kind of ['machines.karpenter.sh', 'nodeclaims.karpenter.sh', 'workspaces.kaito.sh'])
    expect(definitions).not.toContain(kind);
});

test(
  'a Workspace that nobody serves any more hangs, and goes by the commands of docs/workspaces.md',
  walkTime,
  async () => {
    await using fleet = await aFleet();
    const { kubectl, shell, world } = fleet;
    await world.controller.stop();
    await world.startController({ env: { WORKSPACES: 'false' } });
    await expect(kubectl('delete', 'workspace', name, '--timeout=2s')).rejects.toThrow('timed out');
    expect(await kubectl('get', 'deployment', name, '-o', 'name')).toBe(`deployment.apps/${name}\n`);

    await shell((await commandsOf('docs/workspaces.md', 'A Workspace that nobody serves')).join('\n'));

    expect(await kubectl('get', 'workspaces', '-A', '-o', 'name')).toBe('');
    // Each by itself, in whatever order the garbage collector finds them.
    await world.until(
      'its workload is gone',
      async () => (await kubectl('get', 'deployments,pods', '-o', 'name')) === '',
    );
    await world.until(
      'its Service is gone',
      async () => (await kubectl('get', 'service', name, '--ignore-not-found', '-o', 'name')) === '',
    );
    expect(await kubectl('get', 'machines', '-o', 'name')).toBe('machine.karpenter.sh/ws1\n');
    expect(world.azure.pools().map((pool) => pool['name'])).toEqual(['nodepool1', 'ws1']);
  },
);
