import { describe, expect, it } from 'vitest';
import { platform } from '../scenarios/platform.ts';
import { playIn, scenarioTime } from '../support/scenario.ts';
import { startWorld } from '../support/world.ts';

describe.concurrent('the platform', () => {
  it.for(platform)('$name', scenarioTime, async (scenario) => {
    expect(await playIn(startWorld, scenario)).toBeUndefined();
  });
});
