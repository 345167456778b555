// The names under which GPUs are asked for and offered: whole ones, shared ones, and parts of one.
import type { Pod } from '../apis/wire.ts';
import { InvalidQuantity, parseQuantity } from '../apis/quantity.ts';

/** `nvidia.com/mig-1g.10gb`, `nvidia.com/gpu.shared`, `amd.com/cpx_nps4`: what starts so is a GPU or a part of one. */
const vendors = ['nvidia.com/', 'amd.com/'] as const;

export function isGpuResource(name: string): boolean {
  return vendors.some((vendor) => name.startsWith(vendor));
}

type Spec = NonNullable<Pod['spec']>;

/** By a container's requests or limits. A claim on a device (DRA) counts too: on a GPU node there is little else to claim. */
export function asksForGpu({ spec }: Pick<Pod, 'spec'>): boolean {
  if (spec === undefined) return false;
  if ((spec.resourceClaims ?? []).length > 0) return true;
  return [...spec.containers, ...(spec.initContainers ?? [])].some(({ resources }: Spec['containers'][number]) =>
    [...Object.entries(resources?.limits ?? {}), ...Object.entries(resources?.requests ?? {})].some(
      ([name, amount]) => isGpuResource(name) && amountOf(amount) > 0,
    ),
  );
}

/** Whole devices; what cannot be read is none. */
export function amountOf(quantity: string | number | undefined): number {
  if (quantity === undefined) return 0;
  try {
    return Number(parseQuantity(quantity)) / 1e9;
  } catch (error) {
    if (error instanceof InvalidQuantity) return 0;
    throw error;
  }
}
