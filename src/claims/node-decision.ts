// Table D: a Node with our finalizer that is being deleted. Whose doing is it, and what follows (pure; docs/lifecycle.md 6c).
import { finalizer, isOrdered, pauseAnnotation } from './annotations.ts';
import type { DrainTask } from './drain.ts';
import { drainEndOf } from './drain-end.ts';
import { permits } from './gate.ts';
import type { DecideInput, DrainProgress, Instant } from './input.ts';
import { isOfClaim } from './node-owner.ts';
import type { NodeOwner } from './node-owner.ts';
import type { NodeView } from './node-view.ts';
import { isPresent } from './pool-state.ts';
import { reasons } from './reasons.ts';

export const nodeRows = ['D1', 'D2', 'D3a', 'D3b', 'D4', 'D5'] as const;
export type NodeRow = (typeof nodeRows)[number];

/** What this process remembers of a Node since it first saw it being deleted. */
export interface NodeMemory {
  readonly seenAt: Instant;
  /** When its last look at the pool began that was answered. */
  readonly lookedAt?: Instant | undefined;
  /** Whether AKS's upgrader or its auto-repair spoke of the Node; absent: nobody asked yet. */
  readonly platformSpoke?: boolean | undefined;
  /** The last question to Azure or the API server came to nothing. */
  readonly isUnsure?: boolean | undefined;
  /** Since when its deletion would be taken for an order (restraint.ts). */
  readonly wished?: Instant | undefined;
  /** Where the order is to replace the instance: what the last round of draining came to. */
  readonly drain?: DrainProgress | undefined;
}

type NodeStep =
  | { readonly do: 'nothing' }
  /** Our finalizer goes, and the owner reference to `owner`. */
  | { readonly do: 'release'; readonly owner?: string }
  /** One GET of the pool. */
  | { readonly do: 'look' }
  /** One LIST of the events of the Node. */
  | { readonly do: 'askPlatform' }
  /** One DELETE of the claim, under its uid. */
  | { readonly do: 'deleteClaim' }
  | { readonly do: 'drain'; readonly task: DrainTask }
  /** The claim gets another instance, and the Node is released. */
  | { readonly do: 'replace' };

export interface NodeDecision {
  readonly row: NodeRow;
  readonly step: NodeStep;
  /** In words, for log and event. */
  readonly why: string;
  /** It would be an order; done in a later pass than the first that said so. */
  readonly wishes?: boolean;
  readonly wakeAfterMs?: number;
}

export interface NodeInput {
  readonly now: Instant;
  readonly node: NodeView;
  /** API server time. */
  readonly deletedAtMs: number;
  readonly owner: NodeOwner;
  readonly memory: NodeMemory;
  /** Of the claim that owns it, as its own pass would see it. */
  readonly claim: DecideInput | undefined;
}

/** Another kind's claims are not known yet, or ours are not. */
const ownerUnknownMs = 1000;
/** So long an Azure that does not answer holds a Node; then it goes, since the platform waits for it. */
const unknownForMs = 60_000;
const askAgainMs = 5000;
const firstWishMs = 10_000;
const drainPollMs = 2000;
/** Nobody tells of a finalizer that a person takes off the claim. */
const letGoPollMs = 60_000;

export function decideNode(input: NodeInput): NodeDecision {
  const { claim, owner } = input;
  switch (owner.is) {
    case 'unknown':
      return ofUnknown(input);
    case 'nobody':
    case 'foreign':
      return { row: 'D1', step: { do: 'nothing' }, why: 'it is not of a claim that is served here' };
    case 'gone':
      return { row: 'D2', step: { do: 'release', owner: owner.uid }, why: 'its claim is gone' };
    case 'claim':
      return claim === undefined ? lost() : ofClaim(input, claim);
  }
}

/**
 * Its claim's kind is not served or cannot be listed: D2 needs to know that the claim is gone. But whoever deletes the Node
 * waits, and after a minute it goes as the platform's, with nothing else; not one that may be Karpenter's.
 */
function ofUnknown({ memory, node, now }: NodeInput): NodeDecision {
  return now.ms - memory.seenAt.ms >= unknownForMs && isOfClaim(node.node)
    ? platform('D3a', 'its claim could not be looked up for a minute')
    : { row: 'D5', step: { do: 'nothing' }, why: 'its owner cannot be known now', wakeAfterMs: ownerUnknownMs };
}

/** The claim left the cache between two looks at it. */
function lost(): NodeDecision {
  return { row: 'D5', step: { do: 'nothing' }, why: 'its claim was just there', wakeAfterMs: ownerUnknownMs };
}

function ofClaim(input: NodeInput, claim: DecideInput): NodeDecision {
  const { pool } = claim;
  const { deletingSince, finalizers, uid } = claim.claim;
  // What keeps the claim is somebody else's finalizer, and a foreground deletion's waits for this very Node.
  if (deletingSince !== undefined && !finalizers.includes(finalizer))
    return { row: 'D2', step: { do: 'release', owner: uid }, why: 'its claim was let go' };
  if (deletingSince !== undefined)
    return { row: 'D1', step: { do: 'nothing' }, why: 'its claim is being deleted too', wakeAfterMs: letGoPollMs };
  if (isPresent(pool) && (pool.owner.owner === 'other' || pool.owner.owner === 'earlier'))
    return { row: 'D2', step: { do: 'release', owner: uid }, why: 'its pool is not its claim’s' };
  return platformA(claim) ?? platformB(input, claim) ?? nobodyElse(input, claim);
}

/** D3a: a pool or a cluster that somebody is at work on loses Nodes, whoever deletes the objects. */
function platformA({ claim, gate, policies, pool, record }: DecideInput): NodeDecision | undefined {
  if (policies.paused || isOrdered(claim, pauseAnnotation)) return platform('D3a', 'its claim is paused');
  if (record?.recreating === true) return platform('D3a', 'its pool is being replaced');
  if (gate.state === 'settling' || (gate.state === 'closed' && gate.by !== 'azureUnknown'))
    return platform('D3a', gate.message);
  if (pool.phase === 'unknown') return undefined;
  if (!isPresent(pool)) return platform('D3a', 'its pool is not there');
  if (pool.phase !== 'settled') return platform('D3a', `its pool is ${pool.pool.state}`);
  if (pool.pool.power !== 'running') return platform('D3a', 'its pool is stopped');
  if (pool.pool.count < 1) return platform('D3a', 'its pool was scaled to 0');
  return pool.owner.owner === 'mine' ? undefined : platform('D3a', 'its pool is not provably its claim’s');
}

/** D3b: what the Node itself says of it. */
function platformB({ deletedAtMs, memory, node }: NodeInput, claim: DecideInput): NodeDecision | undefined {
  if (node.ready !== 'True') return platform('D3b', 'it is not Ready');
  if (node.upgradeMark) return platform('D3b', 'the platform has marked it');
  if (memory.platformSpoke === true) return platform('D3b', 'an upgrade or a repair spoke of it within the hour');
  if (deletedAtMs - node.createdAtMs < claim.timings.youngNodeMs) return platform('D3b', 'it had just joined');
  if (claim.nodes.some(({ uid }) => uid !== node.uid)) return platform('D3b', 'its pool has another Node');
  return claim.record?.boundUid === node.uid ? undefined : platform('D3b', 'its claim stands for another Node');
}

function platform(row: 'D3a' | 'D3b', why: string): NodeDecision {
  return { row, step: { do: 'release' }, why };
}

/** D4 and D5: nothing says that it was the platform. */
function nobodyElse(input: NodeInput, claim: DecideInput): NodeDecision {
  const { memory } = input;
  const { gate, now, policies, pool, timings } = claim;
  const { lookedAt, seenAt } = memory;
  // What is known of the pool is as new as the last look at least; one that began before the deletion says nothing of it.
  if (pool.phase === 'unknown' || lookedAt === undefined || lookedAt.ms < seenAt.ms || memory.isUnsure === true)
    return unsure(input, claim, { do: 'look' });
  if (!permits(gate, 'replace')) return unsure(input, claim, { do: 'nothing' });
  if (memory.platformSpoke === undefined) return unsure(input, claim, { do: 'askPlatform' });
  const isFresh = now.ms - lookedAt.ms <= timings.liveProofMs;
  return memory.drain === undefined || policies.reportOnly
    ? order(input, claim, isFresh)
    : replacing(input, claim, isFresh);
}

/** D5; and D3a when it has lasted, since the platform may be waiting. */
function unsure({ memory }: NodeInput, { now }: DecideInput, step: NodeStep): NodeDecision {
  return now.ms - memory.seenAt.ms >= unknownForMs
    ? platform('D3a', 'nobody could say for a minute who deleted it')
    : { row: 'D5', step, why: 'it is to be found out who deleted it', wakeAfterMs: askAgainMs };
}

/** D4: a person wants it gone. */
function order(input: NodeInput, claim: DecideInput, isFresh: boolean): NodeDecision {
  const { policies, restrained } = claim;
  if (policies.reportOnly)
    return {
      row: 'D4',
      step: { do: 'release' },
      why: `somebody deleted it; report only, would ${policies.onNodeDeletion === 'replace' ? 'replace its instance' : 'delete its claim'}`,
    };
  const due = { row: 'D4', wishes: true, why: 'somebody deleted it' } as const;
  if (input.memory.wished === undefined) return { ...due, step: { do: 'nothing' }, wakeAfterMs: firstWishMs };
  if (restrained !== undefined)
    return restrained.reason === reasons.DisruptionPending
      ? { ...due, step: { do: 'nothing' }, wakeAfterMs: restrained.retryAfterMs }
      : platform('D3a', restrained.message);
  if (policies.onNodeDeletion === 'replace') return { ...due, ...replacing(input, claim, isFresh) };
  return { ...due, step: { do: isFresh ? 'deleteClaim' : 'look' } };
}

/** What runs on the Node leaves it as it would at the deletion of its claim; then the instance goes. */
function replacing(
  { deletedAtMs, memory, node }: NodeInput,
  { claim, now, timings }: DecideInput,
  isFresh: boolean,
): NodeDecision {
  const row = 'D4';
  const why = 'somebody deleted it, and its instance is replaced';
  if (!isFresh) return { row, step: { do: 'look' }, why };
  const end = drainEndOf({ ...claim, deletingSince: new Date(deletedAtMs) }, timings);
  const isOver = end !== undefined && now.apiMs >= end.atApiMs;
  if (isOver || (memory.drain?.pending === 0 && node.cordoned)) return { row, step: { do: 'replace' }, why };
  const task: DrainTask = { kind: claim.kind, nodes: [node], alive: [node], end };
  return { row, step: { do: 'drain', task }, why, wakeAfterMs: drainPollMs };
}
