// Table C of the lifecycle: a claim that is being deleted and has our finalizer (docs/lifecycle.md 6b).
import type { WantedCondition } from '../apis/conditions.ts';
import type { ConditionStatus } from '../apis/claim.ts';
import { forceReleaseAnnotation, isOrdered } from './annotations.ts';
import type { ClaimEvent, Decision, Row, Step } from './decision.ts';
import type { Why } from './faces.ts';
import { deletionPaceMs, failedDeletionOf } from './failed-deletion.ts';
import { forceRelease } from './force-release.ts';
import { permits, stoppedPatienceMs } from './gate.ts';
import type { DecideInput, PoolState, PresentPool } from './input.ts';
import { isKeptByOthers } from './node-view.ts';
import type { NodeView } from './node-view.ts';
import { linkedAnnotation } from './ownership.ts';
import { tagsLost } from './pool-events.ts';
import { isPresent } from './pool-state.ts';
import { holdMs, liveEtag, lookWaitMs, proofOfAbsence, unversionedMs } from './proof.ts';
import { reasons } from './reasons.ts';
import { awaitingAzure, causeText } from './refusal.ts';
import { drainedAtLast, drainState } from './table-c-drain.ts';

export const instanceTerminatingCondition = 'InstanceTerminating';

const removedNodePollMs = 1000;
const unprovenLookMs = 60_000;
/** Who waits for the gate is told when it turns; this is for time that passes. */
const gatePollMs = 60_000;

const nothing = { do: 'nothing' } as const;

export function tableC(input: DecideInput): Decision {
  const { claim, intent, pool, record } = input;
  if (isOrdered(claim, forceReleaseAnnotation)) return forceRelease(input, nodesOf(input));
  if (!isPresent(pool)) return pool.phase === 'unknown' ? awaiting(input) : gone(input, pool);
  switch (pool.owner.owner) {
    case 'other':
    case 'earlier':
      return leaveAlone(input, pool);
    case 'unproven':
      return intent === undefined && record === undefined ? leaveAlone(input, pool) : unproven(input, pool);
    case 'mine':
      return mine(input, pool, pool.owner.proof === 'record' ? tagsLost(input) : []);
  }
}

/** C1: the Nodes that are surely this claim's are drained meanwhile. */
function awaiting(input: DecideInput): Decision {
  const { claim, nodes } = input;
  const wait = lookWaitMs(input);
  const ours = nodes.filter(({ ownerUid }) => ownerUid === claim.uid);
  const drain = drainState(input, ours);
  const unknown = terminating('Unknown', awaitingAzure(input));
  const conditions = ours.length === 0 ? [unknown] : [drain.condition, unknown];
  if (wait === 0) return deciding('C1', { do: 'look' }, conditions);
  if (!drain.needed) return deciding('C1', nothing, conditions, wait);
  const events = drain.events;
  return { ...deciding('C1', { do: 'drain', ...drain.task }, conditions, Math.min(wait, drain.pollMs)), events };
}

/** C2 to C4. */
function gone(input: DecideInput, pool: Extract<PoolState, { readonly phase: 'absent' }>): Decision {
  const { memory, poolName } = input;
  const absent = `Agent pool "${poolName}" reads absent`;
  const proof = proofOfAbsence(input, pool.startedAt);
  if (!proof.proved) return confirming(input, absent, Math.max(proof.inMs, lookWaitMs(input)));
  // A LIST may be behind: a pool that Azure may have, and nobody was asked to delete, is asked for by its name.
  if (pool.proof === 'list' && mayHavePool(input) && memory.deleted?.outcome !== 'accepted')
    return confirming(input, absent, lookWaitMs(input));
  const left = nodesOf(input);
  if (left.length === 0) return { ...deciding('C4', { do: 'releaseClaim', nodes: [] }, []), events: ending(input) };
  const held = left.every(isKeptByOthers);
  const why = {
    reason: reasons.RemovingNode,
    message: `Agent pool "${poolName}" is gone; its Node objects are being removed`,
  };
  return deciding(
    'C3',
    held ? nothing : { do: 'releaseNodes', nodes: left, remove: true },
    [terminating('Unknown', why)],
    removedNodePollMs,
  );
}

/** One that the Go provisioner made was never asked for by us: the claim's record, or its own status or link, tells of it. */
function mayHavePool({ claim, intent, record }: DecideInput): boolean {
  const isGiven = claim.status.providerID !== undefined || claim.annotations[linkedAnnotation] !== undefined;
  return intent !== undefined || record !== undefined || isGiven;
}

/** The last line of its story, for who asks for the events of a claim that is gone. */
function ending({ claim, intent, poolName, record }: DecideInput): ClaimEvent[] {
  if (intent === undefined && record === undefined) return [];
  const message = `Agent pool "${poolName}" is gone from Azure, so the ${claim.kind} is let go`;
  return [{ type: 'Normal', reason: reasons.PoolDeleted, message, once: true }];
}

/**
 * Of a claim that never asked for a pool, what nobody owns and has no providerID only looks like a Node of it: anybody may
 * write that label. Of one that did, it is a Node that has just joined.
 */
function nodesOf({ claim, intent, nodes, record }: DecideInput): readonly NodeView[] {
  const hasAsked = intent !== undefined || record !== undefined;
  return nodes.filter(
    ({ ownerUid, providerId }) =>
      ownerUid === claim.uid || (ownerUid === undefined && (hasAsked || providerId !== undefined)),
  );
}

/** C2. `seen` is what the last look showed. */
function confirming({ claim }: DecideInput, seen: string, waitMs: number): Decision {
  const why = {
    reason: reasons.ConfirmingDeletion,
    message: `${seen}; one more look makes sure that no earlier request brings one of this ${claim.kind}`,
  };
  const conditions = [terminating('Unknown', why)];
  return waitMs > 0 ? deciding('C2', nothing, conditions, waitMs) : deciding('C2', { do: 'look' }, conditions);
}

/** C7 to C12. What Azure is deleting already (C11) is said to be, whatever the gate is: nothing is left to ask for. */
function mine(input: DecideInput, pool: PresentPool, events: readonly ClaimEvent[]): Decision {
  const { claim, gate, nodes, poolName } = input;
  if (pool.phase === 'deleting')
    return {
      ...deciding('C11', nothing, [
        drainedAtLast(input),
        terminating('True', {
          reason: reasons.InstanceTerminating,
          message: `Azure is deleting agent pool "${poolName}"`,
        }),
      ]),
      events,
    };
  // Its Nodes are down or about to be: there is nothing to drain either.
  if (gate.state === 'closed' && gate.by === 'clusterStopped' && !permits(gate, 'delete'))
    return { ...atGate(input, []), events };
  const failed = afterFailure(input, pool);
  if (failed !== undefined) return { ...failed, events: [...events, ...(failed.events ?? [])] };
  const registered = nodes.some((node) => node.ownerUid === claim.uid);
  if (pool.phase === 'creating' && !registered) return { ...remove('C8', input, pool, undefined), events };
  const drain = drainState(input, nodes);
  if (!drain.needed) return { ...remove('C10', input, pool, drain.condition), events: [...events, ...drain.events] };
  const why = {
    reason: reasons.Draining,
    message: `Agent pool "${poolName}" is deleted when its Node is drained`,
  };
  return {
    ...deciding('C9', { do: 'drain', ...drain.task }, [drain.condition, terminating('Unknown', why)], drain.pollMs),
    events: [...events, ...drain.events],
  };
}

/** C12: Azure accepted the deletion and failed at it; the record says when, once, for whoever leads next. */
function afterFailure(input: DecideInput, pool: PresentPool): Decision | undefined {
  const { now, poolFailure: cause, poolName } = input;
  const failure = pool.phase === 'failed' ? failedDeletionOf(input, pool) : undefined;
  if (failure === undefined) return undefined;
  const { sinceMs, times, unrecorded } = failure;
  const wait = sinceMs + deletionPaceMs(times) - now.ms;
  if (wait <= 0) return undefined;
  const why: Why = {
    reason: cause?.reason ?? reasons.PoolFailed,
    message: `Azure failed to delete agent pool "${poolName}"${cause === undefined ? '' : `: ${cause.headline}`}; it is tried again`,
  };
  const conditions = [drainedAtLast(input), terminating('False', why)];
  if (unrecorded !== undefined) return deciding('C12', { do: 'remember', record: unrecorded }, conditions, wait);
  return { ...deciding('C12', nothing, conditions, wait), events: [{ type: 'Warning', ...why }] };
}

/** C8 and C10: a live GET that proves it is still ours, then one DELETE that names its version. */
function remove(row: Row, input: DecideInput, pool: PresentPool, drain: WantedCondition | undefined): Decision {
  const { gate, memory, poolName } = input;
  const drained = drain === undefined ? [] : [drain];
  if (!permits(gate, 'delete')) return atGate(input, drained);
  const failure = memory.deleted?.outcome === 'refused' ? memory.deleted.cause : undefined;
  const why: Why =
    failure === undefined
      ? { reason: reasons.Deleting, message: `Azure is asked to delete agent pool "${poolName}"` }
      : { reason: failure.reason, message: `Cannot delete agent pool "${poolName}" yet: ${causeText(failure)}` };
  const status: ConditionStatus = failure?.kind === 'config' || failure?.kind === 'refused' ? 'False' : 'Unknown';
  const conditions = [...drained, terminating(status, why)];
  const wait = Math.max(holdMs(input), lookWaitMs(input), unversionedMs(pool, input));
  if (wait > 0) return deciding(row, nothing, conditions, wait);
  const etag = liveEtag(pool, input);
  const step: Step =
    etag === undefined
      ? { do: 'look' }
      : { do: 'deletePool', poolName, etag, ignorePodDisruptionBudget: true, unlessNodeReady: false };
  return deciding(row, step, conditions);
}

/** C7: a DELETE now fails the cluster's start, or goes to an Azure that does not answer. */
function atGate({ gate }: DecideInput, conditions: readonly WantedCondition[]): Decision {
  if (gate.state === 'open') return deciding('C7', nothing, conditions);
  const isStopped = gate.state === 'closed' && gate.by === 'clusterStopped';
  const why = { reason: isStopped ? reasons.WaitingForCluster : gate.reason, message: gate.message };
  const wait = isStopped ? Math.min(gatePollMs, stoppedPatienceMs - gate.forMs) : gatePollMs;
  return deciding('C7', nothing, [...conditions, terminating('Unknown', why)], wait);
}

/** C5. What was there before our last write, or in a LIST, may have gone since, and a pool of ours have come. */
function leaveAlone(input: DecideInput, pool: PresentPool): Decision {
  const { claim, nodes } = input;
  const proof = proofOfAbsence(input, pool.startedAt);
  if (mayHavePool(input) && !(proof.proved && pool.live)) {
    const seen = `Agent pool "${pool.pool.name}" is not this ${claim.kind}'s`;
    return confirming(input, seen, Math.max(proof.proved ? 0 : proof.inMs, lookWaitMs(input)));
  }
  const ours = nodes.filter((node) => node.ownerUid === claim.uid);
  return {
    ...deciding('C5', { do: 'releaseClaim', nodes: ours }, []),
    events: [
      {
        type: 'Normal',
        reason: reasons.PoolLeftAlone,
        message: `Agent pool "${pool.pool.name}" is not this ${claim.kind}'s, so it stays as it is`,
      },
    ],
  };
}

function unproven(input: DecideInput, pool: PresentPool): Decision {
  const { claim } = input;
  const { kind, name, uid } = claim;
  const tags = `gpu-provisioner-kind=${kind}, gpu-provisioner-name=${name}, gpu-provisioner-uid=${uid}`;
  return deciding(
    'C6',
    nothing,
    [
      terminating('False', {
        reason: reasons.OwnershipUnproven,
        message: `Agent pool "${pool.pool.name}" may be this ${claim.kind}'s, but its tags are gone: delete the pool, or leave it behind with the annotation ${forceReleaseAnnotation}: "true" here. Its labels or size are not those we sent either; it is deleted once it has all of these tags: ${tags}`,
      }),
    ],
    unprovenLookMs,
  );
}

function terminating(status: ConditionStatus, why: Why): WantedCondition {
  return { type: instanceTerminatingCondition, status, ...why };
}

function deciding(row: Row, step: Step, conditions: readonly WantedCondition[], wakeAfterMs?: number): Decision {
  return {
    row,
    step,
    face: { face: 'none' },
    terminating: conditions,
    ...(wakeAfterMs === undefined ? {} : { wakeAfterMs }),
  };
}
