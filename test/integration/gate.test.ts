import { describe, expect, it } from 'vitest';
import { gate } from '../scenarios/gate.ts';
import { playIn, scenarioTime } from '../support/scenario.ts';
import { startWorld } from '../support/world.ts';

describe.concurrent('the gate', () => {
  it.for(gate)('$name', scenarioTime, async (scenario) => {
    expect(await playIn(startWorld, scenario)).toBeUndefined();
  });
});
