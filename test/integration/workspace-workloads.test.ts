import { describe, it } from 'vitest';
import { workspaceWorkloads } from '../scenarios/workspace-workloads.ts';
import { playIn, scenarioTime } from '../support/scenario.ts';
import { startWorld } from '../support/world.ts';

describe.concurrent('workspace workloads', () => {
  it.for(workspaceWorkloads)('$name', scenarioTime, async (scenario, { expect }) => {
    expect(await playIn(startWorld, scenario)).toBeUndefined();
  });
});
