// C0: a person lets a claim go before its pool, and is told what becomes of the pool.
import { readOwnerTags } from '../azure/tags.ts';
import { forceReleaseAnnotation } from './annotations.ts';
import type { Decision } from './decision.ts';
import type { DecideInput, PresentPool } from './input.ts';
import type { NodeView } from './node-view.ts';
import { isPresent } from './pool-state.ts';
import { reasons } from './reasons.ts';

/** `nodes`: those that are the claim's. */
export function forceRelease(input: DecideInput, nodes: readonly NodeView[]): Decision {
  const { claim, intent, pool, poolName } = input;
  const present = isPresent(pool) ? pool.pool : undefined;
  const size = present?.vmSize ?? intent?.size ?? 'no known size';
  const state = present === undefined ? `state ${pool.phase}` : `${present.count} nodes, state ${present.state}`;
  return {
    row: 'C0',
    step: { do: 'releaseClaim', nodes, isForced: true },
    face: { face: 'none' },
    terminating: [],
    events: [
      {
        type: 'Warning',
        reason: reasons.ForceReleased,
        message: `${claim.kind} let go by ${forceReleaseAnnotation}; agent pool "${poolName}" (${size}, ${state}) was not seen to go and may cost money: ${fateOf(input)}`,
      },
    ],
  };
}

/** A pool that has our tags and no claim is an orphan like any other (table E). */
function fateOf({ claim, pool, policies, timings }: DecideInput): string {
  if (isPresent(pool) && pool.owner.owner === 'other') return `it is not this ${claim.kind}'s, and stays`;
  const collects = policies.orphans === 'act' && !policies.reportOnly;
  if (!collects || (isPresent(pool) && !isTagged(pool))) return 'nobody deletes it, so look for it in Azure';
  const minutes = Math.ceil(timings.orphanGraceMs / 60_000);
  const condition = isPresent(pool) ? '' : 'if it has our tags, ';
  return `${condition}it is deleted in ${minutes} min at the soonest; take its gpu-provisioner-* tags off to keep it`;
}

function isTagged({ pool }: PresentPool): boolean {
  const { kind, name, uid } = readOwnerTags(pool.tags) ?? {};
  return kind !== undefined && name !== undefined && uid !== undefined;
}
