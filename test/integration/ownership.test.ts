import { describe, it } from 'vitest';
import { ownership } from '../scenarios/ownership.ts';
import { playIn, scenarioTime } from '../support/scenario.ts';
import { startWorld } from '../support/world.ts';

describe.concurrent('ownership', () => {
  it.for(ownership)('$name', scenarioTime, async (scenario, { expect }) => {
    expect(await playIn(startWorld, scenario)).toBeUndefined();
  });
});
