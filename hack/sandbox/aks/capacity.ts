// What the region has left: a size that ran out fails the operation, not the request.
import type { PoolSpec } from './pool-spec.ts';
import type { Machine, ProvisioningFailure, World } from './world.ts';

/** Why `count` machines of this spec cannot be had now; undefined when they can. */
export function lackOfCapacity(world: World, spec: PoolSpec, count: number): ProvisioningFailure | undefined {
  const entry = Object.entries(world.script.capacity ?? {}).find(([size]) => sameSize(size, spec.vmSize))?.[1];
  if (entry === undefined) return undefined;
  const inUse = machinesOf(world, spec.vmSize);
  if (typeof entry === 'number') {
    return inUse.length + count > entry ? allocationFailed : undefined;
  }
  if (spec.zones.length === 0) {
    const total = Object.values(entry).reduce((sum, each) => sum + each, 0);
    return inUse.length + count > total ? allocationFailed : undefined;
  }
  const left = spec.zones.reduce(
    (sum, zone) =>
      sum +
      Math.max(0, (entry[zone] ?? Number.POSITIVE_INFINITY) - inUse.filter((machine) => machine.zone === zone).length),
    0,
  );
  return count > left ? zonalAllocationFailed : undefined;
}

function machinesOf(world: World, vmSize: string): readonly Machine[] {
  return [...world.pools.values()].flatMap((pool) =>
    pool.machines.filter((machine) => sameSize(machine.vmSize, vmSize)),
  );
}

function sameSize(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

const allocationFailed: ProvisioningFailure = {
  code: 'AllocationFailed',
  message:
    'Allocation failed. We do not have sufficient capacity for the requested VM size in this region. Read more about improving likelihood of allocation success at http://aka.ms/allocation-guidance',
};

const zonalAllocationFailed: ProvisioningFailure = {
  code: 'ZonalAllocationFailed',
  message:
    'Allocation failed. We do not have sufficient capacity for the requested VM size in this zone. Read more about improving likelihood of allocation success at http://aka.ms/allocation-guidance',
};
