// What scenarios wait for of the Nodes of a pool that Azure takes away, brings back and replaces.
import type { Thing } from './world-things.ts';
import type { World } from './world.ts';

/**
 * Resolves when no Node of the pool is left. Wait for it before Azure starts machines again: a kubelet that starts meanwhile
 * takes its Node over, loses it when the finalizer goes, and never makes another. Azure takes minutes to start a machine;
 * here that may come before a controller that lost its lease leads again.
 */
export async function untilNoNodeIsLeft(world: World, pool: string): Promise<void> {
  await world.until(`no Node of "${pool}" is left`, async () => (await world.nodesNow(pool)).length === 0);
}

/**
 * Resolves when the pool has one Node, which has the name of an earlier one and is another object. Azure may say that an
 * upgrade is done before the old Node has gone, or the Node of the upgrade itself.
 */
export async function untilNodeIsReplaced(world: World, pool: string, earlier: readonly Thing[]): Promise<void> {
  await world.until(`the one Node of "${pool}" that is left is new`, () => {
    const [left, ...others] = world.nodesOf(pool);
    const sameName = earlier.filter(({ metadata }) => metadata.name === left?.metadata.name);
    return (
      others.length === 0 &&
      sameName.length > 0 &&
      sameName.every(({ metadata }) => metadata.uid !== left?.metadata.uid)
    );
  });
}
