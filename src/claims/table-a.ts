// Table A of the lifecycle: a live claim that was never registered (docs/lifecycle.md 5).
import { causeOfProvisioning } from '../azure/causes.ts';
import type { ClaimRecord, LastAnswer } from './annotations.ts';
import type { ClaimEvent, Decision } from './decision.ts';
import type { Face } from './faces.ts';
import type { DecideInput, PresentPool } from './input.ts';
import { byFitness, isFit, isSeen } from './node-view.ts';
import { sentHashOf, specHashOf } from './ownership.ts';
import { holdMs, isAnswered, liveEtag, lookWaitMs, unversionedMs } from './proof.ts';
import { reasons } from './reasons.ts';
import { awaitingAzure, causeText, lastAnswerOf, refusalOf, refusedFace } from './refusal.ts';

/** After a PUT without an answer: looks at 5 and 15 s, and the next PUT no earlier than 20 s (row A3). */
const looksAfterMs = [5000, 15_000] as const;
const secondPutAfterMs = 20_000;
const firstGetAfterMs = 30_000;
/** No cause waits for longer than 23 hours (the error table); a time beyond twice that is a person's edit. */
const longestPaceMs = 46 * 3_600_000;

const nothing = { do: 'nothing' } as const;

export function tableA(input: DecideInput): Decision {
  const { pool } = input;
  switch (pool.phase) {
    case 'unknown':
      return unknown(input);
    case 'absent':
      return absent(input, pool.startedAt.ms);
    case 'deleting':
      return { row: 'A12', step: nothing, face: refusedOr(input, poolDeleting(input)) };
    case 'creating':
    case 'settled':
    case 'busy':
    case 'failed':
    case 'canceled':
      break;
  }
  switch (pool.owner.owner) {
    case 'earlier':
      return { row: 'A13', step: nothing, face: { face: 'refused', ...earlierConflict(input) } };
    case 'other':
    case 'unproven':
      return { row: 'A14', step: nothing, face: { face: 'refused', ...conflict(input, pool) } };
    case 'mine':
      return mine(input, pool, pool.owner.proof);
  }
}

function unknown(input: DecideInput): Decision {
  const wait = Math.max(input.memory.firstSeen.ms + firstGetAfterMs - input.now.ms, lookWaitMs(input));
  const face: Face = refusedOr(input, { face: 'waiting', ...awaitingAzure(input) });
  return wait > 0
    ? { row: 'A1', step: nothing, face, wakeAfterMs: wait }
    : { row: 'A1', step: { do: 'look' }, face, wakeAfterMs: firstGetAfterMs };
}

function absent(input: DecideInput, lookStartedMs: number): Decision {
  const { claim, intent, memory, now, plan, poolName, record, term } = input;
  if (!plan.ok)
    return { row: 'P4', step: nothing, face: { face: 'refused', reason: reasons.InvalidSpec, message: plan.message } };
  const creating: Face = { face: 'waiting', ...creatingWhy(poolName, plan.vmSize) };
  // An earlier leader may have made the pool after this look; its PUT is not repeated on the strength of it.
  const isInherited = intent !== undefined && memory.put?.attempt !== intent.attempt;
  if (isInherited && lookStartedMs < term.startedAt.ms) {
    const wait = lookWaitMs(input);
    const face = refusedOr(input, creating);
    return wait > 0
      ? { row: 'A3', step: nothing, face, wakeAfterMs: wait }
      : { row: 'A3', step: { do: 'look' }, face, wakeAfterMs: looksAfterMs[0] };
  }
  if (intent !== undefined && !isAnswered(input)) {
    const putEnded = memory.put?.attempt === intent.attempt ? memory.put.endedAt.ms : undefined;
    const from = putEnded ?? now.ms - (now.apiMs - Date.parse(intent.at));
    const age = now.ms - from;
    const due = looksAfterMs.findLast((after) => after <= age);
    const isDue = due !== undefined && lookStartedMs < from + due;
    // The second PUT leans on a look that began after the last one was due, however late this process comes to it.
    if (age < secondPutAfterMs || isDue) {
      const next = looksAfterMs.find((after) => after > age) ?? secondPutAfterMs;
      const face: Face =
        memory.put?.cause === undefined ? refusedOr(input, creating) : { face: 'waiting', ...unknownOutcome(input) };
      const wait = lookWaitMs(input);
      const look = isDue && wait === 0;
      const wakeAfterMs = age < secondPutAfterMs ? next - age : wait;
      return { row: 'A3', step: look ? { do: 'look' } : nothing, face, wakeAfterMs };
    }
  }
  const specHash = specHashOf(claim.spec);
  const last = record?.specHash === specHash ? record.lastAnswer : undefined;
  const untilRetry = last === undefined ? 0 : Date.parse(last.retryAt) - now.apiMs;
  const backoff = Math.max(holdMs(input), untilRetry > longestPaceMs ? 0 : untilRetry);
  if (backoff > 0) {
    const held = memory.put?.cause;
    const face: Face =
      last !== undefined
        ? lastAnswerOf(last)
        : held !== undefined && held.kind !== 'refused'
          ? { face: 'waiting', ...unknownOutcome(input) }
          : creating;
    return { row: 'A4', step: nothing, face, wakeAfterMs: backoff };
  }
  const attempt = intent === undefined ? 1 : isAnswered(input) ? intent.attempt + 1 : intent.attempt;
  const next: ClaimRecord = {
    pool: poolName,
    specHash,
    sentHash: sentHashOf({ nodeLabels: plan.body.nodeLabels, vmSize: plan.vmSize }),
    ...(record?.lastAnswer === undefined ? {} : { lastAnswer: record.lastAnswer }),
  };
  return {
    row: 'A5',
    step: { do: 'create', body: plan.body, intent: { pool: poolName, attempt, size: plan.vmSize }, record: next },
    face: creating,
    events: plan.warnings.map((warning) => ({ type: 'Warning', ...warning, once: true })),
  };
}

function mine(input: DecideInput, pool: PresentPool, proof: 'tags' | 'record' | 'adoption'): Decision {
  const { claim, intent, largeSize, nodes, now, record, timings } = input;
  if (proof === 'adoption' && record?.poolId === undefined) return adopt(input, pool);
  const events: ClaimEvent[] = proof === 'record' ? tagsLost(input) : [];
  const notBefore = intent === undefined ? Number.NEGATIVE_INFINITY : Date.parse(intent.at) - 60_000;
  const seen = nodes.filter((node) => isSeen(node, claim, notBefore));
  const usable = isBroken(pool) ? seen.filter((node) => isFit(node, claim, notBefore)) : seen;
  const stopped = pool.pool.power === 'stopped';
  const size = pool.pool.vmSize;
  const [node] = usable.toSorted((a, b) => Number(b.ready === 'True') - Number(a.ready === 'True') || byFitness(a, b));
  if (node !== undefined && !(stopped && node.ready !== 'True')) {
    const bound: ClaimRecord = {
      pool: pool.pool.name,
      poolId: pool.pool.id,
      specHash: record?.specHash ?? specHashOf(claim.spec),
      sentHash: record?.sentHash ?? sentHashOf(pool.pool),
      boundNode: node.name,
      boundUid: node.uid,
      ...(node.providerId === undefined ? {} : { boundProviderId: node.providerId }),
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
  if (stopped)
    return {
      row: 'A16',
      step: nothing,
      events,
      face: joining(
        reasons.PoolStopped,
        `Agent pool "${pool.pool.name}" is stopped; "az aks nodepool start" brings its node back`,
      ),
    };
  const settledFor = now.ms - pool.since.ms;
  switch (pool.phase) {
    case 'creating': {
      const limit = largeSize ? timings.createDeadlineLargeMs : timings.createDeadlineMs;
      if (settledFor >= limit)
        events.push({
          type: 'Warning',
          reason: reasons.CreateDeadlineExceeded,
          message: `Azure has been creating agent pool "${pool.pool.name}" (${size}) for ${minutes(settledFor)}; it usually takes 2 to 10 minutes. Nothing is done about it: look at the pool's activity log`,
          once: true,
        });
      return {
        row: 'A6',
        step: nothing,
        events,
        face: { face: 'waiting', ...creatingWhy(pool.pool.name, size) },
        ...(settledFor < limit ? { wakeAfterMs: limit - settledFor } : {}),
      };
    }
    case 'settled': {
      if (pool.pool.count === 0)
        return {
          row: 'A15',
          step: nothing,
          events,
          face: joining(
            reasons.PoolScaledToZero,
            `Agent pool "${pool.pool.name}" was scaled to 0 nodes; scale it to 1 to go on`,
          ),
        };
      const limit = largeSize ? timings.nodeDeadlineLargeMs : timings.nodeDeadlineMs;
      const message = `Agent pool "${pool.pool.name}" (${size}) is up and its Node has not joined the cluster yet`;
      if (settledFor >= limit)
        events.push({
          type: 'Warning',
          reason: reasons.NodeNotJoining,
          message: `${message}, ${minutes(settledFor)} after Azure finished; look at the instance's boot diagnostics, or delete the claim to give it back`,
          once: true,
        });
      return {
        row: 'A7',
        step: nothing,
        events,
        face: joining(reasons.NodeNotFound, message),
        ...(settledFor < limit ? { wakeAfterMs: limit - settledFor } : {}),
      };
    }
    case 'busy':
      return {
        row: 'A17',
        step: nothing,
        events,
        face: joining(
          reasons.PoolBusy,
          `Azure is working on agent pool "${pool.pool.name}" (${pool.pool.state}); its Node is awaited`,
        ),
      };
    case 'failed':
    case 'canceled':
      return failed(input, pool, events, seen.length > 0);
    case 'deleting':
      return { row: 'A12', step: nothing, face: refusedOr(input, poolDeleting(input)) };
  }
}

/** A pool whose creation failed still holds one of the cluster's hundred, and may bill: it goes, after a wait for a late Node. */
function failed(input: DecideInput, pool: PresentPool, told: readonly ClaimEvent[], nodePresent: boolean): Decision {
  const { intent, largeSize, now, timings } = input;
  const cause = input.poolFailure ?? causeOfProvisioning(undefined);
  // The condition may say KAITO's literal alone; the numbers are here.
  const once = `attempt ${intent?.attempt ?? 0}`;
  const events = [...told, { type: 'Warning', reason: cause.reason, message: causeText(cause), once } as const];
  const failedFor = now.ms - pool.since.ms;
  const refusal = refusalOf(input);
  const face = refusedFace(refusal);
  const nodeDeadline = largeSize ? timings.nodeDeadlineLargeMs : timings.nodeDeadlineMs;
  const wait = Math.max(timings.lateNodeMs - failedFor, nodePresent ? nodeDeadline - failedFor : 0);
  if (wait > 0) return { row: 'A9', step: nothing, face, events, wakeAfterMs: wait };
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

function adopt(input: DecideInput, pool: PresentPool): Decision {
  const { claim, nodes } = input;
  const bound = nodes.find((node) => node.providerId !== undefined && node.providerId === claim.status.providerID);
  const record: ClaimRecord = {
    pool: pool.pool.name,
    poolId: pool.pool.id,
    specHash: specHashOf(claim.spec),
    sentHash: sentHashOf(pool.pool),
    ...(bound === undefined
      ? {}
      : { boundNode: bound.name, boundUid: bound.uid, boundProviderId: claim.status.providerID ?? '' }),
  };
  return {
    row: 'Adopt',
    step: { do: 'adopt', record },
    face: { face: 'keep', nodeReady: bound?.ready === 'True', ...awaitingAzure(input) },
    events: [
      {
        type: 'Normal',
        reason: reasons.Adopted,
        message: `Agent pool "${pool.pool.name}" was made for this claim by the Go provisioner and is ours now; nothing was written to Azure`,
      },
    ],
  };
}

export function isBroken(pool: PresentPool): boolean {
  return pool.phase === 'failed' || pool.phase === 'canceled';
}

/** Said of pools that we made; one that was adopted never had our tags. */
export function tagsLost({ intent, poolName }: DecideInput): ClaimEvent[] {
  if (intent === undefined) return [];
  const event = {
    type: 'Warning',
    reason: reasons.OwnershipTagsLost,
    message: `Agent pool "${poolName}" has lost its gpu-provisioner tags (az aks nodepool update --tags replaces them all). The claim's record still proves whose it is; put the tags back so that it is never taken for somebody else's`,
    once: true,
  } as const;
  return [event];
}

function creatingWhy(poolName: string, size: string): { reason: string; message: string } {
  return { reason: reasons.Creating, message: `Azure is creating agent pool "${poolName}" (${size})` };
}

function poolDeleting({ poolName }: DecideInput): Face {
  return {
    face: 'waiting',
    reason: reasons.PoolDeleting,
    message: `Agent pool "${poolName}" is being deleted; its name is free when Azure has finished`,
  };
}

function unknownOutcome({ memory, poolName }: DecideInput): { reason: string; message: string } {
  const cause = memory.put?.cause;
  if (cause === undefined)
    return { reason: reasons.AwaitingAzure, message: `Azure has not answered for agent pool "${poolName}"` };
  const reason = cause.reason;
  return { reason, message: causeText(cause) };
}

function earlierConflict({ claim, poolName }: DecideInput): { reason: string; message: string } {
  return {
    reason: reasons.NameConflict,
    message: `Agent pool "${poolName}" belongs to an earlier ${claim.kind} "${claim.name}" that is gone; delete the pool, or wait until it is collected`,
  };
}

function conflict({ claim, poolName }: DecideInput, pool: PresentPool): { reason: string; message: string } {
  const whose = pool.owner.owner === 'other' ? "is somebody else's" : "is not provably this claim's";
  return {
    reason: reasons.NameConflict,
    message: `Agent pool "${poolName}" exists and ${whose}; it is left alone. Rename the ${claim.kind}, or remove the pool`,
  };
}

function joining(reason: string, message: string): Face {
  return { face: 'joining', reason, message };
}

/** What ARM refused stays on the claim until the next PUT is accepted. */
function refusedOr({ intent, record }: DecideInput, face: Face): Face {
  const last = record?.lastAnswer;
  return last === undefined || last.attempt !== intent?.attempt ? face : lastAnswerOf(last);
}

export function minutes(ms: number): string {
  return `${Math.round(ms / 60_000)} min`;
}
