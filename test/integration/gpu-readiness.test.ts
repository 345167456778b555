import { describe, it } from 'vitest';
import { gpuReadiness } from '../scenarios/gpu-readiness.ts';
import { playIn, scenarioTime } from '../support/scenario.ts';
import { startWorld } from '../support/world.ts';

describe.concurrent('GPU readiness', () => {
  it.for(gpuReadiness)('$name', scenarioTime, async (scenario, { expect }) => {
    expect(await playIn(startWorld, scenario)).toBeUndefined();
  });
});
