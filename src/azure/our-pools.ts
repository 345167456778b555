// Which pools of a cluster exist for claims: ours, and those that the Go provisioner made. Nothing is ever written on the strength of this.
import type { AgentPool } from './pool.ts';
import { readOwnerTags } from './tags.ts';

// The Go provisioner writes it on every pool, and so do we (contract/arm.md 3).
const machineType = 'kaito.sh/machine-type';

export function namesOfOurPools(pools: Iterable<Pick<AgentPool, 'name' | 'tags' | 'nodeLabels'>>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { name, tags, nodeLabels } of pools)
    if (readOwnerTags(tags) !== undefined || nodeLabels[machineType] !== undefined) names.add(name);
  return names;
}
