// The events of one object are its whole story: what kubectl describe shows of a claim or a Workspace, from birth to end.
import { expect } from 'vitest';
import { kaitoMachine } from '../support/machines.ts';
import { kaitoNodeClaim } from '../support/nodeclaims.ts';
import { aPod } from '../support/pods.ts';
import type { Scenario } from '../support/scenario.ts';
import { hurryUntil } from '../support/world-haste.ts';
import { conditionOf, isTrue } from '../support/world-things.ts';
import type { World } from '../support/world.ts';

const name = 'ws6fa1b2c3d';
const vmSize = 'Standard_NC24ads_A100_v4';
const told = ['Machine', 'NodeClaim', 'Workspace'];
const toReady = ['Normal PoolRequested', 'Normal Launched', 'Normal Registered', 'Normal Initialized', 'Normal Ready'];
const toTheEnd = ['Normal PoolDeletionRequested', 'Normal PoolDeleted'];

/** In the order in which kubectl describe shows them, which is that of their names. A Deployment may have the same name. */
function storyOf(world: World, about: string): readonly string[] {
  return world
    .eventsOf(about)
    .filter(({ regarding }) => told.includes(regarding?.kind ?? ''))
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .map(({ reason, type }) => `${type} ${reason}`);
}

/** Events are written in the background. */
async function untilStory(world: World, about: string, story: readonly string[]): Promise<void> {
  const [, last = ''] = story.at(-1)?.split(' ') ?? [];
  await world.untilEvent(about, last);
  expect(storyOf(world, about)).toEqual(story);
}

/** A pod on the Node of the claim, that runs. */
async function addPod(world: World): Promise<void> {
  const node = (await world.untilReady(name)).status?.nodeName ?? '';
  await world.create('Pod', aPod({ name: 'model', node, tolerations: [{ key: 'sku', operator: 'Exists' }] }));
  await world.until('the pod runs', () => isTrue(world.history.get('Pod', 'model'), 'Ready'));
}

export const stories: readonly Scenario[] = [
  {
    name: 'the events of a Machine tell its whole life in order, a drain included',
    async play(world) {
      await world.startController();
      await world.create('Machine', kaitoMachine({ name, vmSize }));
      await addPod(world);
      await world.remove('Machine', name);
      await world.untilGone('Machine', name);
      await untilStory(world, name, [...toReady, 'Normal Draining', 'Normal Drained', ...toTheEnd]);
    },
  },
  {
    name: 'the events of a NodeClaim tell its whole life in order',
    async play(world) {
      await world.startController();
      await world.create('NodeClaim', kaitoNodeClaim({ name, vmSize }));
      await world.untilReady(name);
      await world.remove('NodeClaim', name);
      await world.untilGone('NodeClaim', name);
      await untilStory(world, name, [...toReady, ...toTheEnd]);
    },
  },
  {
    name: 'the events of a Machine that was refused for quota tell of it once, and go on as if nothing had been',
    world: { script: { quotas: { regionalCores: 8 } } },
    async play(world) {
      await world.startController();
      await world.create('Machine', kaitoMachine({ name, vmSize }));
      await world.untilCondition(name, 'MachineLaunched', 'False', 'QuotaExceeded');
      // What is not written yet when a jump costs the controller its lease is never told.
      await world.untilEvent(name, 'QuotaExceeded');
      const { quotas: _none, ...script } = world.azure.script;
      world.azure.setScript(script);
      world.clock.jump(11 * 60_000);
      await world.untilReady(name);
      await untilStory(world, name, ['Warning QuotaExceeded', ...toReady]);
    },
  },
  {
    name: 'the events of a Machine that got no capacity say why its pool goes, and that another one is asked for',
    world: { script: { capacity: { [vmSize]: 0 } } },
    async play(world) {
      await world.startController();
      await world.create('Machine', kaitoMachine({ name, vmSize }));
      await world.untilEvent(name, 'InsufficientCapacity');
      // A controller that loses its lease meanwhile counts anew.
      await hurryUntil(world, 'the failed pool is gone', () => world.poolState(name) === undefined);
      await world.untilEvent(name, 'PoolDeletionRequested');
      const { capacity: _none, ...script } = world.azure.script;
      world.azure.setScript(script);
      world.clock.jump(21 * 60_000);
      await world.untilReady(name);
      await world.untilEvent(name, 'Ready');
      // A jump may cost the controller its lease: the next one tells the refusal that it finds.
      const story = storyOf(world, name).filter((line, index, lines) => line !== lines[index - 1]);
      expect(story).toEqual([
        'Normal PoolRequested',
        'Warning InsufficientCapacity',
        'Normal PoolDeletionRequested',
        ...toReady,
      ]);
      const [deletion] = world.eventsOf(name).filter(({ reason }) => reason === 'PoolDeletionRequested');
      expect(deletion?.note).toContain('which failed; another one is asked for');
    },
  },
  {
    name: 'the events of a Machine that is paused tell when it was held up, and that it went on',
    async play(world) {
      await world.startController();
      const annotations = { 'gpu-provisioner.io/pause': 'true' };
      await world.create('Machine', kaitoMachine({ name, vmSize, annotations }));
      await world.untilCondition(name, 'MachineLaunched', 'Unknown', 'Paused');
      await world.edit('Machine', name, { metadata: { annotations: { 'gpu-provisioner.io/pause': null } } });
      await world.untilReady(name);
      await untilStory(world, name, ['Normal Paused', ...toReady]);
    },
  },
  {
    name: 'the events of a Workspace name its claims, each part that is ready, the whole, and its end',
    world: { workloads: true, env: { WORKSPACES: 'true' } },
    async play(world) {
      await world.startController();
      await world.create('Workspace', {
        apiVersion: 'kaito.sh/v1alpha1',
        kind: 'Workspace',
        metadata: { name: 'phi' },
        resource: { instanceType: vmSize, labelSelector: { matchLabels: { apps: 'phi' } } },
        inference: { preset: { name: 'phi-3-mini-4k-instruct' } },
      });
      await world.until('the Workspace is ready', async () => {
        const workspace = await world.get('Workspace', 'phi');
        return conditionOf(workspace, 'WorkspaceReady')?.status === 'True';
      });
      await world.remove('Workspace', 'phi');
      await world.until('the Workspace is gone', async () => (await world.get('Workspace', 'phi')) === undefined);
      const [claim] = world.history.sights.filter(({ kind }) => kind === 'Machine');
      const begun = await world.untilEvent('phi', 'ClaimsCreated');
      expect(begun.note).toContain(`Machine "${claim?.thing.metadata.name}"`);
      const isTold = (): boolean => storyOf(world, 'phi').filter((line) => line.endsWith('Deleted')).length === 2;
      await world.until('its end is told', isTold);
      // Its GPUs may appear before or after its first pod is to be scheduled.
      expect(storyOf(world, 'phi').filter((line) => line !== 'Normal Unschedulable')).toEqual([
        'Normal ClaimsCreated',
        'Normal installNodePluginsSuccess',
        'Normal workspaceResourceStatusSuccess',
        'Normal WorkspaceInferenceStatusSuccess',
        'Normal workspaceReady',
        'Normal workspaceDeleted',
        'Normal workspaceDeleted',
      ]);
    },
  },
];
