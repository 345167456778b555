// Pools of claims that Azure accepted and that failed later, told once each, when they do.
import { causeOfProvisioning } from '../azure/causes.ts';
import type { Inventory } from '../azure/inventory.ts';
import { namesOfOurPools } from '../azure/our-pools.ts';

/** Calls `onFailure` with the reason that Azure's words amount to. A pool that had failed before the first look is not told of. */
export function tellPoolFailures(
  inventory: Pick<Inventory, 'look' | 'subscribe'>,
  onFailure: (reason: string) => void,
): void {
  const well = new Set<string>();
  inventory.subscribe((name) => {
    const look = inventory.look(name);
    if (look.seen === 'unknown') return;
    const pool = look.seen === 'present' ? look.pool : undefined;
    if (pool === undefined || namesOfOurPools([pool]).size === 0) well.delete(name);
    else if (pool.phase !== 'failed' && pool.phase !== 'canceled') well.add(name);
    else if (well.delete(name)) onFailure(causeOfProvisioning(pool.error).reason);
  });
}
