import { describe, expect, it } from 'vitest';
import { kaito } from '../scenarios/kaito.ts';
import { playIn, scenarioTime } from '../support/scenario.ts';
import { startWorld } from '../support/world.ts';

describe.concurrent('KAITO', () => {
  it.for(kaito)('$name', scenarioTime, async (scenario) => {
    expect(await playIn(startWorld, scenario)).toBeUndefined();
  });
});
