// Where a pool stands: whose it is by its tags, by the claims and by its Nodes, as far as the caches tell (pure).
import type { Claim, ClaimIdentity, ClaimKind } from '../../apis/claim.ts';
import type { Node } from '../../apis/wire.ts';
import type { AgentPool } from '../../azure/pool.ts';
import { isReservedPoolName, poolNameOf } from '../../azure/pool-name.ts';
import { readOwnerTags } from '../../azure/tags.ts';
import { allowsSize } from '../../azure/vm-size.ts';
import { adoptAnnotation, isOrdered, recordOf } from '../annotations.ts';
import { isClaimReference } from '../node-view.ts';
import { ownerOf } from '../ownership.ts';
import type { OwnerSource } from './owner-source.ts';

export type Standing =
  /** Somebody else's, and none of our business. */
  | { readonly is: 'foreign' }
  /** A claim that the cache shows has it. */
  | { readonly is: 'owned'; readonly owner: ClaimIdentity }
  /** It looks like one that was made for a claim, and nothing proves whose it is: a person has to say. */
  | { readonly is: 'ambiguous'; readonly why: string }
  /** Our tags name a claim that no cache shows. */
  | {
      readonly is: 'tagged';
      readonly owner: ClaimIdentity;
      /** Undefined: this kind is not served here. */
      readonly source: OwnerSource | undefined;
      /** Every kind of claim that could have a hand in it can be known. */
      readonly known: boolean;
    };

/** What the Go provisioner puts on each pool that it makes, in one of its eras (contract/provisioner.md 1.3). */
const goLabels = [
  'kaito.sh/machine-type',
  'kaito.sh/workspace',
  'kaito.sh/ragengine',
  'kaito.sh/creation-timestamp',
  'karpenter.sh/provisioner-name',
];
const kinds: ReadonlySet<string> = new Set<ClaimKind>(['Machine', 'NodeClaim']);
const objectName = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

export interface StandingContext {
  readonly sources: readonly OwnerSource[];
  /** Of this pool. */
  readonly nodes: readonly Node[];
}

/** First match wins. */
export function standingOf(pool: AgentPool, { sources, nodes }: StandingContext): Standing {
  // AKS's own pools are nobody's to collect, whatever somebody wrote on them.
  if (pool.mode.toLowerCase() === 'system' || isReservedPoolName(pool.name)) return { is: 'foreign' };
  const claims = sources.flatMap((source) => source.byPool(pool.name));
  const holder = claims.find((claim) => holds(claim, pool));
  if (holder !== undefined) return { is: 'owned', owner: holder };
  const tags = readOwnerTags(pool.tags);
  if (tags === undefined)
    return goLabels.some((label) => pool.nodeLabels[label] !== undefined)
      ? { is: 'ambiguous', why: 'it has labels of the Go provisioner, and no tag says which claim it was made for' }
      : { is: 'foreign' };
  const { schema, kind, name, uid, mode } = tags;
  if (schema !== '1' || mode !== 'dedicated' || !isKind(kind) || !isName(name) || uid === undefined || uid === '')
    return { is: 'ambiguous', why: 'its tags of ours are not as they were written' };
  const owner = { kind, name, uid };
  const source = sources.find((one) => one.kind === kind);
  if (source?.byUid(uid) !== undefined) return { is: 'owned', owner };
  // All tags are copied with a pool's definition, its name cannot be.
  if (poolNameOf(owner) !== pool.name)
    return { is: 'ambiguous', why: `its tags name ${kind} "${name}", whose pool would have another name` };
  const user = claims.find((claim) => wasGiven(claim, pool)) ?? ownerOfNode(nodes, sources);
  if (user !== undefined)
    return { is: 'ambiguous', why: `its tags name another claim than ${user.kind} "${user.name}", which uses it` };
  const known = [kind, ...claimKindsOf(nodes)].every((one) =>
    sources.some((candidate) => candidate.kind === one && candidate.known),
  );
  return { is: 'tagged', owner, source, known };
}

/** By the ownership table, or because a person has asked for it to be. */
function holds(claim: Claim, pool: AgentPool): boolean {
  const record = recordOf(claim);
  const allows = (vmSize: string): boolean => allowsSize(claim.spec.requirements, vmSize);
  const { owner } = ownerOf(pool, { claim, record, allowsSize: allows });
  return owner === 'mine' || (owner === 'earlier' && isOrdered(claim, adoptAnnotation));
}

/** Azure gave it this very pool, with a Node by now or without, and somebody has written other tags since. */
function wasGiven(claim: Claim, pool: AgentPool): boolean {
  return recordOf(claim)?.poolId?.toLowerCase() === pool.id.toLowerCase();
}

function ownerOfNode(nodes: readonly Node[], sources: readonly OwnerSource[]): ClaimIdentity | undefined {
  const uids = nodes.flatMap(({ metadata }) => (metadata.ownerReferences ?? []).map(({ uid }) => uid));
  return sources.flatMap((source) => uids.flatMap((uid) => source.byUid(uid) ?? []))[0];
}

function claimKindsOf(nodes: readonly Node[]): readonly string[] {
  return nodes.flatMap(({ metadata }) =>
    (metadata.ownerReferences ?? []).filter(isClaimReference).map(({ kind }) => kind),
  );
}

function isKind(kind: string | undefined): kind is ClaimKind {
  return kind !== undefined && kinds.has(kind);
}

function isName(name: string | undefined): name is string {
  return name !== undefined && objectName.test(name);
}
