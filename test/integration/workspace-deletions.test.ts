import { describe, it } from 'vitest';
import { workspaceDeletions } from '../scenarios/workspace-deletions.ts';
import { playIn, scenarioTime } from '../support/scenario.ts';
import { startWorld } from '../support/world.ts';

describe.concurrent('workspaces that are deleted', () => {
  it.for(workspaceDeletions)('$name', scenarioTime, async (scenario, { expect }) => {
    expect(await playIn(startWorld, scenario)).toBeUndefined();
  });
});
