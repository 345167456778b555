import { describe, expect, it } from 'vitest';
import { playIn, type Scenario } from '../support/scenario.ts';
import { startWorld, type World } from '../support/world.ts';

/** Its controller loses its lease in the first plays, as many as `losses`. */
function unstable(losses: number): { readonly plays: () => number; readonly start: () => Promise<World> } {
  let plays = 0;
  const start = async (): Promise<World> => {
    const world = await startWorld();
    const isLost = plays < losses;
    plays += 1;
    const running = await world.startController();
    world.controllers.push({ ...running, leaseWasLost: () => isLost });
    return world;
  };
  return { plays: () => plays, start };
}

const broken = new Error('The promise is broken');

/** Breaks its promise where the lease was lost, or always. */
function fails(when: 'lost' | 'always', flags: Pick<Scenario, 'keepsLease'> = {}): Scenario {
  return {
    name: 'fails',
    ...flags,
    play: async (world) => {
      if (when === 'always' || world.leaseWasLost) throw broken;
    },
  };
}

describe('playIn', () => {
  it('plays a promise of one process again where that one lost its lease', async () => {
    const { plays, start } = unstable(1);
    await playIn(start, fails('lost', { keepsLease: true }));
    expect(plays()).toBe(2);
  });

  it('gives up after two plays', async () => {
    const { plays, start } = unstable(9);
    await expect(playIn(start, fails('lost', { keepsLease: true }))).rejects.toBe(broken);
    expect(plays()).toBe(2);
  });

  it('plays nothing again where no lease was lost, or where the promise outlives one', async () => {
    const kept = unstable(0);
    await expect(playIn(kept.start, fails('always', { keepsLease: true }))).rejects.toBe(broken);
    const lost = unstable(1);
    await expect(playIn(lost.start, fails('lost'))).rejects.toBe(broken);
    expect([kept.plays(), lost.plays()]).toEqual([1, 1]);
  });
});
