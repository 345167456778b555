// Where and as what a claim's nodes may run: zone, architecture, operating system and capacity type.
import type { Requirement } from '../apis/claim.ts';
import { allowanceOf } from './allowance.ts';
import { PlanRefused } from './plan-refused.ts';

const zoneKeys = ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'];

// What every pool of ours is. A claim that asks for something else would wait for a node that never fits.
const only = [
  { keys: ['kubernetes.io/arch', 'beta.kubernetes.io/arch'], value: 'amd64', what: 'architecture' },
  { keys: ['kubernetes.io/os', 'beta.kubernetes.io/os'], value: 'linux', what: 'operating system' },
  { keys: ['karpenter.sh/capacity-type'], value: 'on-demand', what: 'capacity type' },
] as const;

/** Throws PlanRefused when the requirements exclude what this project makes: amd64 Linux nodes on demand. */
export function checkPlatform(requirements: readonly Requirement[]): void {
  for (const { keys, value, what } of only) {
    const allowance = allowanceOf(requirements, keys);
    if (!allowance.asked || allowance.allows(value)) continue;
    const asked = allowance.named?.map((name) => `${what} "${name}"`).join(' or ') ?? `another ${what}`;
    throw new PlanRefused(`The claim asks for ${asked || `no ${what} at all`}; only "${value}" is supported`);
  }
}

/** The zone as ARM writes it (`1`) when the requirements leave one; else the choice is AKS's. Throws PlanRefused. */
export function zonesOf(requirements: readonly Requirement[]): readonly string[] | undefined {
  const { named } = allowanceOf(requirements, zoneKeys);
  if (named === undefined) return undefined;
  const [zone, ...others] = named;
  if (zone === undefined) throw new PlanRefused(`The requirements on "${zoneKeys[0]}" leave no zone`);
  if (others.length > 0) return undefined;
  // A Node without a zone carries "0".
  if (zone === '0') return undefined;
  const number = /^(?:[a-z0-9]+-)?([1-9])$/.exec(zone)?.[1];
  if (number === undefined) throw new PlanRefused(`Zone "${zone}" is not a zone of Azure, such as eastus-1`);
  return [number];
}
