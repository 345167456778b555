import { describe, it } from 'vitest';
import { badInput } from '../scenarios/bad-input.ts';
import { playIn, scenarioTime } from '../support/scenario.ts';
import { startWorld } from '../support/world.ts';

describe.concurrent('bad input', () => {
  it.for(badInput)('$name', scenarioTime, async (scenario, { expect }) => {
    expect(await playIn(startWorld, scenario)).toBeUndefined();
  });
});
