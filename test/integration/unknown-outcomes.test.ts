import { describe, it } from 'vitest';
import { unknownOutcomes } from '../scenarios/unknown-outcomes.ts';
import { playIn, scenarioTime } from '../support/scenario.ts';
import { startWorld } from '../support/world.ts';

describe.concurrent('unknown outcomes', () => {
  it.for(unknownOutcomes)('$name', scenarioTime, async (scenario, { expect }) => {
    expect(await playIn(startWorld, scenario)).toBeUndefined();
  });
});
