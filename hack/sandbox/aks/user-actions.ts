// What people and Azure do to the cluster beside us: the same operations as over HTTP, without a request.
import type { Emulation } from './emulation.ts';
import type { JsonObject } from './json.ts';
import { amended } from './pool-spec.ts';
import { timingOf, type Pool } from './world.ts';

/** Each starts an operation as the Azure CLI would, and throws when the pool is not there. */
export class UserActions {
  readonly #emulation: Emulation;

  constructor(emulation: Emulation) {
    this.#emulation = emulation;
  }

  stopCluster(): void {
    this.#emulation.power.stopCluster();
  }

  startCluster(): void {
    this.#emulation.power.startCluster();
  }

  upgradeCluster(version = '1.35'): void {
    this.#emulation.power.upgradeCluster(version);
  }

  /** The cluster is busy for so many emulated seconds, as with the background work of an add-on. */
  holdCluster(state: string, seconds: number): void {
    this.#emulation.power.holdCluster(state, seconds);
  }

  stopPool(name: string): void {
    this.#emulation.power.stopPool(this.#pool(name));
  }

  startPool(name: string): void {
    this.#emulation.power.startPool(this.#pool(name));
  }

  upgradePool(name: string): void {
    this.#emulation.power.upgradePool(this.#pool(name), 'Upgrading');
  }

  abortPool(name: string): void {
    this.#emulation.lifecycle.abort(this.#pool(name));
  }

  scalePool(name: string, count: number): void {
    this.#change(name, { count });
  }

  /** Replaces all tags, as `az aks nodepool update --tags` does. */
  retag(name: string, tags: Readonly<Record<string, string>>): void {
    this.#change(name, { tags });
  }

  /** Hands the count over to AKS's autoscaler, which here leaves it alone. */
  autoscalePool(name: string, minCount: number, maxCount: number): void {
    this.#change(name, { enableAutoScaling: true, minCount, maxCount });
  }

  relabel(name: string, nodeLabels: Readonly<Record<string, string>>): void {
    this.#change(name, { nodeLabels });
  }

  deletePoolAsUser(name: string): void {
    this.#emulation.lifecycle.delete(this.#pool(name), { ignoreBudgets: true });
  }

  /** The virtual machine is gone and AKS does not know: as when it is deleted in the portal. */
  loseMachine(pool: string, nodeName: string): void {
    const found = this.#pool(pool);
    const machine = found.machines.find((each) => each.nodeName === nodeName);
    if (machine === undefined) throw new RangeError(`Pool "${pool}" has no machine "${nodeName}"`);
    this.#emulation.fleet.remove(found, machine);
  }

  /**
   * Starts a machine anew, its Node with it (`reboot`) or without (`reimage`), as auto-repair does. False when no idle
   * pool has such a machine.
   */
  repair(nodeName: string, how: 'reboot' | 'reimage'): boolean {
    const { world, fleet } = this.#emulation;
    for (const pool of world.pools.values()) {
      const machine = pool.machines.find((each) => each.nodeName === nodeName);
      if (machine === undefined || pool.busy !== undefined || world.cluster.busy !== undefined) continue;
      fleet.restart(pool, machine, { reason: how, backAfterSeconds: timingOf(world).repairSeconds });
      return true;
    }
    return false;
  }

  #change(name: string, changes: JsonObject): void {
    const pool = this.#pool(name);
    this.#emulation.lifecycle.update(pool, amended(pool.spec, changes));
  }

  #pool(name: string): Pool {
    const pool = this.#emulation.world.pools.get(name);
    if (pool === undefined) throw new RangeError(`There is no agent pool "${name}"`);
    return pool;
  }
}
