import { describe, it } from 'vitest';
import { mainJob } from '../scenarios/main-job.ts';
import { playIn, scenarioTime } from '../support/scenario.ts';
import { startWorld } from '../support/world.ts';

describe.concurrent('the main job', () => {
  it.for(mainJob)('$name', scenarioTime, async (scenario, { expect }) => {
    expect(await playIn(startWorld, scenario)).toBeUndefined();
  });
});
