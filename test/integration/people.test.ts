import { describe, expect, it } from 'vitest';
import { people } from '../scenarios/people.ts';
import { playIn, scenarioTime } from '../support/scenario.ts';
import { startWorld } from '../support/world.ts';

describe.concurrent('people', () => {
  it.for(people)('$name', scenarioTime, async (scenario) => {
    expect(await playIn(startWorld, scenario)).toBeUndefined();
  });
});
