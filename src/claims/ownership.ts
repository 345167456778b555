// Whose pool is it? Proved by our tags and by the record on the claim, never guessed from a name (docs/lifecycle.md 2).
import { createHash } from 'node:crypto';
import type { Claim, ClaimSpec } from '../apis/claim.ts';
import type { AgentPool } from '../azure/pool.ts';
import { isReservedPoolName } from '../azure/pool-name.ts';
import { readOwnerTags } from '../azure/tags.ts';
import { adoptAnnotation, finalizer, isOrdered } from './annotations.ts';
import type { ClaimRecord } from './annotations.ts';
import { isInstanceOf } from './provider-id.ts';

export type Owner =
  /** `proof` says what it stands on: tags; the record, when the tags were lost; or a pool that the Go provisioner made. */
  | { readonly owner: 'mine'; readonly proof: 'tags' | 'record' | 'adoption' }
  /** An earlier object of the same kind and name. */
  | { readonly owner: 'earlier' }
  | { readonly owner: 'other' }
  | { readonly owner: 'unproven' };

export interface OwnershipEvidence {
  readonly claim: Claim;
  readonly record: ClaimRecord | undefined;
  /** Whether the claim's requirements allow this size. */
  readonly allowsSize: (vmSize: string) => boolean;
}

/** The Go provisioner's, on a Machine: the providerID of its instance. */
export const linkedAnnotation = 'karpenter.sh/linked';
const provisionerLabel = 'karpenter.sh/provisioner-name';
/** By these the Go provisioner took a Machine for its own (contract/provisioner.md 2.1). */
const kaitoOwnerLabels = new Set([
  'kaito.sh/workspace',
  'kaito.sh/workspacenamespace',
  'kaito.sh/ragengine',
  'kaito.sh/ragenginenamespace',
]);

/** First match wins, as in the table. */
export function ownerOf(pool: AgentPool, evidence: OwnershipEvidence): Owner {
  const { claim, record } = evidence;
  if (pool.mode.toLowerCase() === 'system' || isReservedPoolName(pool.name)) return { owner: 'other' };
  const tags = readOwnerTags(pool.tags);
  if (tags !== undefined) {
    const namesUs = (tags.kind ?? claim.kind) === claim.kind && (tags.name ?? claim.name) === claim.name;
    if (!namesUs) return { owner: 'other' };
    if (tags.uid === claim.uid && tags.kind !== undefined && tags.name !== undefined)
      return { owner: 'mine', proof: 'tags' };
    // A name is unique in its kind, so an object of this name with another uid is gone. Should our cache be the stale
    // one, nothing is lost: `earlier` never leads to an ARM write, and writes to the claim carry its resourceVersion.
    if (tags.uid !== undefined && tags.uid !== claim.uid)
      return tags.kind !== undefined && tags.name !== undefined ? earlierOrAdopted(pool, evidence) : { owner: 'other' };
    // Some of our tags are gone and none names somebody else: what remains is the record.
  }
  if (isRecorded(pool, record))
    return record?.sentHash === sentHashOf(pool) ? { owner: 'mine', proof: 'record' } : { owner: 'unproven' };
  return tags === undefined && isGoProvisioners(pool, evidence)
    ? { owner: 'mine', proof: 'adoption' }
    : { owner: 'unproven' };
}

/**
 * A person said that the pool of the claim before is this one's. It has to be what this one asks for; from then on its
 * record says so, for its tags never will.
 */
function earlierOrAdopted(pool: AgentPool, { allowsSize, claim, record }: OwnershipEvidence): Owner {
  if (record?.adopted === true && isRecorded(pool, record))
    return record.sentHash === sentHashOf(pool) ? { owner: 'mine', proof: 'record' } : { owner: 'unproven' };
  return isOrdered(claim, adoptAnnotation) && allowsSize(pool.vmSize)
    ? { owner: 'mine', proof: 'adoption' }
    : { owner: 'earlier' };
}

/** By its id, which follows from its name: a pool that was deleted and made again has the same. */
export function isRecorded(pool: AgentPool, record: ClaimRecord | undefined): boolean {
  return record?.poolId !== undefined && record.poolId.toLowerCase() === pool.id.toLowerCase();
}

/** Labels and size of a pool as one word: what a pool that lost its tags must still have in common with what we sent. */
export function sentHashOf(pool: Pick<AgentPool, 'nodeLabels' | 'vmSize'>): string {
  const labels = Object.entries(pool.nodeLabels).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return hash({ labels, vmSize: pool.vmSize.toLowerCase() });
}

/** The spec that a pool was made for, as one word. */
export function specHashOf(spec: ClaimSpec): string {
  return hash(spec);
}

function isGoProvisioners(pool: AgentPool, { claim, allowsSize }: OwnershipEvidence): boolean {
  if (!claim.finalizers.includes(finalizer) || pool.name !== claim.name) return false;
  const carries = (key: string, value: string): boolean => pool.nodeLabels[key] === value;
  if (claim.kind === 'NodeClaim') {
    const created = `${claim.createdAt.toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
    return (
      carries('kaito.sh/creation-timestamp', created) &&
      Object.entries(claim.labels).every(([key, value]) => carries(key, value))
    );
  }
  const kaitoLabels = Object.entries(claim.labels).filter(([key]) => kaitoOwnerLabels.has(key));
  if (kaitoLabels.length === 0 || !kaitoLabels.every(([key, value]) => carries(key, value))) return false;
  if (!carries(provisionerLabel, claim.labels[provisionerLabel] ?? 'default')) return false;
  if (pool.nodeLabels['kaito.sh/machine-type'] === undefined || !allowsSize(pool.vmSize)) return false;
  const linked = claim.annotations[linkedAnnotation] ?? claim.status.providerID;
  return (
    pool.phase === 'creating' ||
    (linked !== undefined && isInstanceOf(linked, pool.name)) ||
    isOrdered(claim, adoptAnnotation)
  );
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
