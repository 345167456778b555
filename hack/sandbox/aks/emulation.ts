// The parts of one emulated region, wired together: what every request handler works on.
import { Fleet } from './fleet.ts';
import { Lifecycle } from './lifecycle.ts';
import { Power } from './power.ts';
import type { World } from './world.ts';

export interface Emulation {
  readonly world: World;
  readonly fleet: Fleet;
  readonly lifecycle: Lifecycle;
  readonly power: Power;
}

export function anEmulation(world: World): Emulation {
  const fleet = new Fleet(world);
  return { world, fleet, lifecycle: new Lifecycle(world, fleet), power: new Power(world, fleet) };
}
