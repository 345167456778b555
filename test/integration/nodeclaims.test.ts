import { describe, expect, it } from 'vitest';
import { nodeClaims } from '../scenarios/nodeclaims.ts';
import { playIn, scenarioTime } from '../support/scenario.ts';
import { startWorld } from '../support/world.ts';

describe.concurrent('NodeClaims', () => {
  it.for(nodeClaims)('$name', scenarioTime, async (scenario) => {
    expect(await playIn(startWorld, scenario)).toBeUndefined();
  });
});
