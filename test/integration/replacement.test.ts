import { describe, expect, it } from 'vitest';
import { replacement } from '../scenarios/replacement.ts';
import { playIn, scenarioTime } from '../support/scenario.ts';
import { startWorld } from '../support/world.ts';

describe.concurrent('replacement', () => {
  it.for(replacement)('$name', scenarioTime, async (scenario) => {
    expect(await playIn(startWorld, scenario)).toBeUndefined();
  });
});
