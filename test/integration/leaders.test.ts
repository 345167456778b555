import { describe, it } from 'vitest';
import { leaders } from '../scenarios/leaders.ts';
import { playIn, scenarioTime } from '../support/scenario.ts';
import { startWorld } from '../support/world.ts';

describe.concurrent('leader election', () => {
  it.for(leaders)('$name', scenarioTime, async (scenario, { expect }) => {
    expect(await playIn(startWorld, scenario)).toBeUndefined();
  });
});
