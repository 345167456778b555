import { describe, expect, it } from 'vitest';
import { nodes } from '../scenarios/nodes.ts';
import { playIn, scenarioTime } from '../support/scenario.ts';
import { startWorld } from '../support/world.ts';

describe.concurrent('Nodes', () => {
  it.for(nodes)('$name', scenarioTime, async (scenario) => {
    expect(await playIn(startWorld, scenario)).toBeUndefined();
  });
});
