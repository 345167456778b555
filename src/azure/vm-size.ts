// Which VM size a claim gets, and what is worth a warning about it.
import type { Requirement } from '../apis/claim.ts';
import { allowanceOf } from './allowance.ts';
import { hasGpu, type SizeCatalogue } from './catalogue.ts';
import { PlanRefused } from './plan-refused.ts';
import { sameArmText } from './same-text.ts';

/** Something that goes on, but that a person should know; the claim's event. */
export interface PlanWarning {
  readonly reason: 'UnknownSize' | 'RetiredSize' | 'UnknownImageFamily';
  readonly message: string;
}

// KAITO's first NodeClaims name the size under Azure's Karpenter key alone.
const sizeKeys = ['node.kubernetes.io/instance-type', 'karpenter.azure.com/sku-name'];
const sizeFormat = /^[A-Za-z][A-Za-z0-9_-]{1,79}$/;

/** The first size that all requirements allow, in the case that the claim writes: KAITO compares it. Throws PlanRefused. */
export function vmSizeOf(requirements: readonly Requirement[]): string {
  const allowance = allowanceOf(requirements, sizeKeys, { same: sameArmText });
  if (allowance.named === undefined) {
    throw new PlanRefused(`No instance type: add a requirement "${sizeKeys[0]}" with operator In and the VM size`);
  }
  const [size] = allowance.named;
  if (size === undefined) throw new PlanRefused(`The requirements on "${sizeKeys[0]}" leave no instance type`);
  if (!sizeFormat.test(size)) throw new PlanRefused(`"${size}" is not a VM size`);
  return size;
}

/** Whether the requirements leave this size among those that they name. */
export function allowsSize(requirements: readonly Requirement[], vmSize: string): boolean {
  const { named } = allowanceOf(requirements, sizeKeys, { same: sameArmText });
  return named?.some((size) => sameArmText(size, vmSize)) ?? false;
}

/** Only AKS knows what it takes, so a size that is unknown or retired passes with a warning. */
export function sizeWarnings(vmSize: string, catalogue: SizeCatalogue): readonly PlanWarning[] {
  const known = catalogue.find(vmSize);
  if (known === undefined) {
    if (!hasGpu(vmSize)) return [];
    return [
      { reason: 'UnknownSize', message: `${vmSize} is not a GPU size known here; AKS decides whether it exists` },
    ];
  }
  if (known.status !== 'retired') return [];
  const since = known.retiredOn === undefined ? '' : ` on ${known.retiredOn}`;
  const instead = known.successor === undefined ? '' : `; use ${known.successor}`;
  return [{ reason: 'RetiredSize', message: `Azure retired ${vmSize}${since}${instead}` }];
}
