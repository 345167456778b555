import { describe, it } from 'vitest';
import { stories } from '../scenarios/stories.ts';
import { playIn, scenarioTime } from '../support/scenario.ts';
import { startWorld } from '../support/world.ts';

describe.concurrent('stories', () => {
  it.for(stories)('$name', scenarioTime, async (scenario, { expect }) => {
    expect(await playIn(startWorld, scenario)).toBeUndefined();
  });
});
