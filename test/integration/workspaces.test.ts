import { describe, it } from 'vitest';
import { workspaces } from '../scenarios/workspaces.ts';
import { playIn, scenarioTime } from '../support/scenario.ts';
import { startWorld } from '../support/world.ts';

describe.concurrent('workspaces', () => {
  it.for(workspaces)('$name', scenarioTime, async (scenario, { expect }) => {
    expect(await playIn(startWorld, scenario)).toBeUndefined();
  });
});
