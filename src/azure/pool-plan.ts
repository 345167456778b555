// From a claim to the pool that it asks for: pure, deterministic, and checked by AKS's rules before AKS is asked.
import type { Claim } from '../apis/claim.ts';
import type { SizeCatalogue } from './catalogue.ts';
import { osDiskGiB } from './os-disk.ts';
import { imageFamilyOf } from './os-sku.ts';
import { checkPlatform, zonesOf } from './placement.ts';
import { PlanRefused } from './plan-refused.ts';
import type { AgentPoolBody } from './pool-body.ts';
import { poolLabels } from './pool-labels.ts';
import { poolNameOf } from './pool-name.ts';
import { poolTaints } from './pool-taints.ts';
import { ownerTagsFor } from './tags.ts';
import { sizeWarnings, vmSizeOf, type PlanWarning } from './vm-size.ts';

export type PoolPlan =
  | {
      readonly ok: true;
      readonly poolName: string;
      readonly vmSize: string;
      readonly body: AgentPoolBody;
      readonly warnings: readonly PlanWarning[];
    }
  | { readonly ok: false; readonly message: string };

export interface PlanOptions {
  readonly catalogue: SizeCatalogue;
}

/**
 * The pool for this claim, or the first reason why AKS cannot be asked for one or its Node could not be registered. The same
 * claim always gets the same plan.
 */
export function planPool(claim: Claim, { catalogue }: PlanOptions): PoolPlan {
  try {
    const vmSize = vmSizeOf(claim.spec.requirements);
    checkPlatform(claim.spec.requirements);
    const { osSKU, warnings } = imageFamilyOf(claim);
    const osDiskSizeGB = osDiskGiB(claim);
    const availabilityZones = zonesOf(claim.spec.requirements);
    // AKS never sees the startup taints; the API server would refuse them on the Node, when the machine is paid for.
    poolTaints([...claim.spec.taints, ...claim.spec.startupTaints]);
    const body: AgentPoolBody = {
      vmSize,
      count: 1,
      enableAutoScaling: false,
      mode: 'User',
      type: 'VirtualMachineScaleSets',
      osType: 'Linux',
      nodeLabels: poolLabels(claim, vmSize),
      nodeTaints: poolTaints(claim.spec.taints),
      tags: ownerTagsFor(claim),
      ...(osSKU === undefined ? {} : { osSKU }),
      ...(osDiskSizeGB === undefined ? {} : { osDiskSizeGB }),
      ...(availabilityZones === undefined ? {} : { availabilityZones }),
    };
    return {
      ok: true,
      poolName: poolNameOf(claim),
      vmSize,
      body,
      warnings: [...sizeWarnings(vmSize, catalogue), ...warnings],
    };
  } catch (error) {
    if (error instanceof PlanRefused) return { ok: false, message: error.message };
    throw error;
  }
}
