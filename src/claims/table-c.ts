// Table C of the lifecycle: a claim that is being deleted and has our finalizer (docs/lifecycle.md 6b).
import { conditionOf } from '../apis/conditions.ts';
import type { WantedCondition } from '../apis/conditions.ts';
import type { ConditionStatus } from '../apis/claim.ts';
import type { ClaimEvent, Decision, Row, Step } from './decision.ts';
import type { Why } from './faces.ts';
import type { DecideInput, PresentPool } from './input.ts';
import { minutes } from './minutes.ts';
import { tagsLost } from './pool-events.ts';
import { holdMs, liveEtag, lookWaitMs, proofOfAbsence, unversionedMs } from './proof.ts';
import { reasons } from './reasons.ts';
import { awaitingAzure, causeText } from './refusal.ts';

const drainedCondition = 'Drained';
const instanceTerminatingCondition = 'InstanceTerminating';

const drainPollMs = 1000;
/** A Node that has been NotReady for longer is not drained: nothing on it can end gracefully. */
const drainableNotReadyMs = 5 * 60_000;
/** After a deletion that Azure accepted and failed at; doubled with each in a row. */
const deleteRetryAfterFailureMs = 60_000;
const slowestDeleteRetryMs = 600_000;
const unprovenLookMs = 60_000;

const nothing = { do: 'nothing' } as const;

export function tableC(input: DecideInput): Decision {
  const { intent, memory, nodes, pool, poolName, record, claim } = input;
  switch (pool.phase) {
    case 'unknown': {
      const wait = lookWaitMs(input);
      return deciding(
        'C1',
        wait > 0 ? nothing : { do: 'look' },
        [terminating('Unknown', awaitingAzure(input))],
        wait > 0 ? wait : undefined,
      );
    }
    case 'absent': {
      const proof = proofOfAbsence(input, pool.startedAt);
      if (!proof.proved) {
        const wait = Math.max(proof.inMs, lookWaitMs(input));
        return confirming(input, wait > 0 ? wait : undefined);
      }
      // A LIST may be behind: a pool that Azure may have, and nobody was asked to delete, is asked for by its name.
      if (pool.proof === 'list' && intent !== undefined && memory.deleted?.outcome !== 'accepted') {
        const wait = lookWaitMs(input);
        return confirming(input, wait > 0 ? wait : undefined);
      }
      const left = nodes.filter((node) => node.ownerUid === undefined || node.ownerUid === claim.uid);
      // One that somebody else's finalizer holds is waited for.
      const held = left.every((node) => node.deleting && !node.hasFinalizer && node.ownerUid === undefined);
      if (left.length > 0)
        return deciding(
          'C3',
          held ? nothing : { do: 'releaseNodes', nodes: left, remove: true },
          [
            terminating('Unknown', {
              reason: reasons.RemovingNode,
              message: `Agent pool "${poolName}" is gone; its Node objects are being removed`,
            }),
          ],
          drainPollMs,
        );
      return deciding('C4', { do: 'releaseClaim', nodes: [] }, []);
    }
    case 'creating':
    case 'deleting':
    case 'settled':
    case 'busy':
    case 'failed':
    case 'canceled':
      break;
  }
  switch (pool.owner.owner) {
    case 'other':
    case 'earlier':
      return leaveAlone(input, pool);
    case 'unproven':
      return intent === undefined && record === undefined ? leaveAlone(input, pool) : unproven(input, pool);
    case 'mine':
      return mine(input, pool, pool.owner.proof === 'record');
  }
}

function confirming({ poolName }: DecideInput, waitMs: number | undefined): Decision {
  const why = {
    reason: reasons.ConfirmingDeletion,
    message: `Agent pool "${poolName}" reads absent; one more look makes sure that no earlier request brings it back`,
  };
  return deciding('C2', waitMs === undefined ? { do: 'look' } : nothing, [terminating('Unknown', why)], waitMs);
}

function mine(input: DecideInput, pool: PresentPool, lostTags: boolean): Decision {
  const { memory, now, poolName } = input;
  const events: ClaimEvent[] = lostTags ? tagsLost(input) : [];
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
  const registered = input.nodes.some((node) => node.ownerUid === input.claim.uid);
  if (pool.phase === 'failed' && memory.deleted?.outcome === 'accepted') {
    const { accepted = 1 } = memory.deleted;
    const paceMs = Math.min(deleteRetryAfterFailureMs * 2 ** Math.min(accepted - 1, 16), slowestDeleteRetryMs);
    const wait = pool.since.ms + paceMs - now.ms;
    const cause = input.poolFailure;
    const why: Why = {
      reason: cause?.reason ?? reasons.PoolFailed,
      message: `Azure failed to delete agent pool "${poolName}"${cause === undefined ? '' : `: ${cause.headline}`}; it is tried again`,
    };
    if (wait > 0)
      return {
        ...deciding('C12', nothing, [drainedAtLast(input), terminating('False', why)], wait),
        events: [...events, { type: 'Warning', ...why }],
      };
  }
  if (pool.phase === 'creating' && !registered) return { ...remove('C8', input, pool, undefined), events };
  const drain = drainState(input);
  if (drain.needed)
    return {
      ...deciding(
        'C9',
        { do: 'drain', nodes: input.nodes },
        [
          { type: drainedCondition, status: 'Unknown', reason: drain.reason, message: drain.message },
          terminating('Unknown', {
            reason: reasons.Draining,
            message: `Agent pool "${poolName}" is deleted when its Node is drained`,
          }),
        ],
        drainPollMs,
      ),
      events:
        drain.reason === reasons.DrainBlocked
          ? [...events, { type: 'Warning', reason: drain.reason, message: drain.message }]
          : events,
    };
  return { ...remove('C10', input, pool, drain.drained), events };
}

/** C8 and C10: a live GET that proves it is still ours, then one DELETE that names its version. */
function remove(row: Row, input: DecideInput, pool: PresentPool, drain: WantedCondition | undefined): Decision {
  const { memory, poolName } = input;
  const failure = memory.deleted?.outcome === 'refused' ? memory.deleted.cause : undefined;
  const why: Why =
    failure === undefined
      ? { reason: reasons.Deleting, message: `Azure is asked to delete agent pool "${poolName}"` }
      : { reason: failure.reason, message: `Cannot delete agent pool "${poolName}" yet: ${causeText(failure)}` };
  const status: ConditionStatus = failure?.kind === 'config' || failure?.kind === 'refused' ? 'False' : 'Unknown';
  const conditions = [...(drain === undefined ? [] : [drain]), terminating(status, why)];
  const wait = Math.max(holdMs(input), lookWaitMs(input), unversionedMs(pool, input));
  if (wait > 0) return deciding(row, nothing, conditions, wait);
  const etag = liveEtag(pool, input);
  const step: Step =
    etag === undefined
      ? { do: 'look' }
      : { do: 'deletePool', poolName, etag, ignorePodDisruptionBudget: true, unlessNodeReady: false };
  return deciding(row, step, conditions);
}

type DrainState =
  | { readonly needed: true; readonly reason: string; readonly message: string }
  | { readonly needed: false; readonly drained: WantedCondition };

function drainState({ claim, memory, nodes, now, timings }: DecideInput): DrainState {
  const alive = nodes.filter((node) => node.ready === 'True' || now.apiMs - node.readySinceMs < drainableNotReadyMs);
  if (alive.length === 0) return drained(reasons.Drained, 'No Node is up that could be drained');
  const progress = memory.drain;
  // Both hold only for the Nodes as they are now: a Node that is not cordoned yet can still get pods.
  if (progress?.pending === 0 && nodes.every((node) => node.cordoned)) return drained(reasons.Drained, '');
  const deletingFor = now.apiMs - (claim.deletingSince?.getTime() ?? now.apiMs);
  if (timings.drainDeadlineMs > 0 && deletingFor >= timings.drainDeadlineMs)
    return drained(
      reasons.DrainDeadline,
      `${progress?.blocked ?? 'Pods are left'}; the agent pool goes all the same after ${minutes(timings.drainDeadlineMs)} (--drain-timeout)`,
      'False',
    );
  if (progress === undefined) return { needed: true, reason: reasons.Draining, message: 'Pods are being evicted' };
  return progress.blocked === undefined
    ? { needed: true, reason: reasons.Draining, message: 'Pods are being evicted and end in their own time' }
    : { needed: true, reason: reasons.DrainBlocked, message: progress.blocked };
}

function drained(reason: string, message: string, status: ConditionStatus = 'True'): DrainState {
  return { needed: false, drained: { type: drainedCondition, status, reason, message } };
}

/** What Drained said at the end of the drain stays; before that, what the drain had come to when the DELETE went out. */
function drainedAtLast(input: DecideInput): WantedCondition {
  const had = conditionOf(input.claim.status.conditions, drainedCondition);
  const { status, reason = reasons.Drained, message = '' } = had ?? {};
  if (status === 'True' || status === 'False') return { type: drainedCondition, status, reason, message };
  const drain = drainState(input);
  if (!drain.needed) return drain.drained;
  return {
    type: drainedCondition,
    status: 'Unknown',
    reason: drain.reason,
    message: 'The agent pool is being deleted before its Node was drained',
  };
}

function leaveAlone(input: DecideInput, pool: PresentPool): Decision {
  const { claim, nodes } = input;
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
  return deciding(
    'C6',
    nothing,
    [
      terminating('False', {
        reason: reasons.OwnershipUnproven,
        message: `Agent pool "${pool.pool.name}" may be this ${claim.kind}'s, but its tags are gone and its labels or size are not those we sent. Delete the pool, or put the tag gpu-provisioner-uid=${claim.uid} back`,
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
