// What AKS and its machines do by themselves: upgrades, stop and start, repairs, failures, storms.
import { failedWith, isAtRest, nextIndexOf, settled, type SimInstance, type SimPool } from './arm-pools.ts';
import { timingsFor } from './replica.ts';
import type { Item } from './schedule.ts';
import { isDeleting, isTrue, type Thing } from './thing.ts';
import type { World } from './world.ts';

type Of<W extends Item['what']> = Extract<Item, { readonly what: W }>;

const upgradeMark = 'kubernetes.azure.com/azure-cluster-autoscaler-scale-down-disabled-reason';

export class Platform {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** With one surge node; `then` runs when the pool is done, or at once when it cannot be upgraded. */
  upgradePool(name: string, then: () => void = () => {}): void {
    const { pools, fleet, scheduler, operations } = this.#world;
    const pool = pools.find(name);
    if (pool === undefined || !isAtRest(pool)) return then();
    pools.change(pool, { phase: 'busy', state: 'Upgrading' }, 'aks');
    const old = [...pool.instances];
    const surge = pools.addInstance(pool, nextIndexOf(pool));
    fleet.boot(surge, this.#between(30_000, 90_000));
    const finish = (): void => {
      this.#retire(surge, () => {
        operations.finish(pool, 5000, () => pools.change(pool, settled(), 'aks'));
        scheduler.after(6000, then);
      });
    };
    const next = (): void => {
      const instance = old.shift();
      if (instance === undefined) finish();
      else this.#reimage(instance, next);
    };
    scheduler.after(this.#between(90_000, 150_000), next);
  }

  upgradeCluster(): void {
    const { pools } = this.#world;
    const { cluster } = pools;
    if (cluster.state !== 'Succeeded' || cluster.power !== 'running') return;
    cluster.state = 'Upgrading';
    const names = pools.all().map(({ view }) => view.name);
    const next = (): void => {
      const name = names.shift();
      if (name === undefined) cluster.state = 'Succeeded';
      else this.upgradePool(name, next);
    };
    next();
  }

  /** `az aks stop`, and `az aks start` when `ms` have passed. The control plane is down in between. */
  stopCluster({ ms }: Of<'stopCluster'>): void {
    const { pools, fleet, faults, scheduler, random } = this.#world;
    const { cluster } = pools;
    if (cluster.state !== 'Succeeded' || cluster.power !== 'running') return;
    cluster.state = 'Stopping';
    const stopMs = this.#between(30_000, 90_000);
    scheduler.after(stopMs / 2, () => {
      for (const pool of pools.all()) fleet.destroyAll(pool);
    });
    scheduler.after(stopMs, () => {
      cluster.power = 'stopped';
      cluster.state = 'Succeeded';
      faults.open({ atMs: 0, what: 'apiOutage', how: 'refused', ms: ms + this.#between(20_000, 60_000) });
      for (const watch of this.#world.watches) watch.stall();
    });
    scheduler.after(stopMs + ms, () => {
      cluster.state = 'Starting';
      cluster.power = 'running';
      const startMs = this.#between(90_000, 240_000);
      for (const pool of pools.all()) this.#start(pool, startMs, random.chance(0.5));
      scheduler.after(startMs + 5000, () => {
        cluster.state = 'Succeeded';
      });
    });
  }

  stopPool({ pool: name, ms }: Of<'stopPool'>): void {
    const { pools, fleet, scheduler, operations } = this.#world;
    const pool = pools.find(name);
    if (pool === undefined || !isAtRest(pool)) return;
    pools.change(pool, { phase: 'busy', state: 'Stopping' }, 'person');
    operations.finish(pool, 30_000, () => {
      fleet.destroyAll(pool);
      pools.change(pool, { ...settled(), power: 'stopped' }, 'aks');
    });
    scheduler.after(30_000 + ms, () => {
      if (pools.find(name) !== pool || pool.view.power !== 'stopped') return;
      pools.change(pool, { power: 'running' }, 'aks');
      this.#start(pool, this.#between(40_000, 120_000), true);
    });
  }

  nodeDown({ pool: name, ms, reimage }: Of<'nodeDown'>): void {
    const { pools, fleet, api, scheduler } = this.#world;
    const [instance] = pools.find(name)?.instances ?? [];
    if (instance === undefined || instance.state !== 'up') return;
    fleet.halt(instance);
    scheduler.after(ms, () => {
      // An upgrade, a start or a deletion may have come first.
      if (instance.state !== 'down' || pools.instanceOf(instance.providerId) !== instance) return undefined;
      const node = fleet.node(instance);
      // AKS repairs what has been called dead; anything else has only been away.
      if (!reimage || node === undefined || isTrue(node, 'Ready')) return fleet.boot(instance, 1000);
      if (!isDeleting(node)) api.delete('nodes', node.metadata.name, { by: 'aks-auto-repair' });
      fleet.reimage(instance, this.#between(30_000, 120_000));
    });
  }

  poolFails(name: string): void {
    const { pools } = this.#world;
    const pool = pools.find(name);
    if (pool === undefined || !isAtRest(pool)) return;
    pools.change(pool, failedWith({ code: 'InternalOperationError', message: 'An internal error occurred' }), 'aks');
  }

  /** The machine is gone from its scale set, and the count stays. */
  instanceGone(name: string): void {
    const { pools, fleet } = this.#world;
    const [instance] = pools.find(name)?.instances ?? [];
    if (instance !== undefined) fleet.destroy(instance);
  }

  /**
   * kubernetes-sigs/cloud-provider-azure#10604: what it knows of the scale set is older than the machine, and it takes the Node
   * for one without. The kubelet registers again when it is started anew.
   */
  youngNode({ pool: name, ms }: Of<'youngNode'>): void {
    const { api, faults, fleet, pools, random, schedule, scheduler } = this.#world;
    const { youngNodeMs } = timingsFor(schedule.hurry);
    const untilMs = scheduler.nowMs + ms;
    const leastMs = random.between(0, youngNodeMs - 5000);
    const look = (): void => {
      for (const instance of pools.find(name)?.instances ?? []) {
        const node = fleet.node(instance);
        if (node === undefined || isDeleting(node) || !isTrue(node, 'Ready') || !faults.apiIsUp) continue;
        const ageMs = api.nowMs - Date.parse(node.metadata.creationTimestamp);
        if (ageMs < leastMs || ageMs > youngNodeMs - 2000) continue;
        api.delete('nodes', node.metadata.name, { by: 'ccm' });
        return fleet.reimage(instance, this.#between(60_000, 300_000));
      }
      if (scheduler.nowMs < untilMs) scheduler.after(1000, look);
    };
    look();
  }

  /** The network is split: every Node goes NotReady and the cloud controller manager deletes them all; then all come back. */
  nodeStorm(): void {
    const { pools, fleet, api, scheduler } = this.#world;
    for (const { instances } of pools.all())
      for (const instance of instances) {
        if (instance.state !== 'up') continue;
        fleet.halt(instance);
        scheduler.after(50_000, () => {
          const node = fleet.node(instance);
          if (node !== undefined && !isDeleting(node)) api.delete('nodes', node.metadata.name, { by: 'ccm' });
        });
        fleet.boot(instance, this.#between(60_000, 200_000));
      }
  }

  #start(pool: SimPool, ms: number, sameNames: boolean): void {
    const { pools, fleet, operations, random } = this.#world;
    if (pool.view.phase === 'deleting') return;
    const before = pool.view;
    if (random.chance(0.5)) pools.change(pool, { phase: 'busy', state: 'Starting' }, 'aks');
    const first = sameNames && pool.instances.length === 0 ? 0 : nextIndexOf(pool) + 1;
    // Another start may have brought some of them already.
    for (let index = pool.instances.length; index < pool.view.count; index += 1)
      fleet.boot(pools.addInstance(pool, first + index), ms * (0.4 + random.next()));
    operations.finish(pool, ms, () =>
      pools.change(pool, before.phase === 'failed' ? { phase: 'failed', state: 'Failed' } : settled(), 'aks'),
    );
  }

  /** Cordon, mark, drain, DELETE of the Node; the same name with a new uid comes back. */
  #reimage(instance: SimInstance, then: () => void): void {
    const { fleet, scheduler, api } = this.#world;
    const node = fleet.node(instance);
    if (node !== undefined && !isDeleting(node)) {
      api.change('nodes', node.metadata.name, marked, 'upgrader');
      scheduler.after(this.#between(5000, 40_000), () => {
        if (fleet.node(instance)?.metadata.uid === node.metadata.uid && !isDeleting(node))
          api.delete('nodes', node.metadata.name, { by: 'upgrader' });
      });
    }
    scheduler.after(45_000, () => fleet.reimage(instance, this.#between(30_000, 100_000)));
    scheduler.after(this.#between(160_000, 200_000), then);
  }

  #retire(instance: SimInstance, then: () => void): void {
    const { fleet, scheduler, api } = this.#world;
    const node = fleet.node(instance);
    if (node !== undefined && !isDeleting(node)) api.change('nodes', node.metadata.name, marked, 'upgrader');
    scheduler.after(20_000, () => {
      const now = fleet.node(instance);
      if (now !== undefined && !isDeleting(now)) api.delete('nodes', now.metadata.name, { by: 'upgrader' });
      fleet.destroy(instance);
      then();
    });
  }

  #between(least: number, most: number): number {
    return this.#world.random.between(least, most);
  }
}

function marked(node: Thing): Thing {
  return {
    ...node,
    metadata: { ...node.metadata, annotations: { ...node.metadata.annotations, [upgradeMark]: 'upgrade' } },
    spec: { ...node.spec, unschedulable: true },
  };
}
