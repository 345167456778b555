// What a scenario is, and how one is played: in a world of its own that is gone afterwards.
import { holdsPromises } from './promises.ts';
import type { World, WorldOptions } from './world.ts';

export interface Scenario {
  /** What is promised, in words. */
  readonly name: string;
  /** What the world is like. */
  readonly world?: WorldOptions;
  /** Throws when the promise is broken. */
  readonly play: (world: World) => Promise<void>;
}

/** Longer than a wait of a world's, so that it is the wait that says what never happened. */
export const scenarioTime = { timeout: 180_000 } as const;

/** `start` makes the world: the one place where its back end is chosen. */
export async function playIn(
  start: (options?: WorldOptions) => Promise<World>,
  { world: options, play }: Scenario,
): Promise<void> {
  await using world = await start(options);
  await play(world);
  holdsPromises(world);
}
