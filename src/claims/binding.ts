// Which Node of its pool a claim stands for, and which could take its place.
import type { ClaimRecord } from './annotations.ts';
import type { DecideInput, Instant } from './input.ts';
import { byFitness, isFit } from './node-view.ts';
import type { NodeView } from './node-view.ts';

export interface Binding {
  /** The Node that the record names, fit or not. */
  readonly bound: NodeView | undefined;
  readonly boundIsFit: boolean;
  /** The fittest of the others. */
  readonly best: NodeView | undefined;
}

export type Origin = 'own' | 'foreign' | 'unclear';

/** API servers give creation times in whole seconds, and ours may be behind: a Node this much older than the intent is ours. */
const intentLeewayMs = 60_000;

/** Clocks aside, a pool is there for longer than this before a Node of it joins. */
const joinLeewayMs = 5000;

/**
 * API server time before which no Node can be this claim's: it would be one of an earlier pool of this name. A pool that was
 * adopted may be older than any intent: a PUT of ours only met it.
 */
export function notBeforeMs({ intent, record }: Pick<DecideInput, 'intent' | 'record'>): number {
  const isOlder = intent === undefined || record?.adopted === true;
  return isOlder ? Number.NEGATIVE_INFINITY : Date.parse(intent.at) - intentLeewayMs;
}

export function bindingOf(input: Pick<DecideInput, 'claim' | 'intent' | 'nodes' | 'record'>): Binding {
  const { claim, nodes, record } = input;
  const notBefore = notBeforeMs(input);
  const bound = nodes.find(({ uid }) => uid === record?.boundUid);
  const [best] = nodes.filter((node) => node.uid !== bound?.uid && isFit(node, claim, notBefore)).toSorted(byFitness);
  return { bound, boundIsFit: bound !== undefined && isFit(bound, claim, notBefore), best };
}

/**
 * Whether a Node that the claim does not own yet comes from the claim's pool. Pools are told apart by their names alone, so what
 * Azure showed before the Node joined may have been another one; `unclear`: a later look tells. While Azure does not answer,
 * an upgrade is likelier than another pool of its name.
 */
export function originOf(
  { claim, memory, pool }: Pick<DecideInput, 'claim' | 'memory' | 'pool'>,
  node: NodeView,
): Origin {
  if (node.ownerUid === claim.uid) return 'own';
  if (pool.phase === 'unknown') return memory.lookFailed === undefined ? 'unclear' : 'own';
  if (pool.phase === 'absent') return 'unclear';
  if (pool.owner.owner !== 'mine') return 'foreign';
  return isSince(pool.startedAt, node) ? 'own' : 'unclear';
}

/** Whether a look that began then would have shown the pool that the Node comes from. */
export function isSince({ apiMs }: Instant, { createdAtMs }: NodeView): boolean {
  return apiMs + joinLeewayMs >= createdAtMs;
}

/** The record of a claim that is bound to nothing any more: table A takes over. */
export function unboundRecord(record: ClaimRecord): ClaimRecord {
  const { boundNode: _node, boundUid: _uid, boundProviderId: _id, ...rest } = record;
  return rest;
}
