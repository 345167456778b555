// Stopping, starting and upgrading: of the cluster with all its pools, and of one pool.
import { randomUUID } from 'node:crypto';
import type { Fleet } from './fleet.ts';
import type { JsonObject } from './json.ts';
import { begin, release, settle } from './operations.ts';
import { amended } from './pool-spec.ts';
import type { Operation, Pool, World } from './world.ts';
import { schedule, timingOf } from './world.ts';

export class Power {
  readonly #world: World;
  readonly #fleet: Fleet;

  constructor(world: World, fleet: Fleet) {
    this.#world = world;
    this.#fleet = fleet;
  }

  /** Every machine is deallocated; pools keep their count. */
  stopCluster(): Operation {
    const { cluster, pools } = this.#world;
    const operation = begin(this.#world, cluster, 'Stopping');
    for (const pool of pools.values()) {
      this.#take(pool, 'Stopping');
    }
    this.#inCluster(timingOf(this.#world).powerSeconds, () => {
      cluster.power = 'Stopped';
      for (const pool of pools.values()) this.#stopped(pool);
      settle(this.#world, cluster, 'Succeeded');
    });
    return operation;
  }

  /** Machines come back one by one; the control plane answers long before they have. */
  startCluster(): Operation {
    const { cluster, pools } = this.#world;
    const operation = begin(this.#world, cluster, 'Starting');
    cluster.power = 'Running';
    for (const pool of pools.values()) {
      this.#take(pool, 'Starting');
      this.#boot(pool);
    }
    this.#inCluster(timingOf(this.#world).powerSeconds, () => {
      for (const pool of pools.values()) this.#settleIfBusy(pool);
      settle(this.#world, cluster, 'Succeeded');
    });
    return operation;
  }

  /** An operation of the cluster that changes nothing we see: an update, or the work of an add-on. */
  holdCluster(state: string, seconds: number): Operation {
    const operation = begin(this.#world, this.#world.cluster, state);
    for (const pool of this.#world.pools.values()) pool.etag = randomUUID();
    this.#inCluster(seconds, () => settle(this.#world, this.#world.cluster, 'Succeeded'));
    return operation;
  }

  /** What a deletion does to a cluster that is starting: the start fails over the changed object (kaito#2075). */
  breakStart(): void {
    const { cluster, pools } = this.#world;
    for (const pool of pools.values()) this.#settleIfBusy(pool);
    settle(this.#world, cluster, 'Failed', {
      code: 'OriginalEtagNotExpect',
      message: 'Operation is not allowed: the original etag of the managed cluster is not as expected.',
    });
  }

  /** The control plane first, then each pool node by node. */
  upgradeCluster(version: string): Operation {
    const { cluster } = this.#world;
    const operation = begin(this.#world, cluster, 'Upgrading');
    for (const pool of this.#world.pools.values()) pool.etag = randomUUID();
    this.#inCluster(timingOf(this.#world).upgradeSeconds, () => {
      cluster.version = version.split('.').slice(0, 2).join('.');
      cluster.patchVersion = version.split('.').length > 2 ? version : `${version}.0`;
      this.#upgradePools([...this.#world.pools.values()]);
    });
    return operation;
  }

  #upgradePools([next, ...rest]: readonly Pool[]): void {
    if (next === undefined) {
      settle(this.#world, this.#world.cluster, 'Succeeded');
      return;
    }
    if (!this.#world.pools.has(next.name) || next.power === 'Stopped' || next.busy !== undefined) {
      this.#upgradePools(rest);
      return;
    }
    this.upgradePool(next, 'Upgrading');
    const wait = (): void => {
      if (next.busy === undefined) this.#upgradePools(rest);
      else this.#inCluster(1, wait);
    };
    this.#inCluster(1, wait);
  }

  /** One surge machine joins, each old one is imaged anew in turn, the surge machine leaves. */
  upgradePool(pool: Pool, state: 'Upgrading' | 'UpgradingNodeImageVersion'): Operation {
    const operation = begin(this.#world, pool, state);
    pool.upgradeInterrupted = false;
    const each = timingOf(this.#world).upgradeSeconds;
    const old = [...pool.machines];
    const versions =
      state === 'Upgrading' ? poolVersions(this.#world) : { nodeImageVersion: nextImage(this.#world.timeline.now()) };
    this.#inPool(pool, each * 0.2, () => {
      pool.spec = amended(pool.spec, versions);
    });
    if (old.length > 0) this.#fleet.add(pool, { joinSeconds: each * 0.3, node: 'joins', surge: true });
    for (const [index, machine] of old.entries()) {
      this.#inPool(pool, each * (index + 0.4), () => {
        this.#fleet.restart(pool, machine, { reason: 'upgrade', backAfterSeconds: each * 0.4 });
      });
    }
    this.#inPool(pool, each * Math.max(1, old.length), () => {
      // Also one that an aborted upgrade left behind.
      for (const extra of pool.machines.filter(({ surge }) => surge)) this.#fleet.remove(pool, extra);
      settle(this.#world, pool, 'Succeeded');
    });
    return operation;
  }

  stopPool(pool: Pool): Operation {
    const operation = begin(this.#world, pool, 'Stopping');
    this.#inPool(pool, timingOf(this.#world).powerSeconds, () => this.#stopped(pool));
    return operation;
  }

  startPool(pool: Pool): Operation {
    const operation = begin(this.#world, pool, 'Starting');
    this.#boot(pool);
    this.#inPool(pool, timingOf(this.#world).powerSeconds, () => settle(this.#world, pool, 'Succeeded'));
    return operation;
  }

  #stopped(pool: Pool): void {
    this.#fleet.removeAll(pool);
    pool.power = 'Stopped';
    settle(this.#world, pool, 'Succeeded');
  }

  #boot(pool: Pool): void {
    pool.power = 'Running';
    const timing = { ...timingOf(this.#world), ...pool.plan };
    const joinSeconds = Math.min(timing.joinSeconds, timing.powerSeconds * 0.9);
    const node = pool.plan.node ?? 'joins';
    for (let missing = pool.spec.count - pool.machines.length; missing > 0; missing -= 1) {
      this.#fleet.add(pool, { joinSeconds, node });
    }
  }

  #take(pool: Pool, state: string): void {
    release(this.#world, pool, 'Canceled', {
      code: 'AKSOperationPreempted',
      message: `This operation has been preempted by another operation with ID ${this.#world.cluster.busy?.operation.id}.`,
    });
    begin(this.#world, pool, state);
  }

  #settleIfBusy(pool: Pool): void {
    if (pool.busy !== undefined) settle(this.#world, pool, 'Succeeded');
  }

  #inCluster(seconds: number, fn: () => void): void {
    const { busy } = this.#world.cluster;
    if (busy !== undefined) schedule(this.#world, busy.timers, seconds, fn);
  }

  #inPool(pool: Pool, seconds: number, fn: () => void): void {
    if (pool.busy !== undefined) schedule(this.#world, pool.busy.timers, seconds, fn);
  }
}

function poolVersions({ cluster }: World): JsonObject {
  return { orchestratorVersion: cluster.version, currentOrchestratorVersion: cluster.patchVersion };
}

/** Images are named after the day they were made. */
function nextImage(now: Date): string {
  const day = now.toISOString().slice(0, 10);
  return `AKSUbuntu-2204gen2containerd-${day.slice(0, 7).replace('-', '')}.${day.slice(8)}.0`;
}
