import { describe, it } from 'vitest';
import { workspaceNodeClaims } from '../scenarios/workspace-nodeclaims.ts';
import { playIn, scenarioTime } from '../support/scenario.ts';
import { startWorld } from '../support/world.ts';

describe.concurrent('workspaces on NodeClaims', () => {
  it.for(workspaceNodeClaims)('$name', scenarioTime, async (scenario, { expect }) => {
    expect(await playIn(startWorld, scenario)).toBeUndefined();
  });
});
