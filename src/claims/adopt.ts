// Pools of this name that another made: one that is adopted, and those that are left alone (rows Adopt, A13, A14).
import { readOwnerTags } from '../azure/tags.ts';
import { adoptAnnotation, isOrdered } from './annotations.ts';
import type { ClaimRecord } from './annotations.ts';
import type { Decision } from './decision.ts';
import type { Why } from './faces.ts';
import type { DecideInput, PresentPool } from './input.ts';
import { isRecorded, sentHashOf, specHashOf } from './ownership.ts';
import { reasons } from './reasons.ts';
import { awaitingAzure } from './refusal.ts';

/** Only the claim is written to: a PUT to re-tag the pool could resume a stopped upgrade. */
export function adopt(input: DecideInput, pool: PresentPool): Decision {
  const { claim, nodes } = input;
  const bound = nodes.find((node) => node.providerId !== undefined && node.providerId === claim.status.providerID);
  const isEarlier = readOwnerTags(pool.pool.tags) !== undefined;
  const record: ClaimRecord = {
    pool: pool.pool.name,
    poolId: pool.pool.id,
    specHash: specHashOf(claim.spec),
    sentHash: sentHashOf(pool.pool),
    adopted: true,
    ...(bound === undefined
      ? {}
      : { boundNode: bound.name, boundUid: bound.uid, boundProviderId: claim.status.providerID ?? '' }),
  };
  const maker = isEarlier ? `an earlier ${claim.kind} of this name` : 'this claim by the Go provisioner';
  return {
    row: 'Adopt',
    step: { do: 'adopt', record },
    face: { face: 'keep', nodeReady: bound?.ready === 'True', ...awaitingAzure(input) },
    events: [
      {
        type: 'Normal',
        reason: reasons.Adopted,
        message: `Agent pool "${pool.pool.name}" was made for ${maker} and is ours now; nothing was written to Azure`,
      },
    ],
  };
}

/** A13. With the annotation it is adopted, unless it is not what this claim asks for. */
export function earlierConflict({ claim, poolName, record }: DecideInput, { pool }: PresentPool): Why {
  const whose = `Agent pool "${poolName}" belongs to an earlier ${claim.kind} of this name that is gone`;
  // Azure gave this claim a pool of that name, so that collection takes this one for re-tagged and leaves it (row E8).
  const waits = isRecorded(pool, record) ? [] : ['wait until it is collected'];
  const [wrong, ways] = isOrdered(claim, adoptAnnotation)
    ? [`, and its size ${pool.vmSize} is not what this one asks for`, ['delete the pool', ...waits]]
    : ['', ['delete the pool', ...waits, `set ${adoptAnnotation}=true`]];
  return { reason: reasons.NameConflict, message: `${whose}${wrong}; ${ways.join(', or ')}` };
}

/** A14. */
export function conflict({ claim, poolName }: DecideInput, pool: PresentPool): Why {
  const whose = pool.owner.owner === 'other' ? "is somebody else's" : "is not provably this claim's";
  return {
    reason: reasons.NameConflict,
    message: `Agent pool "${poolName}" exists and ${whose}; it is left alone. Rename the ${claim.kind}, or remove the pool`,
  };
}
