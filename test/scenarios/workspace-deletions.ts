// A Workspace that is deleted at each stage of its life, served or tuned: nothing of it stays, in the cluster or in Azure.
import type { Scenario } from '../support/scenario.ts';
import { isTrue } from '../support/world-things.ts';
import type { World } from '../support/world.ts';
import { createSecret, inference, removeAll, tuning, untilServed, withWorkspaces } from './workspaces.ts';

interface Stage {
  readonly name: string;
  readonly reached: (world: World) => Promise<unknown>;
}

const early: readonly Stage[] = [
  { name: 'before its nodes are asked for', reached: () => Promise.resolve() },
  { name: 'while its pool is created', reached: (world) => world.untilCalls('PUT', undefined, 1) },
];

const served: readonly Stage[] = [
  {
    name: 'while its pods start',
    reached: (world) => world.until('a pod is there', () => world.history.list('Pod').length > 0),
  },
  { name: 'when it serves', reached: (world) => untilServed(world, 'phi') },
];

const tuned: readonly Stage[] = [
  {
    name: 'while its Job runs',
    // It ends by itself: that it ran is enough.
    reached: (world) =>
      world.until('a pod of its Job runs', () =>
        world.history.sights.some(({ kind, thing }) => kind === 'Pod' && isTrue(thing, 'Ready')),
      ),
  },
  { name: 'when its Job has ended', reached: (world) => untilServed(world, 'phi') },
];

const deletions = [...early, ...served].map(({ name, reached }): Scenario => ({
  name: `a Workspace that is deleted ${name} leaves nothing`,
  world: withWorkspaces,
  async play(world) {
    await world.startController();
    await world.create('Workspace', inference());
    await reached(world);
    await removeAll(world, 'phi');
  },
}));

const deletionsOfTunings = [...early, ...tuned].map(({ name, reached }): Scenario => ({
  name: `a tuning that is deleted ${name} leaves nothing`,
  world: withWorkspaces,
  async play(world) {
    await world.startController();
    await createSecret(world);
    await world.create('Workspace', tuning());
    await reached(world);
    await removeAll(world, 'phi');
  },
}));

export const workspaceDeletions: readonly Scenario[] = [...deletions, ...deletionsOfTunings];
