// What is lost under a running model: the Workspace says so, its claim is served again by policy, and the model comes back.
// What a tuning loses that is done does not.
import { expect } from 'vitest';
import type { Scenario } from '../support/scenario.ts';
import { grown, untilPersonIsBelieved } from '../support/world-belief.ts';
import { conditionOf, isTrue, type Thing } from '../support/world-things.ts';
import type { World, WorldOptions } from '../support/world.ts';
import {
  createAndServe,
  createSecret,
  nodeOf,
  removeAll,
  tuning,
  untilSays,
  untilServed,
  untilWorkspace,
  withWorkspaces,
} from './workspaces.ts';

/** Its claim, once it serves and Azure is done. */
async function claimOfServed(world: World): Promise<Thing> {
  await createAndServe(world);
  const [claim] = await world.list('Machine');
  if (claim === undefined) throw new RangeError('A Workspace serves without a claim');
  await world.until('Azure is done', () => world.poolState(claim.metadata.name) === 'Succeeded');
  return claim;
}

interface Loss {
  readonly name: string;
  readonly world: WorldOptions;
  readonly happens: (world: World, claim: { readonly pool: string; readonly node: string }) => Promise<void>;
  /** Of the claim: whether its policy is to make another instance for the same one. */
  readonly keepsClaim: boolean;
  /** Of ours, of the pool. */
  readonly deletes: number;
}

const losses: readonly Loss[] = [
  {
    name: 'the pool of a running model, deleted by somebody,',
    world: { env: { INSTANCE_GONE: '10s' } },
    happens: async (world, { pool }) => world.azure.deletePoolAsUser(pool),
    keepsClaim: true,
    deletes: 0,
  },
  {
    name: 'the instance of a running model, lost by Azure, with its Node',
    world: { env: { INSTANCE_GONE: '10s' } },
    happens: async (world, { pool, node }) => world.azure.loseMachine(pool, node),
    keepsClaim: true,
    deletes: 1,
  },
  {
    name: 'the Node of a running model, deleted by a person with its claim,',
    world: grown,
    async happens(world, { node }) {
      await untilPersonIsBelieved(world);
      await world.remove('Node', node);
    },
    keepsClaim: false,
    deletes: 1,
  },
];

/** Two PUTs in all: what was lost is bought once more, and no more than that. */
async function playLoss(world: World, { happens, keepsClaim, deletes }: Loss): Promise<void> {
  const claim = await claimOfServed(world);
  const pods = (await world.list('Pod')).map(({ metadata }) => metadata.uid);
  const pool = claim.metadata.name;
  await happens(world, { pool, node: claim.status?.nodeName ?? '' });
  const lost = await untilWorkspace(world, 'phi', 'says what it lacks', (workspace) =>
    ['ResourceReady', 'WorkspaceReady'].every((type) => conditionOf(workspace, type)?.status === 'False'),
  );
  expect(conditionOf(lost, 'ResourceReady')?.message).toMatch(/^0\/1 nodes ready/u);

  await world.untilCalls('PUT', pool, 2);
  await untilServed(world, 'phi');
  const pod = await world.until('another pod is ready', () =>
    world.history.list('Pod').find((each) => !pods.includes(each.metadata.uid) && isTrue(each, 'Ready')),
  );
  const [again, ...more] = await world.list('Machine');
  expect(more).toEqual([]);
  expect(again?.metadata.uid === claim.metadata.uid).toBe(keepsClaim);
  expect(nodeOf(pod)).toBe(again?.status?.nodeName);
  expect(world.azure.pools().map((each) => each['name'])).toEqual(['nodepool1', pool]);
  expect(world.calls('PUT')).toHaveLength(2);
  expect(world.calls('DELETE')).toHaveLength(deletes);
  await removeAll(world, 'phi');
}

export const workspaceLosses: readonly Scenario[] = [
  {
    name: 'a node that is lost under a running model shows, buys no other, and heals',
    world: withWorkspaces,
    async play(world) {
      await createAndServe(world);
      const [machine] = await world.list('Machine');
      const node = machine?.status?.nodeName ?? '';
      await world.nodes.setReady(node, false);
      await untilSays(world, 'phi', 'ResourceReady', 'NodeNotReady');
      await world.nodes.setReady(node, true);
      await untilServed(world, 'phi');
      expect(world.calls('PUT')).toHaveLength(1);
    },
  },
  {
    name: 'a tuning whose adapter was pushed loses its Job and its node, and neither comes back',
    world: withWorkspaces,
    async play(world) {
      await world.startController();
      await createSecret(world);
      await world.create('Workspace', tuning());
      await untilServed(world, 'phi');
      const [machine] = await world.list('Machine');
      await world.remove('Job', 'phi');
      await world.remove('Machine', machine?.metadata.name ?? '');
      await world.until('its node is gone', async () => (await world.list('Machine')).length === 0);
      await world.pass(90);
      expect(await world.get('Job', 'phi')).toBeUndefined();
      expect(world.calls('PUT')).toHaveLength(1);
      await untilServed(world, 'phi');
      await removeAll(world, 'phi');
    },
  },
  ...losses.map((loss): Scenario => ({
    name: `${loss.name} shows on the Workspace and is replaced: the model is back, with one pool`,
    world: { ...withWorkspaces, ...loss.world, env: { ...withWorkspaces.env, ...loss.world.env } },
    play: (world) => playLoss(world, loss),
  })),
];
