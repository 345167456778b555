// Which Node of its pool a claim stands for, and which could take its place.
import type { ClaimRecord } from './annotations.ts';
import type { DecideInput } from './input.ts';
import { byFitness, isFit } from './node-view.ts';
import type { NodeView } from './node-view.ts';

export interface Binding {
  /** The Node that the record names, fit or not. */
  readonly bound: NodeView | undefined;
  readonly boundIsFit: boolean;
  /** The fittest of the others. */
  readonly best: NodeView | undefined;
}

/** API servers give creation times in whole seconds, and ours may be behind: a Node this much older than the intent is ours. */
const intentLeewayMs = 60_000;

/** API server time before which no Node can be this claim's: it would be one of an earlier pool of this name. */
export function notBeforeMs({ intent }: Pick<DecideInput, 'intent'>): number {
  return intent === undefined ? Number.NEGATIVE_INFINITY : Date.parse(intent.at) - intentLeewayMs;
}

export function bindingOf(input: Pick<DecideInput, 'claim' | 'intent' | 'nodes' | 'record'>): Binding {
  const { claim, nodes, record } = input;
  const notBefore = notBeforeMs(input);
  const bound = nodes.find(({ uid }) => uid === record?.boundUid);
  const [best] = nodes.filter((node) => node.uid !== bound?.uid && isFit(node, claim, notBefore)).toSorted(byFitness);
  return { bound, boundIsFit: bound !== undefined && isFit(bound, claim, notBefore), best };
}

/** The record of a claim that is bound to nothing any more: table A takes over. */
export function unboundRecord(record: ClaimRecord): ClaimRecord {
  const { boundNode: _node, boundUid: _uid, boundProviderId: _id, ...rest } = record;
  return rest;
}
