import { describe, it } from 'vitest';
import { drain } from '../scenarios/drain.ts';
import { playIn, scenarioTime } from '../support/scenario.ts';
import { startWorld } from '../support/world.ts';

describe.concurrent('draining', () => {
  it.for(drain)('$name', scenarioTime, async (scenario, { expect }) => {
    expect(await playIn(startWorld, scenario)).toBeUndefined();
  });
});
