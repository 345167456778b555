// Table B where no Node of a claim's pool is fit: what the pool says decides, and only Azure knows of the instance (B2 to B10).
import { unboundRecord } from './binding.ts';
import type { ClaimEvent, Decision, Row } from './decision.ts';
import type { Face, Why } from './faces.ts';
import { permits } from './gate.ts';
import type { DecideInput, PresentPool } from './input.ts';
import { nodeless } from './instance.ts';
import { minutes } from './minutes.ts';
import type { NodeView } from './node-view.ts';
import { freshForMs } from './platform-events.ts';
import { isBroken } from './pool-state.ts';
import { reasons } from './reasons.ts';
import { recreation } from './recreation.ts';
import { refusalOf, refusedFace } from './refusal.ts';
import { poolMissing } from './table-b-gone.ts';
import { nodeDeadlineMs } from './timings.ts';

/** AKS's auto-repair may take an hour for its steps (learn.microsoft.com/azure/aks/node-auto-repair), some ten minutes each. */
const askPlatformAgainMs = 10 * 60_000;
const repairsByItself = '. AKS repairs nodes by itself from about 10 minutes on';

export function withoutFitNode(input: DecideInput, bound: NodeView | undefined): Decision {
  const { pool } = input;
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
      return bound !== undefined && !bound.deleting && !bound.initialized
        ? neverInitialized(input, pool, bound)
        : withPool(input, pool, bound);
  }
}

/** B2: past the deadline it is told, and nothing else. */
export function initializing(input: DecideInput, bound: NodeView, why: Why): Decision {
  const limit = nodeDeadlineMs(input);
  const age = input.now.apiMs - bound.createdAtMs;
  const message = `${minutes(age)} after it joined: ${why.message}`;
  return {
    row: 'B2',
    step: { do: 'sync', node: bound, initialize: false },
    face: { face: 'initializing', ...why },
    bound,
    ...(age < limit
      ? { wakeAfterMs: limit - age }
      : { events: [{ type: 'Warning', reason: reasons.NodeNotInitializing, message, once: true }] }),
  };
}

/** B2, and B2f: a pool failed and its Node never came to life, so table A takes the pool away. */
function neverInitialized(input: DecideInput, pool: PresentPool, bound: NodeView): Decision {
  const { now, poolName, record } = input;
  const decision = initializing(input, bound, bound.initBlocker ?? unfitWhy(input, bound));
  // What is not ours is for others.
  if (!isBroken(pool) || pool.owner.owner !== 'mine') return decision;
  const wakeAfterMs = nodeDeadlineMs(input) - (now.ms - pool.since.ms);
  if (wakeAfterMs > 0) return { ...decision, wakeAfterMs };
  const next = unboundRecord(record ?? { pool: poolName, specHash: '' });
  return { row: 'B2f', step: { do: 'unbind', record: next }, face: refusedFace(refusalOf(input)) };
}

function withPool(input: DecideInput, pool: PresentPool, bound: NodeView | undefined): Decision {
  const { gate } = input;
  const { count, name, power } = pool.pool;
  if (pool.phase === 'busy' || pool.phase === 'creating') {
    const message = `Azure is working on agent pool "${name}" (${pool.pool.state}); its Node is expected back`;
    return waiting(input, bound, { reason: reasons.PoolUpgrading, message });
  }
  if (power === 'stopped') {
    const message = `Agent pool "${name}" is stopped; "az aks nodepool start" brings its Node back`;
    return at('B8', { face: 'replacing', reason: reasons.PoolStopped, message });
  }
  if (count === 0 && !isBroken(pool)) {
    const message = `Agent pool "${name}" was scaled to 0 nodes; its claim follows when it grows again`;
    return at('B7', { face: 'replacing', reason: reasons.PoolScaledToZero, message });
  }
  if (gate.state !== 'open' && !permits(gate, 'replace'))
    return waiting(input, bound, gate.state === 'closed' ? gate : unfitWhy(input, undefined));
  const why: Why = isBroken(pool) ? brokenWhy(input, pool, bound) : unfitWhy(input, bound);
  const row = isBroken(pool) ? 'B9' : 'B5';
  if (bound !== undefined) return notReady(input, pool, bound, { row, why });
  return missing(input, pool, { row: isBroken(pool) ? 'B9' : 'B6', why });
}

/** B4: somebody is at work, and the clock of the Node that is out of use stands still (notice.ts). */
function waiting(input: DecideInput, bound: NodeView | undefined, gone: Why): Decision {
  const isThere = bound !== undefined && !bound.deleting;
  const { message, reason } = gone;
  return at(
    'B4',
    isThere ? { face: 'notReady', ...unfitWhy(input, bound) } : { face: 'replacing', reason, message },
    bound,
  );
}

interface Row5 {
  readonly row: Row;
  readonly why: Why;
}

/** B5, and B9 with a Node: told after a while, and with `--node-repair=act` replaced after a longer one. */
function notReady(
  input: DecideInput,
  pool: PresentPool,
  bound: NodeView,
  { row, why: { message, reason } }: Row5,
): Decision {
  const { memory, policies, timings } = input;
  if (bound.deleting && isBroken(pool)) return at(row, { face: 'replacing', reason, message }, bound);
  const said = platformSaid(input);
  const face: Face = { face: 'notReady', reason, message: `${message}${said?.inCondition ?? ''}` };
  const idle = at(row, face, bound);
  const downForMs = memory.unfit?.forMs ?? 0;
  if (downForMs < timings.repairReportMs) return { ...idle, wakeAfterMs: timings.repairReportMs - downForMs };
  // Of one that is being deleted, table D asks for itself.
  const askInMs = bound.deleting ? undefined : platformAskInMs(input, downForMs);
  if (askInMs === 0) return { ...idle, step: { do: 'askPlatform', nodeName: bound.name } };
  const acts = policies.nodeRepair === 'act';
  const next = acts
    ? `its instance is replaced after ${minutes(timings.repairActMs)} (--node-repair)`
    : 'nothing is done here (--node-repair)';
  const told: ClaimEvent = {
    type: 'Warning',
    reason: reasons.NodeNotReady,
    message: `Node "${bound.name}" has not been Ready for ${minutes(downForMs)}${said?.inEvent ?? repairsByItself}; ${next}`,
    once: [bound.uid, bound.readySinceMs, ...(said === undefined ? [] : [said.source])].join(' '),
  };
  const nextMs = askInMs ?? said?.untilMs;
  const reported: Decision = { ...idle, events: [told], ...(nextMs === undefined ? {} : { wakeAfterMs: nextMs }) };
  // What is being deleted, and what is not ours, is for others.
  if (!acts || bound.deleting || !isReplaceable(pool)) return reported;
  const actInMs = timings.repairActMs - downForMs;
  if (actInMs > 0) return { ...reported, wakeAfterMs: Math.min(actInMs, reported.wakeAfterMs ?? actInMs) };
  return recreation(input, reported, { why: `Node "${bound.name}" has not been Ready for ${minutes(downForMs)}` });
}

/**
 * Until the API server is to be asked what AKS says of the Node: when it is reported, and again while AKS says nothing and its
 * own repair may yet begin. 0: now; undefined: not any more.
 */
function platformAskInMs({ memory, now, timings }: DecideInput, downForMs: number): number | undefined {
  const asked = memory.unfit?.platform;
  if (asked === undefined) return 0;
  if (asked.word !== undefined || downForMs >= timings.repairActMs) return undefined;
  return Math.max(0, asked.askedAt.ms + askPlatformAgainMs - now.ms);
}

interface PlatformSaid {
  readonly source: string;
  readonly inCondition: string;
  readonly inEvent: string;
  /** Until it is too old to say. */
  readonly untilMs?: number;
}

/** What AKS said of the Node when it was asked, for as long as that is fresh. In the condition it stays the same text. */
function platformSaid({ memory, now }: DecideInput): PlatformSaid | undefined {
  const { askedAt, word } = memory.unfit?.platform ?? {};
  if (askedAt === undefined || word === undefined) return undefined;
  const { atApiMs, source } = word;
  if (atApiMs === undefined)
    return { source, inCondition: `; ${source} spoke of it`, inEvent: `, and ${source} spoke of it` };
  const untilMs = atApiMs + freshForMs - now.apiMs;
  if (untilMs <= 0) return undefined;
  const age = minutes(Math.max(0, askedAt.apiMs - atApiMs));
  const time = new Date(atApiMs).toISOString().replace('.000Z', 'Z');
  return {
    source,
    inCondition: `; ${source} spoke of it at ${time}, ${age} before we looked`,
    inEvent: `, and ${source} spoke of it ${age} ago`,
    untilMs,
  };
}

/** B6, and B9 without a Node: a Node that is gone is a question, and Azure's list of machines the answer. */
function missing(input: DecideInput, pool: PresentPool, { row, why: { message, reason } }: Row5): Decision {
  const { memory, record, timings } = input;
  const once = record?.boundUid ?? '';
  const idle: Decision = {
    ...at(row, { face: 'replacing', reason, message }),
    events: [{ type: 'Warning', reason, message, once }],
  };
  if (!isReplaceable(pool)) return idle;
  return nodeless(input, {
    missing: idle,
    goneFace: (gone) => ({ face: 'replacing', ...gone }),
    patienceMs: timings.nodeMissingMs - (memory.unfit?.forMs ?? 0),
    once,
  });
}

function isReplaceable({ owner, pool }: PresentPool): boolean {
  return owner.owner === 'mine' && pool.count >= 1;
}

/** The cause's own words promise what table A does about it; here the pool served once, and a policy decides. */
function brokenWhy(input: DecideInput, { pool }: PresentPool, bound: NodeView | undefined): Why {
  const code = pool.error === undefined ? '' : ` (${pool.error.code})`;
  const { reason } = refusalOf(input);
  return { reason, message: `${unfitWhy(input, bound).message}; the pool is ${pool.state} in Azure${code}` };
}

function unfitWhy({ poolName, record }: DecideInput, bound: NodeView | undefined): Why {
  if (bound === undefined)
    return {
      reason: reasons.NodeMissing,
      message: `Node "${record?.boundNode ?? ''}" of agent pool "${poolName}" is gone from the API server; a kubelet does not register again by itself, and restarting the instance makes it`,
    };
  const what = bound.deleting ? 'is being deleted' : 'is not Ready';
  return { reason: reasons.NodeNotReady, message: `Node "${bound.name}" ${what}` };
}

function at(row: Row, face: Face, bound?: NodeView): Decision {
  return { row, step: { do: 'nothing' }, face, ...(bound === undefined ? {} : { bound }) };
}
