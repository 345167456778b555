import { describe, expect, it, onTestFinished } from 'vitest';
import { aMachine, aPool } from '../../test/support/claim-builders.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { MemoryArm } from '../../test/support/memory-arm.ts';
import type { AgentPool } from '../azure/pool.ts';
import { Inventory } from '../azure/inventory.ts';
import { tellPoolFailures } from './pool-failures.ts';

const failed = { phase: 'failed', state: 'Failed' } as const;
const outOfStock = { code: 'AllocationFailed', message: 'no capacity' };

function setUp(pools: readonly AgentPool[]): {
  readonly arm: MemoryArm;
  readonly reasons: string[];
  readonly lists: () => Promise<void>;
} {
  const clock = new FakeClock();
  const arm = new MemoryArm();
  for (const pool of pools) arm.put(pool);
  const inventory = new Inventory({ arm, clock });
  const reasons: string[] = [];
  tellPoolFailures(inventory, (reason) => reasons.push(reason));
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  void inventory.run(stop.signal);
  return { arm, reasons, lists: () => clock.advance(300_000) };
}

describe('tellPoolFailures', () => {
  it('tells of a pool that fails, once, and again when the next one fails', async () => {
    const pool = aPool(aMachine(), 'creating');
    const { arm, reasons, lists } = setUp([pool]);
    await lists();
    arm.change(pool.name, { ...failed, error: outOfStock });
    await lists();
    arm.change(pool.name, { count: 0 });
    await lists();
    expect(reasons).toEqual(['InsufficientCapacity']);
    arm.pools.delete(pool.name);
    await lists();
    arm.put(pool);
    await lists();
    arm.change(pool.name, { phase: 'canceled', state: 'Canceled' });
    await lists();
    expect(reasons).toEqual(['InsufficientCapacity', 'AzureError']);
  });

  it("says nothing of a pool that had failed before, and of other people's", async () => {
    const pool = aPool(aMachine());
    const theirs = { ...pool, name: 'theirs', tags: {}, nodeLabels: {} };
    const { arm, reasons, lists } = setUp([{ ...pool, ...failed }, theirs]);
    await lists();
    arm.change('theirs', failed);
    arm.change(pool.name, { error: outOfStock });
    await lists();
    expect(reasons).toEqual([]);
  });
});
