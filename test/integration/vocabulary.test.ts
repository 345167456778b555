import { describe, expect, it } from 'vitest';
import { vocabulary } from '../scenarios/vocabulary.ts';
import { playIn, scenarioTime } from '../support/scenario.ts';
import { startWorld } from '../support/world.ts';

describe.concurrent("Azure's words", () => {
  it.for(vocabulary)('$name', scenarioTime, async (scenario) => {
    expect(await playIn(startWorld, scenario)).toBeUndefined();
  });
});
