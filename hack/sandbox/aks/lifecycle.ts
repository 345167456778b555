// How pools come, change and go: the operations on a pool that is known to be free for them.
import { randomUUID } from 'node:crypto';
import { lackOfCapacity } from './capacity.ts';
import type { Fleet } from './fleet.ts';
import { begin, release, settle } from './operations.ts';
import type { PoolSpec } from './pool-spec.ts';
import { lackOfQuota } from './quota.ts';
import type { Operation, Pool, World } from './world.ts';
import { schedule, takePlan, timingOf } from './world.ts';

export class Lifecycle {
  readonly #world: World;
  readonly #fleet: Fleet;

  constructor(world: World, fleet: Fleet) {
    this.#world = world;
    this.#fleet = fleet;
  }

  create(name: string, spec: PoolSpec): { readonly pool: Pool; readonly operation: Operation } {
    const plan = takePlan(this.#world, name, spec.vmSize);
    const pool = this.#newPool(name, spec, plan);
    const operation = begin(this.#world, pool, 'Creating', plan.operation === 'hangs');
    const timing = { ...timingOf(this.#world), ...plan };
    this.#during(pool, Math.min(timing.allocateSeconds, timing.joinSeconds, timing.createSeconds), (elapsed) => {
      this.#allocate(pool, spec.count, { joinSeconds: timing.joinSeconds - elapsed });
    });
    const { fail } = plan;
    this.#during(pool, fail?.afterSeconds ?? timing.createSeconds, (elapsed) => {
      if (fail === undefined) {
        settle(this.#world, pool, 'Succeeded');
        return;
      }
      if (fail.machine !== 'kept') this.#fleet.removeAll(pool);
      else if (pool.machines.length === 0)
        this.#allocate(pool, spec.count, { joinSeconds: timing.joinSeconds - elapsed });
      settle(this.#world, pool, 'Failed', { code: fail.code, message: fail.message });
    });
    return { pool, operation };
  }

  /** A pool with everything up, from before the emulator started. */
  existing(name: string, spec: PoolSpec): Pool {
    const pool = this.#newPool(name, spec, {});
    for (let count = 0; count < spec.count; count += 1) this.#fleet.add(pool, { joinSeconds: 0, node: 'joins' });
    return pool;
  }

  /** Replaces what may change. The answer's operation is absent when nothing changes. */
  update(pool: Pool, spec: PoolSpec): Operation | undefined {
    const before = pool.spec;
    const unchanged = JSON.stringify(sorted(spec.properties)) === JSON.stringify(sorted(before.properties));
    if (unchanged && pool.state === 'Succeeded') return undefined;
    pool.spec = spec;
    const operation = begin(this.#world, pool, spec.count === before.count ? 'Updating' : 'Scaling');
    if (showsOnNodes(before) !== showsOnNodes(spec)) this.#fleet.refresh(pool);
    // A pool that failed for want of a machine gets it now.
    if (pool.power === 'Running' && spec.count !== pool.machines.length) {
      this.#scale(pool, spec.count);
      return operation;
    }
    this.#during(pool, timingOf(this.#world).updateSeconds, () => settle(this.#world, pool, 'Succeeded'));
    return operation;
  }

  #scale(pool: Pool, count: number): void {
    const timing = { ...timingOf(this.#world), ...pool.plan };
    const missing = count - pool.machines.length;
    if (missing > 0) {
      this.#during(pool, Math.min(timing.allocateSeconds, timing.createSeconds), (elapsed) => {
        this.#allocate(pool, missing, { joinSeconds: timing.joinSeconds - elapsed });
      });
      this.#during(pool, timing.createSeconds, () => settle(this.#world, pool, 'Succeeded'));
      return;
    }
    this.#during(pool, timing.deleteSeconds, () => {
      // AKS picks the victims itself: the newest go first.
      for (const machine of pool.machines.toReversed().slice(0, -missing)) this.#fleet.remove(pool, machine);
      settle(this.#world, pool, 'Succeeded');
    });
  }

  /** Removes named machines, and lowers the count with them. */
  deleteMachines(pool: Pool, names: ReadonlySet<string>, lowered: PoolSpec): Operation {
    pool.spec = lowered;
    const operation = begin(this.#world, pool, 'Scaling');
    this.#during(pool, { ...timingOf(this.#world), ...pool.plan }.deleteSeconds, () => {
      for (const machine of pool.machines.filter((each) => names.has(each.nodeName))) this.#fleet.remove(pool, machine);
      settle(this.#world, pool, 'Succeeded');
    });
    return operation;
  }

  /** Takes over whatever holds the pool; budgets are honoured unless told otherwise. */
  delete(pool: Pool, { ignoreBudgets }: { readonly ignoreBudgets: boolean }): Operation {
    release(this.#world, pool, 'Failed', {
      code: 'AKSOperationPreemptedByDelete',
      message: 'This operation has been preempted by Deleting operation.',
    });
    const operation = begin(this.#world, pool, 'Deleting');
    const timing = { ...timingOf(this.#world), ...pool.plan };
    if (pool.plan.budgets === 'blocked' && !ignoreBudgets) {
      this.#during(pool, timing.drainSeconds, () => settle(this.#world, pool, 'Failed', podDrainFailure(pool)));
      return operation;
    }
    const fail = pool.plan.failDeletion;
    if (fail !== undefined && pool.failedDeletions < (fail.times ?? 1)) {
      pool.failedDeletions += 1;
      this.#during(pool, fail.afterSeconds ?? timing.deleteSeconds, () => {
        settle(this.#world, pool, 'Failed', { code: fail.code, message: fail.message });
      });
      return operation;
    }
    this.#during(pool, timing.deleteSeconds, () => {
      this.#fleet.removeAll(pool);
      release(this.#world, pool, 'Succeeded');
      this.#world.pools.delete(pool.name);
    });
    return operation;
  }

  /** Ends the operation under way where it stands. */
  abort(pool: Pool): void {
    pool.upgradeInterrupted = pool.state.startsWith('Upgrading');
    settle(this.#world, pool, 'Canceled', { code: 'Canceled', message: 'The operation was canceled by the user.' });
    pool.error = undefined;
  }

  #allocate(pool: Pool, count: number, { joinSeconds }: { readonly joinSeconds: number }): void {
    const lack =
      lackOfQuota(this.#world, pool.spec, count, 'operation') ?? lackOfCapacity(this.#world, pool.spec, count);
    if (lack !== undefined) {
      settle(this.#world, pool, 'Failed', lack);
      return;
    }
    const node = pool.plan.node ?? 'joins';
    for (let added = 0; added < count; added += 1) this.#fleet.add(pool, { joinSeconds, node });
  }

  /** Runs `fn` so long after now, unless the operation that holds the pool now has ended before. */
  #during(pool: Pool, seconds: number, fn: (elapsed: number) => void): void {
    if (pool.busy !== undefined) schedule(this.#world, pool.busy.timers, seconds, () => fn(seconds));
  }

  #newPool(name: string, spec: PoolSpec, plan: Pool['plan']): Pool {
    const pool: Pool = {
      name,
      plan,
      spec,
      state: 'Succeeded',
      power: 'Running',
      etag: randomUUID(),
      error: undefined,
      machines: [],
      busy: undefined,
      upgradeInterrupted: false,
      failedDeletions: 0,
    };
    this.#world.pools.set(name, pool);
    return pool;
  }
}

function podDrainFailure(pool: Pool): { readonly code: string; readonly message: string } {
  const node = pool.machines[0]?.nodeName ?? pool.name;
  return {
    code: 'PodDrainFailure',
    message: `Drain node ${node} failed when deleting agent pool ${pool.name}. Eviction failed with Too many requests error. This is often caused by a restrictive Pod Disruption Budget (PDB) policy. See https://aka.ms/aks/debugdrainfailures.`,
  };
}

/** What AKS brings from a pool to its nodes. */
function showsOnNodes({ nodeLabels, nodeTaints }: PoolSpec): string {
  return JSON.stringify([sorted(nodeLabels), nodeTaints]);
}

function sorted(object: object): object {
  return Object.fromEntries(Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
