// vCPU quotas of the subscription in this region: by family, over all, and for spot.
import type { PoolSpec } from './pool-spec.ts';
import { sizeOf, type Size } from './sizes.ts';
import type { ProvisioningFailure, World } from './world.ts';

/**
 * What Azure says when `count` more machines of this spec exceed a quota: to the request before anything is created,
 * or as the outcome of the operation, as the script chooses. Undefined when there is room.
 */
export function lackOfQuota(
  world: World,
  spec: PoolSpec,
  count: number,
  stage: 'request' | 'operation',
): ProvisioningFailure | undefined {
  if ((world.script.quotaReport ?? 'request') !== stage) return undefined;
  const size = sizeOf(spec.vmSize);
  if (size === undefined) return undefined;
  const { families = {}, regionalCores, spotCores } = world.script.quotas ?? {};
  const required = size.vcpus * count;
  const { location } = world.identity;
  for (const quota of [
    { name: 'LowPriorityCores', limit: spec.spot ? spotCores : undefined, of: (_: Size, spot: boolean) => spot },
    {
      name: size.family,
      limit: spec.spot ? undefined : limitOf(families, size.family),
      of: (other: Size, spot: boolean) => other.family === size.family && !spot,
    },
    { name: 'Total Regional', limit: regionalCores, of: () => true },
  ]) {
    const { limit } = quota;
    if (limit === undefined) continue;
    const used = coresInUse(world, quota.of, stage === 'operation' ? spec : undefined);
    if (used + required > limit) {
      return stage === 'request'
        ? atRequest(quota.name, location, required, limit - used)
        : atOperation(quota.name, location, { limit, used, required });
    }
  }
  return undefined;
}

function limitOf(families: Readonly<Record<string, number>>, family: string): number | undefined {
  return Object.entries(families).find(([name]) => name.toLowerCase() === family.toLowerCase())?.[1];
}

/** Cores of machines, or of those that a pool in creation will have; `except` is the pool that asks. */
function coresInUse(
  world: World,
  counts: (size: Size, spot: boolean) => boolean,
  except: PoolSpec | undefined,
): number {
  let cores = 0;
  for (const pool of world.pools.values()) {
    const size = sizeOf(pool.spec.vmSize);
    if (size === undefined || !counts(size, pool.spec.spot)) continue;
    const coming = pool.state === 'Creating' && pool.spec !== except ? pool.spec.count : 0;
    cores += size.vcpus * Math.max(pool.machines.length, coming);
  }
  return cores;
}

function atRequest(name: string, location: string, required: number, remaining: number): ProvisioningFailure {
  const code = 'ErrCode_InsufficientVCPUQuota';
  if (name === 'Total Regional') {
    return {
      code,
      message: `Insufficient regional vcpu quota left for location ${location}. left regional vcpu quota ${remaining}, requested quota ${required}. If you want to increase the quota, please follow this instruction: https://learn.microsoft.com/en-us/azure/quotas/view-quotas. Surge nodes would also consume vcpu quota, please consider use smaller maxSurge or use maxUnavailable to proceed upgrade without surge nodes, details: aka.ms/aks/maxUnavailable.`,
    };
  }
  return {
    code,
    message: `Insufficient vcpu quota requested ${required}, remaining ${remaining} for family ${name} for region ${location}. If you want to increase the quota, please follow this instruction: https://learn.microsoft.com/en-us/azure/quotas/view-quotas. Surge nodes would also consume vcpu quota, please consider use smaller maxSurge or use maxUnavailable to proceed upgrade without surge nodes, details: aka.ms/aks/maxUnavailable.`,
  };
}

function atOperation(
  name: string,
  location: string,
  { limit, used, required }: { readonly limit: number; readonly used: number; readonly required: number },
): ProvisioningFailure {
  const quota = name === 'LowPriorityCores' ? name : `${name} Cores`;
  return {
    code: 'OperationNotAllowed',
    message: `Operation could not be completed as it results in exceeding approved ${quota} quota. Additional details - Deployment Model: Resource Manager, Location: ${location}, Current Limit: ${limit}, Current Usage: ${used}, Additional Required: ${required}, (Minimum) New Limit Required: ${used + required}. Setup Alerts when Quota reaches threshold. Learn more at https://aka.ms/quotamonitoringalerting .`,
  };
}
