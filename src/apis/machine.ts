// Machines: where they are served, and how one reads as a claim.
import type { Claim } from './claim.ts';
import { readClaim } from './claim-reading.ts';
import type { Machine } from './machine.gen.ts';
import type { Resource } from './resource.ts';

export const machines: Resource<Machine> = {
  group: 'karpenter.sh',
  version: 'v1alpha5',
  plural: 'machines',
  kind: 'Machine',
  namespaced: false,
};

export function claimOfMachine(machine: Machine): Claim {
  return readClaim('Machine', machine);
}
