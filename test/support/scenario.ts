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
  /**
   * It is a promise of one process, such as what it remembers or how often it asks; one that lost its lease, since the machine
   * stood still for seconds, has shown nothing of it. Only such a play is made again.
   */
  readonly keepsLease?: true;
}

/** Longer than a wait of a world's, so that it is the wait that says what never happened. */
export const scenarioTime = { timeout: 180_000 } as const;

/** On the real control plane a wait in vain takes two minutes; more than two do not fit into a test's time. */
const mostPlays = 2;

/** `start` makes the world: the one place where its back end is chosen. */
export async function playIn(start: (options?: WorldOptions) => Promise<World>, scenario: Scenario): Promise<void> {
  for (let plays = 1; ; plays++) {
    await using world = await start(scenario.world);
    let isShown = true;
    try {
      await scenario.play(world);
    } catch (error) {
      if (scenario.keepsLease !== true || !world.leaseWasLost || plays === mostPlays) throw error;
      isShown = false;
    }
    holdsPromises(world);
    if (isShown) return;
  }
}
