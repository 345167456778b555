import { describe, it } from 'vitest';
import { outages } from '../scenarios/outages.ts';
import { playIn, scenarioTime } from '../support/scenario.ts';
import { startWorld } from '../support/world.ts';

describe.concurrent('outages', () => {
  it.for(outages)('$name', scenarioTime, async (scenario, { expect }) => {
    expect(await playIn(startWorld, scenario)).toBeUndefined();
  });
});
