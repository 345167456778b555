import { describe, it } from 'vitest';
import { foreignDefinitions } from '../scenarios/foreign-definitions.ts';
import { playIn, scenarioTime } from '../support/scenario.ts';
import { startWorld } from '../support/world.ts';

describe.concurrent('definitions of other charts', () => {
  it.for(foreignDefinitions)('$name', scenarioTime, async (scenario, { expect }) => {
    expect(await playIn(startWorld, scenario)).toBeUndefined();
  });
});
