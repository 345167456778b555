// Where a controller of a world serves its metrics: it took the port itself, and its log says which.
import type { RunningController } from './world-controller.ts';
import type { World } from './world.ts';

/** Resolves when it listens there. */
export function metricsPortOf(world: World, { lines }: RunningController): Promise<string> {
  return world.until('it says where it serves its metrics', () =>
    lines.map((line) => /"metricsPort":(\d+)/.exec(line)?.[1]).find((port) => port !== undefined),
  );
}
