import { describe, it } from 'vitest';
import { workspaceLosses } from '../scenarios/workspace-losses.ts';
import { playIn, scenarioTime } from '../support/scenario.ts';
import { startWorld } from '../support/world.ts';

describe.concurrent('workspaces that lose what they run on', () => {
  it.for(workspaceLosses)('$name', scenarioTime, async (scenario, { expect }) => {
    expect(await playIn(startWorld, scenario)).toBeUndefined();
  });
});
