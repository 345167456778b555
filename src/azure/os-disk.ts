// The OS disk of a claim's nodes, from the storage that it requests.
import type { Claim } from '../apis/claim.ts';
import { InvalidQuantity, parseQuantity, roundUp, type Quantity } from '../apis/quantity.ts';
import { PlanRefused } from './plan-refused.ts';

// KAITO v0.4.2 to v0.4.5 asks for ephemeral-storage, all others for storage.
const resources = ['storage', 'ephemeral-storage'] as const;
const one = parseQuantity(1);
const gibibyte = parseQuantity('1Gi');
// KAITO's presets write `400` and mean gigabytes; nobody means a disk of 4096 bytes.
const largestBareGigabytes = parseQuantity(4096);
// AKS's limit for an OS disk.
const largestGiB = 2048n;

/** GiB for `osDiskSizeGB`, rounded up; `undefined` (0 or nothing asked) leaves it to AKS. Throws PlanRefused. */
export function osDiskGiB({ spec }: Pick<Claim, 'spec'>): number | undefined {
  const sizes = resources.map((resource) => {
    const request = spec.requests[resource];
    return request === undefined ? 0n : sizeOf(resource, request);
  });
  const largest = sizes.reduce((a, b) => (a > b ? a : b));
  return largest === 0n ? undefined : Number(largest);
}

function sizeOf(resource: string, request: string | number): bigint {
  const quantity = readRequest(resource, request);
  if (quantity < 0n) throw new PlanRefused(`Request "${resource}: ${request}" is negative`);
  const isGigabytes = isBare(request) && quantity <= largestBareGigabytes;
  const size = roundUp(quantity, isGigabytes ? one : gibibyte);
  if (size <= largestGiB) return size;
  throw new PlanRefused(`Request "${resource}: ${request}" is more than an OS disk can have on AKS, ${largestGiB} GiB`);
}

function readRequest(resource: string, request: string | number): Quantity {
  try {
    return parseQuantity(request);
  } catch (error) {
    if (!(error instanceof InvalidQuantity)) throw error;
    throw new PlanRefused(`Request "${resource}: ${request}" is not a quantity such as 100Gi`, { cause: error });
  }
}

/** A number without a unit. */
function isBare(request: string | number): boolean {
  return typeof request === 'number' || /^\+?[\d.]+$/.test(request);
}
