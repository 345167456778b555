// Table A where Azure shows this claim's pool: its Node is awaited, or the pool failed (rows A6 to A12, A15 to A17).
import { causeOfProvisioning } from '../azure/causes.ts';
import { adopt } from './adopt.ts';
import type { ClaimRecord, LastAnswer } from './annotations.ts';
import { notBeforeMs } from './binding.ts';
import type { ClaimEvent, Decision } from './decision.ts';
import type { Face } from './faces.ts';
import { permits } from './gate.ts';
import type { DecideInput, PresentPool } from './input.ts';
import { nodeless } from './instance.ts';
import { minutes } from './minutes.ts';
import { byFitness, isFit, isSeen } from './node-view.ts';
import type { NodeView } from './node-view.ts';
import { sentHashOf, specHashOf } from './ownership.ts';
import { tagsLost } from './pool-events.ts';
import { isBroken, shouldHaveNode } from './pool-state.ts';
import { holdMs, liveEtag, lookWaitMs, unversionedMs } from './proof.ts';
import { reasons } from './reasons.ts';
import { replacing, replaceOldPool } from './recreation.ts';
import { eventText, refusalOf, refusedFace, refusedOr } from './refusal.ts';
import { creatingWhy } from './table-a-absent.ts';
import { createDeadlineMs, nodeDeadlineMs } from './timings.ts';

const nothing = { do: 'nothing' } as const;

/** A12: whoever owns it and whoever deletes it, the name is free only when it reads absent. */
export function deleting(input: DecideInput): Decision {
  const { poolName, record } = input;
  const message = `Agent pool "${poolName}" is being deleted; its name is free when Azure has finished`;
  const face: Face =
    record?.recreating === true
      ? { face: 'waiting', ...replacing(input) }
      : refusedOr(input, { face: 'waiting', reason: reasons.PoolDeleting, message });
  return { row: 'A12', step: nothing, face };
}

export function mine(input: DecideInput, pool: PresentPool, proof: 'tags' | 'record' | 'adoption'): Decision {
  const { claim, nodes, record } = input;
  // The id of a pool follows from its name alone, so that it says nothing of a pool with somebody's tags on it.
  if (proof === 'adoption') return adopt(input, pool);
  const events: ClaimEvent[] = proof === 'record' ? tagsLost(input) : [];
  const notBefore = notBeforeMs(input);
  const seen = nodes.filter((node) => isSeen(node, claim, notBefore));
  // A Node that is down is what a recreation is about, and one of a failed pool may never come up.
  const mustBeFit = isBroken(pool) || record?.recreating === true;
  const [node] = seen
    .filter((one) => !mustBeFit || isFit(one, claim, notBefore))
    .toSorted((a, b) => Number(b.ready === 'True') - Number(a.ready === 'True') || byFitness(a, b));
  const stopped = pool.pool.power === 'stopped';
  if (node !== undefined && !(stopped && node.ready !== 'True')) return register(input, pool, node, events);
  if (stopped) {
    const why = `is stopped; "az aks nodepool start" brings its node back`;
    return { row: 'A16', step: nothing, events, face: joining(reasons.PoolStopped, pool, why) };
  }
  if (record?.recreating === true && shouldHaveNode(pool)) return replaceOldPool(input, pool, events);
  switch (pool.phase) {
    case 'creating':
      return creating(input, pool, events);
    case 'settled':
      return settled(input, pool, events);
    case 'busy': {
      const why = `is being worked on by Azure (${pool.pool.state}); its Node is awaited`;
      return { row: 'A17', step: nothing, events, face: joining(reasons.PoolBusy, pool, why) };
    }
    case 'failed':
    case 'canceled':
      return failed(input, pool, events, seen.length > 0);
    case 'deleting':
      return deleting(input);
  }
}

/** A8. The record is written anew: what was refused before, and that the pool had to go, is over. */
function register(input: DecideInput, pool: PresentPool, node: NodeView, events: readonly ClaimEvent[]): Decision {
  const { claim, record } = input;
  const bound: ClaimRecord = {
    pool: pool.pool.name,
    poolId: pool.pool.id,
    specHash: record?.specHash ?? specHashOf(claim.spec),
    sentHash: record?.sentHash ?? sentHashOf(pool.pool),
    boundNode: node.name,
    boundUid: node.uid,
    ...(node.providerId === undefined ? {} : { boundProviderId: node.providerId }),
    ...(record?.adopted === true ? { adopted: true } : {}),
    ...(record?.recreated === undefined ? {} : { recreated: record.recreated }),
  };
  const why = node.initBlocker ?? { reason: reasons.NotRegistered, message: 'The Node has just joined' };
  return {
    row: 'A8',
    step: { do: 'register', node, record: bound },
    face: { face: 'initializing', ...why },
    bound: node,
    events,
  };
}

/** A6. */
function creating(input: DecideInput, { pool, since }: PresentPool, events: readonly ClaimEvent[]): Decision {
  const { name, vmSize } = pool;
  const limit = createDeadlineMs(input);
  const age = input.now.ms - since.ms;
  const late = {
    type: 'Warning',
    reason: reasons.CreateDeadlineExceeded,
    message: `Azure has been creating agent pool "${name}" (${vmSize}) for ${minutes(age)}; it usually takes 2 to 10 minutes. Nothing is done about it: look at the pool's activity log`,
    once: true,
  } as const;
  return {
    row: 'A6',
    step: nothing,
    events: age < limit ? events : [...events, late],
    face: { face: 'waiting', ...creatingWhy(name, vmSize) },
    ...(age < limit ? { wakeAfterMs: limit - age } : {}),
  };
}

/** A7, A15. */
function settled(input: DecideInput, pool: PresentPool, events: readonly ClaimEvent[]): Decision {
  const { gate, intent, now } = input;
  if (pool.pool.count === 0) {
    const why = 'was scaled to 0 nodes; scale it to 1 to go on';
    return { row: 'A15', step: nothing, events, face: joining(reasons.PoolScaledToZero, pool, why) };
  }
  const wait = nodeDeadlineMs(input) - (now.ms - pool.since.ms);
  const why = `(${pool.pool.vmSize}) is up and its Node has not joined the cluster yet`;
  const face = joining(reasons.NodeNotFound, pool, why);
  if (wait > 0) return { row: 'A7', step: nothing, events, face, wakeAfterMs: wait };
  const message = `Agent pool "${pool.pool.name}" ${why}, ${minutes(now.ms - pool.since.ms)} after Azure finished; look at the instance's boot diagnostics, or delete the claim to give it back`;
  const late = { type: 'Warning', reason: reasons.NodeNotJoining, message, once: true } as const;
  const missing: Decision = { row: 'A7', step: nothing, events: [...events, late], face };
  if (!permits(gate, 'replace')) return missing;
  return nodeless(input, {
    missing,
    goneFace: (gone) => ({ face: 'joining', ...gone }),
    patienceMs: 0,
    once: `attempt ${intent?.attempt ?? 0}`,
  });
}

/** A9, A10: such a pool still holds one of the cluster's hundred, and may bill. It goes, after a wait for a late Node. */
function failed(input: DecideInput, pool: PresentPool, told: readonly ClaimEvent[], nodePresent: boolean): Decision {
  const { gate, intent, now, timings } = input;
  const cause = input.poolFailure ?? causeOfProvisioning(undefined);
  // The condition may say KAITO's literal alone; the numbers are here.
  const once = `attempt ${intent?.attempt ?? 0}`;
  const events = [...told, { type: 'Warning', reason: cause.reason, message: eventText(cause), once } as const];
  const failedFor = now.ms - pool.since.ms;
  const refusal = refusalOf(input);
  const face = refusedFace(refusal);
  const wait = Math.max(timings.lateNodeMs - failedFor, nodePresent ? nodeDeadlineMs(input) - failedFor : 0);
  if (wait > 0) return { row: 'A9', step: nothing, face, events, wakeAfterMs: wait };
  // Whoever opens the gate wakes the claim.
  if (!permits(gate, 'cleanUp')) return { row: 'A9', step: nothing, face, events };
  const held = Math.max(holdMs(input), lookWaitMs(input), unversionedMs(pool, input));
  if (held > 0) return { row: 'A10', step: nothing, face, events, wakeAfterMs: held };
  const etag = liveEtag(pool, input);
  if (etag === undefined) return { row: 'A10', step: { do: 'look' }, face, events };
  return {
    row: 'A10',
    step: {
      do: 'deletePool',
      poolName: pool.pool.name,
      etag,
      ignorePodDisruptionBudget: true,
      unlessNodeReady: true,
      // A DELETE that is tried again is not another refusal: the record has this one.
      ...(isRemembered(refusal, input) ? {} : { answer: refusal }),
    },
    face,
    events,
  };
}

function isRemembered({ attempt, reason }: LastAnswer, { record }: DecideInput): boolean {
  return record?.lastAnswer?.attempt === attempt && record.lastAnswer.reason === reason;
}

function joining(reason: string, { pool }: PresentPool, why: string): Face {
  return { face: 'joining', reason, message: `Agent pool "${pool.name}" ${why}` };
}
