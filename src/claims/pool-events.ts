// What is told of a pool that is not as it should be, once each.
import type { ClaimEvent } from './decision.ts';
import type { DecideInput, PoolState, PresentPool } from './input.ts';
import { isBroken, isPresent } from './pool-state.ts';
import { reasons } from './reasons.ts';

/** Said of pools that we made; one that was adopted never had this claim's tags. */
export function tagsLost({ intent, poolName, record }: DecideInput): ClaimEvent[] {
  if (intent === undefined || record?.adopted === true) return [];
  const event = {
    type: 'Warning',
    reason: reasons.OwnershipTagsLost,
    message: `Agent pool "${poolName}" has lost its gpu-provisioner tags (az aks nodepool update --tags replaces them all). The claim's record still proves whose it is; put the tags back so that it is never taken for somebody else's`,
    once: true,
  } as const;
  return [event];
}

/** B0, or tags that were lost and a record that makes up for them. */
export function ownershipEvents(input: DecideInput, pool: PresentPool): ClaimEvent[] {
  if (pool.owner.owner === 'mine') return pool.owner.proof === 'record' ? tagsLost(input) : [];
  return [
    {
      type: 'Warning',
      reason: reasons.OwnershipLost,
      message: `Agent pool "${pool.pool.name}" is no longer provably this claim's (its tags say otherwise); nothing is written to it any more`,
      once: true,
    },
  ];
}

/** A failed pool whose Node works. */
export function degraded(pool: PoolState): ClaimEvent[] {
  if (!isPresent(pool) || !isBroken(pool)) return [];
  const why = pool.pool.error === undefined ? '' : `: ${pool.pool.error.code}`;
  return [
    {
      type: 'Warning',
      reason: reasons.PoolDegraded,
      message: `Agent pool "${pool.pool.name}" is ${pool.pool.state}${why}, and its Node works; nothing is done about it`,
      once: true,
    },
  ];
}
