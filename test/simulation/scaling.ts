// People and the autoscaler change how many machines a pool has.
import { isAtRest, nextIndexOf, settled, type SimPool } from './arm-pools.ts';
import type { Item } from './schedule.ts';
import type { World } from './world.ts';

type Of<W extends Item['what']> = Extract<Item, { readonly what: W }>;

export class Scaling {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  scale({ pool: name, count, ms }: Of<'scale'>): void {
    const { pools, scheduler } = this.#world;
    const pool = pools.find(name);
    if (pool === undefined || !isAtRest(pool) || pool.view.count === count) return;
    this.#scaleTo(pool, count, 'person');
    scheduler.after(ms, () => this.#scaleBack(pool));
  }

  /** `az aks nodepool update --enable-cluster-autoscaler --min-count 0 --max-count 3`, and `--disable-cluster-autoscaler`. */
  autoscale({ pool: name, ms }: Of<'autoscale'>): void {
    const { pools, scheduler, random } = this.#world;
    const pool = pools.find(name);
    if (pool === undefined || !isAtRest(pool) || pool.view.autoscaled) return;
    const untilMs = scheduler.nowMs + ms;
    pools.change(pool, { autoscaled: true }, 'person');
    const turn = (): void => {
      if (pools.find(name) !== pool || pool.view.phase === 'deleting') return;
      if (scheduler.nowMs >= untilMs) {
        pools.change(pool, { ...pool.view, autoscaled: false }, 'person');
        return this.#scaleBack(pool);
      }
      const count = random.below(4);
      if (isAtRest(pool) && pool.view.count !== count) this.#scaleTo(pool, count, 'autoscaler');
      scheduler.after(Math.min(this.#between(20_000, 180_000), untilMs - scheduler.nowMs), turn);
    };
    scheduler.after(this.#between(1000, 60_000), turn);
  }

  #scaleTo(pool: SimPool, count: number, by: string): void {
    const { pools, fleet, operations } = this.#world;
    pools.change(pool, { phase: 'busy', state: 'Scaling', count }, by);
    operations.finish(pool, this.#between(20_000, 60_000), () => {
      // AKS chooses which ones go.
      while (pool.instances.length > count) {
        const victim = pool.instances[this.#world.random.below(pool.instances.length)];
        if (victim !== undefined) fleet.destroy(victim);
      }
      while (pool.instances.length < count)
        fleet.boot(pools.addInstance(pool, nextIndexOf(pool)), this.#between(20_000, 60_000));
      pools.change(pool, settled(), 'aks');
    });
  }

  #scaleBack(pool: SimPool): void {
    const { pools, scheduler } = this.#world;
    if (pools.find(pool.view.name) !== pool || pool.view.count === 1 || pool.view.phase === 'deleting') return;
    if (isAtRest(pool)) this.#scaleTo(pool, 1, 'person');
    else scheduler.after(15_000, () => this.#scaleBack(pool));
  }

  #between(least: number, most: number): number {
    return this.#world.random.between(least, most);
  }
}
