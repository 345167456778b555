// Table B where Azure shows no pool, or nothing at all: a second look makes an absence certain, and then policy decides (B11, B12).
import type { ClaimEvent, Decision, Step } from './decision.ts';
import type { Face, Why } from './faces.ts';
import type { DecideInput, PoolState } from './input.ts';
import { nextStep } from './instance.ts';
import { isKeptByOthers } from './node-view.ts';
import type { NodeView } from './node-view.ts';
import { lookWaitMs } from './proof.ts';
import { reasons } from './reasons.ts';
import { recreation } from './recreation.ts';
import { awaitingAzure } from './refusal.ts';
import { unasked } from './unasked.ts';

export function poolMissing(input: DecideInput, pool: PoolState, bound: NodeView | undefined): Decision {
  const { memory, now, timings } = input;
  if (pool.phase !== 'absent' || memory.firstAbsent === undefined) return asking(input, bound, 0);
  const secondAt = memory.firstAbsent.ms + timings.instanceGoneMs;
  const isCertain = pool.proof === 'get404' && pool.startedAt.ms >= secondAt;
  return isCertain ? gone(input) : asking(input, bound, secondAt - now.ms);
}

/** B12: conditions stay, and Ready follows the Node. */
function asking(input: DecideInput, bound: NodeView | undefined, notBeforeMs: number): Decision {
  const { pool, poolName, timings } = input;
  const nodeWhy =
    bound === undefined
      ? { reason: reasons.NodeMissing, message: `The Node is gone, and Azure is asked about agent pool "${poolName}"` }
      : {
          reason: reasons.NodeNotReady,
          message: `Node "${bound.name}" is ${bound.deleting ? 'being deleted' : 'not Ready'}`,
        };
  const awaiting = pool.phase === 'unknown' ? `. ${awaitingAzure(input).message}` : '';
  const face: Face = {
    face: 'keep',
    nodeReady: false,
    reason: nodeWhy.reason,
    message: `${nodeWhy.message}${awaiting}`,
  };
  const wait = Math.max(lookWaitMs(input), notBeforeMs);
  return {
    row: 'B12',
    step: wait > 0 ? { do: 'nothing' } : { do: 'look' },
    face,
    ...(bound === undefined ? {} : { bound }),
    wakeAfterMs: wait > 0 ? wait : timings.instanceGoneMs,
  };
}

/** The watch tells when the Node goes; this is for whoever reads the claim. */
const keptNodePollMs = 30_000;

/** B11: the pool is gone for certain, and nobody asked us. */
function gone(input: DecideInput): Decision {
  const { claim, nodes, policies, poolName, record, timings } = input;
  const why: Why = {
    reason: reasons.InstanceGone,
    message: `Agent pool "${poolName}" is gone from Azure, and not by us; ${nextStep[policies.onInstanceGone]}`,
  };
  const told: ClaimEvent = {
    type: 'Warning',
    reason: reasons.InstanceGone,
    message: `Agent pool "${poolName}" is gone from Azure: two looks ${Math.round(timings.instanceGoneMs / 1000)} s apart found nothing`,
    once: record?.boundUid ?? '',
  };
  const idle: Decision = { row: 'B11', step: { do: 'nothing' }, face: { face: 'lost', ...why }, events: [told] };
  // Their machines may come back under the same names, and a kubelet would keep a Node object that is not ours by its age.
  const left = nodes.filter(({ ownerUid }) => ownerUid === undefined || ownerUid === claim.uid);
  const removable = left.filter((node) => !isKeptByOthers(node));
  const before = (): Step | undefined =>
    removable.length === 0 ? undefined : { do: 'releaseNodes', nodes: removable, remove: true };
  switch (policies.onInstanceGone) {
    case 'recreate':
      if (left.length > 0 && removable.length === 0) return waitingForNodes(input, idle, left);
      return recreation(input, idle, { why: `agent pool "${poolName}" is gone from Azure`, before });
    case 'delete-claim':
      return unasked(input, idle, () => ({ do: 'deleteClaim' }));
    case 'hold':
      return idle;
  }
}

/** Nothing is wished for that cannot be done: a wish would hold the place of others. */
function waitingForNodes({ poolName }: DecideInput, idle: Decision, kept: readonly NodeView[]): Decision {
  const names = kept.map(({ name, node }) => `"${name}" (${node.metadata.finalizers?.join(', ') ?? ''})`);
  return {
    ...idle,
    face: {
      face: 'lost',
      reason: reasons.RemovingNode,
      message: `Agent pool "${poolName}" is gone from Azure, and is made again when its old Node is: finalizers of others keep ${names.join(', ')}`,
    },
    wakeAfterMs: keptNodePollMs,
  };
}
