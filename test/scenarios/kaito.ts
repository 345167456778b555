// KAITO as the client: what it reads from its claims must never make it buy one GPU more than it wants.
import { expect } from 'vitest';
import type { KaitoRelease } from '../support/kaito-releases.ts';
import { KaitoWorkspace, withKaito, type WorkspaceState } from '../support/kaito-workspace.ts';
import type { Scenario } from '../support/scenario.ts';
import { isTrue } from '../support/world-things.ts';
import type { World } from '../support/world.ts';

const noCapacity = 'all requested instance types were unavailable during launch';
/** Longer than one look of KAITO's takes before it gives up. */
const kaitosPatienceMs = 245_000;
/** Longer than a busy machine needs to tell KAITO that it has waited for so long. */
const slowSeconds = 3600;

const releases = ['v0.4.1', 'v0.4.6', 'v0.12.0'] as const;

type Phase = WorkspaceState['phase'];

async function untilPhase(world: World, workspace: KaitoWorkspace, phase: Phase): Promise<WorkspaceState> {
  return world.until(`Workspace "${workspace.wish.name}" is ${phase}`, () =>
    workspace.state.phase === phase ? workspace.state : undefined,
  );
}

/** KAITO gives up on what it waits for, so many times. */
async function untilFailures(world: World, workspace: KaitoWorkspace, count: number): Promise<void> {
  while (workspace.failures.length < count) {
    await world.until('KAITO waits for a Machine', () => workspace.waitsFor);
    const before = workspace.failures.length;
    world.clock.jump(kaitosPatienceMs);
    await world.until('KAITO gives up', () => workspace.failures.length > before);
  }
}

/** Over the whole history, at every moment. */
function mostLiveClaims(world: World, workspace: KaitoWorkspace): number {
  const live = new Set<string>();
  let most = 0;
  for (const { kind, type, thing } of world.history.sights) {
    if (kind !== workspace.kind || !workspace.isOurs(thing)) continue;
    if (type === 'DELETED' || thing.metadata.deletionTimestamp !== undefined) live.delete(thing.metadata.uid);
    else live.add(thing.metadata.uid);
    most = Math.max(most, live.size);
  }
  return most;
}

/** Its Node is not ready for a while, then its pool is upgraded. */
async function playBusy(release: KaitoRelease, world: World): Promise<void> {
  await world.startController();
  const workspace = new KaitoWorkspace(world, { name: 'busy', count: 2, release });
  await withKaito(workspace, async () => {
    await untilPhase(world, workspace, 'ready');
    const [name = ''] = workspace.created;
    await world.until('Azure is done', () => world.poolState(name) === 'Succeeded');
    const node = (await world.untilReady(name)).status?.nodeName ?? '';
    const old = (await world.nodesNow(name)).map(({ metadata }) => metadata.uid);
    await world.nodes.setReady(node, false);
    await world.untilCondition(name, 'Ready', 'False', 'NodeNotReady');
    await world.pass(20);
    await world.nodes.setReady(node, true);
    const back = await world.untilReady(name);
    world.azure.upgradePool(name);
    await world.until('it was upgraded', () => {
      const bound = world.history.get('Node', world.claim(name)?.status?.nodeName ?? '');
      const isNew = world.claim(name)?.metadata.resourceVersion !== back.metadata.resourceVersion;
      const isDone = world.poolState(name) === 'Succeeded' && world.nodesOf(name).length === 1;
      return isNew && isDone && isTrue(bound, 'Ready') && !old.includes(bound?.metadata.uid ?? '');
    });
    await world.untilReady(name);
    await untilPhase(world, workspace, 'ready');
    expect(workspace.created).toHaveLength(2);
    expect(mostLiveClaims(world, workspace)).toBe(2);
    expect(world.calls('PUT')).toHaveLength(2);
    expect(world.calls('DELETE')).toEqual([]);
  });
}

export const kaito: readonly Scenario[] = [
  {
    name: 'KAITO serves a Workspace with one Machine and one pool',
    async play(world) {
      await world.startController();
      const workspace = new KaitoWorkspace(world, { name: 'phi', count: 1 });
      await withKaito(workspace, async () => {
        const state = await untilPhase(world, workspace, 'ready');
        const [machine] = await world.list('Machine');
        expect(state).toMatchObject({ nodes: [machine?.status?.nodeName] });
        expect(workspace.created).toEqual([machine?.metadata.name]);
        expect(workspace.failures).toEqual([]);
        expect(world.calls('PUT')).toHaveLength(1);
      });
    },
  },
  {
    name: 'M2 KAITO gets two nodes one after the other, with never more Machines than it wants',
    async play(world) {
      await world.startController();
      const workspace = new KaitoWorkspace(world, { name: 'two', count: 2 });
      await withKaito(workspace, async () => {
        await untilPhase(world, workspace, 'ready');
        expect(workspace.created).toHaveLength(2);
        expect(mostLiveClaims(world, workspace)).toBe(2);
        expect(world.calls('PUT')).toHaveLength(2);
      });
    },
  },
  {
    name: 'M8 KAITO gives up before Azure is done, and then finds the same Machine Ready',
    world: { script: { timing: { createSeconds: slowSeconds, joinSeconds: slowSeconds - 10 } } },
    async play(world) {
      await world.startController();
      const workspace = new KaitoWorkspace(world, { name: 'slow', count: 1 });
      await withKaito(workspace, async () => {
        await world.untilCalls('PUT', undefined, 1);
        await untilFailures(world, workspace, 1);
        expect(workspace.failures).toEqual(['timedOut']);
        expect(world.poolState(workspace.created[0] ?? '')).toBe('Creating');
        world.clock.jump(slowSeconds * 1000);
        await untilPhase(world, workspace, 'ready');
        expect(workspace.created).toHaveLength(1);
        expect(world.calls('PUT')).toHaveLength(1);
      });
    },
  },
  {
    name: 'M6 a refusal for want of capacity stops KAITO, with its own words and one Machine',
    world: {
      script: {
        faults: [
          {
            operation: 'PUT',
            times: 'always',
            effect: {
              kind: 'refuse',
              by: 'aks',
              status: 409,
              code: 'SkuNotAvailable',
              message: 'The requested VM size for resource is currently not available in location eastus.',
            },
          },
        ],
      },
    },
    async play(world) {
      await world.startController();
      const workspace = new KaitoWorkspace(world, { name: 'scarce', count: 1 });
      await withKaito(workspace, async () => {
        const state = await untilPhase(world, workspace, 'failed');
        expect(state).toMatchObject({ reason: 'machineFailedCreation', message: noCapacity });
        // It requeues all the same: then it waits for the Machine that is there.
        await untilFailures(world, workspace, 3);
        expect(workspace.created).toHaveLength(1);
        expect(mostLiveClaims(world, workspace)).toBe(1);
      });
    },
  },
  {
    name: 'M7 a quota that is used up makes no churn: the same Machine waits, and is served once there is quota',
    world: { script: { quotas: { families: { standardNCSv3Family: 0 } } } },
    async play(world) {
      await world.startController();
      const workspace = new KaitoWorkspace(world, { name: 'poor', count: 1 });
      await withKaito(workspace, async () => {
        await untilFailures(world, workspace, 3);
        const [name = ''] = workspace.created;
        await world.untilCondition(name, 'MachineLaunched', 'False', 'QuotaExceeded');
        expect(workspace.failures).toEqual(['timedOut', 'timedOut', 'timedOut']);
        expect(workspace.created).toHaveLength(1);
        world.azure.setScript({ ...world.azure.script, quotas: {} });
        const asked = world.controller.api.requests.length;
        world.clock.jump(3_600_000);
        // A pass between the jump and the first answer after it still goes by the server's time before.
        await world.until('the API server has answered since the jump', () =>
          world.controller.api.requests.slice(asked).some(({ status }) => status !== undefined),
        );
        await world.pass(5);
        world.clock.jump(3_600_000);
        await untilPhase(world, workspace, 'ready');
        expect(workspace.created).toEqual([name]);
        expect(mostLiveClaims(world, workspace)).toBe(1);
      });
    },
  },
  {
    name: 'a Machine that somebody deletes while KAITO waits is replaced by one, and its pool goes',
    async play(world) {
      await world.startController();
      const workspace = new KaitoWorkspace(world, { name: 'lost', count: 1 });
      await withKaito(workspace, async () => {
        await world.untilCalls('PUT', undefined, 1);
        const [first = ''] = workspace.created;
        await world.remove('Machine', first);
        await untilPhase(world, workspace, 'ready');
        expect(workspace.failures).toEqual(['notFound']);
        expect(workspace.created).toHaveLength(2);
        expect(world.poolState(first)).toBeUndefined();
        expect(mostLiveClaims(world, workspace)).toBe(1);
      });
    },
  },
  ...releases.map((release): Scenario => ({
    name: `KAITO ${release} never has more live claims than nodes that it wants: slow creation, a Node that is not ready, an upgrade`,
    world: { script: { timing: { createSeconds: 40, joinSeconds: 30, upgradeSeconds: 20 } } },
    play: (world) => playBusy(release, world),
  })),
];
