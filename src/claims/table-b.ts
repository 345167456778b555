// Table B of the lifecycle: a live claim that was registered once (docs/lifecycle.md 6). No row of it writes to ARM: a
// Node that is gone or not Ready is a question to Azure, and what answers it (repair, recreation) needs the gate.
import type { ClaimRecord } from './annotations.ts';
import type { ClaimEvent, Decision, Row } from './decision.ts';
import type { Face, Why } from './faces.ts';
import type { DecideInput, PoolState, PresentPool } from './input.ts';
import { byFitness, isFit } from './node-view.ts';
import type { NodeView } from './node-view.ts';
import { lookWaitMs } from './proof.ts';
import { reasons } from './reasons.ts';
import { awaitingAzure, refusalOf, refusedFace } from './refusal.ts';
import { isBroken, minutes, tagsLost } from './table-a.ts';

const extraNodesAfterMs = 15 * 60_000;
const nothing = { do: 'nothing' } as const;

export function tableB(input: DecideInput): Decision {
  const { pool } = input;
  const decision = byNode(input);
  // B0 says what the Node is like, as any other row; that the pool is no longer ours shows in what is not done to it.
  return isPresent(pool) && pool.owner.owner !== 'mine' ? { ...decision, row: 'B0' } : decision;
}

function byNode(input: DecideInput): Decision {
  const { claim, intent, nodes, now, pool, record, timings } = input;
  const notBefore = intent === undefined ? Number.NEGATIVE_INFINITY : Date.parse(intent.at) - 60_000;
  const bound = nodes.find(({ uid }) => uid === record?.boundUid);
  const fit = nodes.filter((node) => isFit(node, claim, notBefore)).toSorted(byFitness);
  const events: ClaimEvent[] = [];
  if (isPresent(pool)) events.push(...ownershipEvents(input, pool));
  if (pool.phase === 'settled' && nodes.length > 1 && now.ms - pool.since.ms >= extraNodesAfterMs)
    events.push({
      type: 'Warning',
      reason: reasons.ExtraNodes,
      message: `Agent pool "${pool.pool.name}" has ${nodes.length} Nodes and this claim stands for one; scale it to 1`,
      once: true,
    });

  const boundIsFit = bound !== undefined && isFit(bound, claim, notBefore);
  if (boundIsFit && pool.phase !== 'deleting') return withEvents([...events, ...degraded(pool)], keep(input, bound));

  // Another Node of the pool serves as well, once the bound one has been out of use for longer than a blink.
  const [best] = fit.filter((node) => node.uid !== bound?.uid);
  const outFor = bound === undefined || bound.deleting ? Number.POSITIVE_INFINITY : now.apiMs - bound.readySinceMs;
  if (best !== undefined && pool.phase !== 'deleting' && outFor >= timings.bindDebounceMs)
    return withEvents(events, rebind(input, best));

  const decision = withEvents(events, withoutFitNode(input, bound));
  if (best === undefined || pool.phase === 'deleting') return decision;
  const blinkMs = timings.bindDebounceMs - outFor;
  return { ...decision, wakeAfterMs: Math.min(decision.wakeAfterMs ?? blinkMs, blinkMs) };
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

function initializing(input: DecideInput, bound: NodeView, why: Why): Decision {
  const limit = nodeDeadlineMs(input);
  const age = input.now.apiMs - bound.createdAtMs;
  return {
    row: 'B2',
    step: { do: 'sync', node: bound, initialize: false },
    face: { face: 'initializing', ...why },
    bound,
    ...(age < limit
      ? { wakeAfterMs: limit - age }
      : {
          events: [
            {
              type: 'Warning',
              reason: reasons.NodeNotInitializing,
              message: `${minutes(age)} after it joined: ${why.message}`,
              once: true,
            },
          ],
        }),
  };
}

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

const joined: Why = { reason: reasons.NotRegistered, message: 'The Node has just joined' };

function withoutFitNode(input: DecideInput, bound: NodeView | undefined): Decision {
  const { now, pool, timings } = input;
  const why = boundWhy(input, bound);
  switch (pool.phase) {
    case 'unknown':
    case 'absent':
      return poolMissing(input, pool, bound);
    case 'deleting':
      return at('B10', {
        face: 'lost',
        reason: reasons.PoolDeletedElsewhere,
        message: `Agent pool "${pool.pool.name}" is being deleted, and not by us`,
      });
    case 'creating':
    case 'settled':
    case 'busy':
    case 'failed':
    case 'canceled':
      break;
  }
  const isOurs = pool.owner.owner === 'mine';
  if (bound !== undefined && !bound.deleting && !bound.initialized) {
    const failedFor = now.ms - pool.since.ms;
    if (!isBroken(pool)) return initializing(input, bound, bound.initBlocker ?? why);
    if (isOurs && failedFor >= nodeDeadlineMs(input)) return unbind(input);
    return { ...initializing(input, bound, bound.initBlocker ?? why), wakeAfterMs: nodeDeadlineMs(input) - failedFor };
  }
  const present: Face = { face: 'notReady', ...why };
  if (pool.phase === 'busy' || pool.phase === 'creating') {
    const busy = `Azure is working on agent pool "${pool.pool.name}" (${pool.pool.state})`;
    return at(
      'B4',
      bound !== undefined && !bound.deleting
        ? present
        : { face: 'replacing', reason: reasons.PoolUpgrading, message: `${busy}; its Node is expected back` },
      bound,
    );
  }
  if (pool.pool.power === 'stopped')
    return at('B8', {
      face: 'replacing',
      reason: reasons.PoolStopped,
      message: `Agent pool "${pool.pool.name}" is stopped; "az aks nodepool start" brings its Node back`,
    });
  if (pool.phase === 'settled' && pool.pool.count === 0)
    return at('B7', {
      face: 'replacing',
      reason: reasons.PoolScaledToZero,
      message: `Agent pool "${pool.pool.name}" was scaled to 0 nodes; its claim follows when it grows again`,
    });
  if (isBroken(pool)) {
    const cause = refusalOf(input);
    return at(
      'B9',
      bound !== undefined && !bound.deleting
        ? { face: 'notReady', reason: cause.reason, message: cause.message }
        : { face: 'replacing', reason: cause.reason, message: cause.message },
      bound,
    );
  }
  if (bound === undefined)
    return {
      ...at('B6', { face: 'replacing', ...why }),
      events: [{ type: 'Warning', ...why, once: true }],
    };
  const downFor = now.apiMs - bound.readySinceMs;
  return {
    ...at('B5', present, bound),
    ...(downFor < timings.repairReportMs
      ? { wakeAfterMs: timings.repairReportMs - downFor }
      : {
          events: [
            {
              type: 'Warning',
              reason: reasons.NodeNotReady,
              message: `Node "${bound.name}" has not been Ready for ${minutes(downFor)}. AKS repairs nodes by itself from about 10 minutes on; nothing is done here`,
              once: true,
            },
          ],
        }),
  };
}

/** B11 when two live looks agree that the pool is gone, B12 until then. */
function poolMissing(input: DecideInput, pool: PoolState, bound: NodeView | undefined): Decision {
  const { memory, now, poolName, timings } = input;
  const why: Why =
    bound === undefined
      ? { reason: reasons.NodeMissing, message: `The Node is gone, and Azure is asked about agent pool "${poolName}"` }
      : boundWhy(input, bound);
  const face: Face = { face: 'keep', nodeReady: false, ...(pool.phase === 'unknown' ? awaiting(input, why) : why) };
  const wait = lookWaitMs(input);
  if (pool.phase !== 'absent' || memory.firstAbsent === undefined)
    return wait > 0
      ? { ...at('B12', face, bound), wakeAfterMs: wait }
      : {
          row: 'B12',
          step: { do: 'look' },
          face,
          ...(bound === undefined ? {} : { bound }),
          wakeAfterMs: timings.instanceGoneMs,
        };
  const secondAt = memory.firstAbsent.ms + timings.instanceGoneMs;
  if (pool.proof === 'get404' && pool.startedAt.ms >= secondAt)
    return {
      ...at('B11', {
        face: 'lost',
        reason: reasons.InstanceGone,
        message: `Agent pool "${poolName}" is gone from Azure, and not by us; delete the claim, or wait for the pool to be made again`,
      }),
      events: [
        {
          type: 'Warning',
          reason: reasons.InstanceGone,
          message: `Agent pool "${poolName}" is gone from Azure: two looks ${Math.round(timings.instanceGoneMs / 1000)} s apart found nothing`,
          once: true,
        },
      ],
    };
  const due = Math.max(wait, secondAt - now.ms);
  return due > 0
    ? { ...at('B12', face, bound), wakeAfterMs: due }
    : {
        row: 'B12',
        step: { do: 'look' },
        face,
        ...(bound === undefined ? {} : { bound }),
        wakeAfterMs: timings.instanceGoneMs,
      };
}

function awaiting(input: DecideInput, why: Why): Why {
  return { reason: why.reason, message: `${why.message}. ${awaitingAzure(input).message}` };
}

/** B2f: a pool failed and its Node never came to life. Table A takes the pool away. */
function unbind(input: DecideInput): Decision {
  const { record } = input;
  const {
    boundNode: _node,
    boundUid: _uid,
    boundProviderId: _id,
    ...rest
  } = record ?? { pool: input.poolName, specHash: '' };
  return { row: 'B2f', step: { do: 'unbind', record: rest }, face: refusedFace(refusalOf(input)) };
}

function boundWhy({ poolName, record }: DecideInput, bound: NodeView | undefined): Why {
  if (bound === undefined)
    return {
      reason: reasons.NodeMissing,
      message: `Node "${record?.boundNode ?? ''}" of agent pool "${poolName}" is gone from the API server and its instance is not; a kubelet does not register again by itself`,
    };
  return bound.deleting
    ? { reason: reasons.NodeNotReady, message: `Node "${bound.name}" is being deleted` }
    : { reason: reasons.NodeNotReady, message: `Node "${bound.name}" is not Ready` };
}

function ownershipEvents(input: DecideInput, pool: PresentPool): ClaimEvent[] {
  if (pool.owner.owner === 'mine') return pool.owner.proof === 'record' ? tagsLost(input) : [];
  return [
    {
      type: 'Warning',
      reason: reasons.OwnershipLost,
      message: `Agent pool "${pool.pool.name}" is no longer provably this claim's (its tags say otherwise); nothing is written to it any more`,
      once: true,
    },
  ];
}

function degraded(pool: PoolState): ClaimEvent[] {
  if (!isPresent(pool) || !isBroken(pool)) return [];
  const why = pool.pool.error === undefined ? '' : `: ${pool.pool.error.code}`;
  return [
    {
      type: 'Warning',
      reason: reasons.PoolDegraded,
      message: `Agent pool "${pool.pool.name}" is ${pool.pool.state}${why}, and its Node works; nothing is done about it`,
      once: true,
    },
  ];
}

function at(row: Row, face: Face, bound?: NodeView): Decision {
  return { row, step: nothing, face, ...(bound === undefined ? {} : { bound }) };
}

function nodeDeadlineMs({ largeSize, timings }: DecideInput): number {
  return largeSize ? timings.nodeDeadlineLargeMs : timings.nodeDeadlineMs;
}

function isPresent(pool: PoolState): pool is PresentPool {
  return pool.phase !== 'unknown' && pool.phase !== 'absent';
}
