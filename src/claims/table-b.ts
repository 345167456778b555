// Table B of the lifecycle: a live claim that was registered once (docs/lifecycle.md 6). Here: its Node, and which it is.
import type { ClaimRecord } from './annotations.ts';
import { bindingOf, isSince, originOf } from './binding.ts';
import type { ClaimEvent, Decision } from './decision.ts';
import type { DecideInput } from './input.ts';
import type { NodeView } from './node-view.ts';
import { degraded, ownershipEvents } from './pool-events.ts';
import { isPresent } from './pool-state.ts';
import { lookWaitMs } from './proof.ts';
import { reasons } from './reasons.ts';
import { initializing, withoutFitNode } from './table-b-unfit.ts';

const extraNodesAfterMs = 15 * 60_000;

export function tableB(input: DecideInput): Decision {
  const { pool } = input;
  const decision = byNode(input);
  // B0 says what the Node is like, as any other row; that the pool is no longer ours shows in what is not done to it.
  return isPresent(pool) && pool.owner.owner !== 'mine' ? { ...decision, row: 'B0' } : decision;
}

function byNode(input: DecideInput): Decision {
  const { now, pool, timings } = input;
  const { best: fittest, bound, boundIsFit } = bindingOf(input);
  const origin = fittest === undefined ? 'foreign' : originOf(input, fittest);
  const best = origin === 'foreign' ? undefined : fittest;
  const events = poolEvents(input);
  if (bound !== undefined && boundIsFit && pool.phase !== 'deleting')
    return withEvents([...events, ...degraded(pool)], keep(input, bound));

  // Another Node of the pool serves as well, once the bound one has been out of use for longer than a blink.
  const outFor = bound === undefined || bound.deleting ? Number.POSITIVE_INFINITY : now.apiMs - bound.readySinceMs;
  if (best !== undefined && pool.phase !== 'deleting' && outFor >= timings.bindDebounceMs)
    return withEvents(events, origin === 'own' ? rebind(input, best) : unclear(input, best, bound));

  const decision = withEvents(events, withoutFitNode(input, bound));
  if (best === undefined || pool.phase === 'deleting') return decision;
  const blinkMs = timings.bindDebounceMs - outFor;
  return { ...decision, wakeAfterMs: Math.min(decision.wakeAfterMs ?? blinkMs, blinkMs) };
}

/** B3 as soon as a look proves whose Node it is; while it serves somebody nothing is replaced. */
function unclear(input: DecideInput, best: NodeView, bound: NodeView | undefined): Decision {
  const { now, pool, timings } = input;
  const { step: _later, wishes: _none, ...decision } = withoutFitNode(input, bound);
  const isAsked = pool.phase !== 'unknown' && isSince(pool.startedAt, best);
  const nextMs = isAsked ? pool.startedAt.ms + timings.instanceGoneMs - now.ms : 0;
  const wait = Math.max(lookWaitMs(input), nextMs);
  return wait > 0
    ? { ...decision, step: { do: 'nothing' }, wakeAfterMs: Math.min(decision.wakeAfterMs ?? wait, wait) }
    : { ...decision, step: { do: 'look' } };
}

function poolEvents(input: DecideInput): ClaimEvent[] {
  const { nodes, now, pool } = input;
  if (!isPresent(pool)) return [];
  const events = ownershipEvents(input, pool);
  if (pool.phase === 'settled' && nodes.length > 1 && now.ms - pool.since.ms >= extraNodesAfterMs)
    events.push({
      type: 'Warning',
      reason: reasons.ExtraNodes,
      message: `Agent pool "${pool.pool.name}" has ${nodes.length} Nodes and this claim stands for one; scale it to 1`,
      once: true,
    });
  return events;
}

function withEvents(events: readonly ClaimEvent[], decision: Decision): Decision {
  return { ...decision, events: [...events, ...(decision.events ?? [])] };
}

/** B1, and B2 for a Node that is Ready and has never been initialized. */
function keep(input: DecideInput, bound: NodeView): Decision {
  if (bound.initialized || bound.initBlocker === undefined)
    return { row: 'B1', step: { do: 'sync', node: bound, initialize: true }, face: { face: 'ready' }, bound };
  return initializing(input, bound, bound.initBlocker);
}

/** B3. */
function rebind(input: DecideInput, node: NodeView): Decision {
  const { poolName, record } = input;
  const next: ClaimRecord = {
    ...record,
    pool: record?.pool ?? poolName,
    specHash: record?.specHash ?? '',
    boundNode: node.name,
    boundUid: node.uid,
    ...(node.providerId === undefined ? {} : { boundProviderId: node.providerId }),
  };
  const ready = node.initialized || node.initBlocker === undefined;
  const joined = { reason: reasons.NotRegistered, message: 'The Node has just joined' };
  return {
    row: 'B3',
    step: { do: 'register', node, record: next },
    // Initialized only when our label is on the Node, which the next pass sees to.
    face: ready && node.initialized ? { face: 'ready' } : { face: 'initializing', ...(node.initBlocker ?? joined) },
    bound: node,
    events: [
      {
        type: 'Normal',
        reason: reasons.Rebound,
        message: `Node "${node.name}" of agent pool "${poolName}" takes the place of "${record?.boundNode ?? ''}"`,
      },
    ],
  };
}
