// Table A where Azure shows no pool of this name: when the next PUT goes out (rows A0, A2 to A5).
import type { ClaimRecord, Intent } from './annotations.ts';
import { isSince } from './binding.ts';
import type { Decision } from './decision.ts';
import type { Face, Why } from './faces.ts';
import { permits } from './gate.ts';
import type { DecideInput, Instant } from './input.ts';
import type { NodeView } from './node-view.ts';
import { sentHashOf, specHashOf } from './ownership.ts';
import { holdMs, isAnswered, lookWaitMs, proofOfAbsence } from './proof.ts';
import { reasons } from './reasons.ts';
import { replacing } from './recreation.ts';
import { causeText, lastAnswerOf, refusedOr } from './refusal.ts';

/** After a PUT without an answer: looks at 5 and 15 s, and the next PUT no earlier than 20 s (row A3). */
const looksAfterMs = [5000, 15_000] as const;
const secondPutAfterMs = 20_000;
/** No cause waits for longer than 23 hours (the error table); a time beyond twice that is a person's edit. */
const longestPaceMs = 46 * 3_600_000;

const nothing = { do: 'nothing' } as const;

export function absent(input: DecideInput, lookStartedAt: Instant): Decision {
  const { gate, plan, poolName } = input;
  if (!plan.ok)
    return { row: 'P4', step: nothing, face: { face: 'refused', reason: reasons.InvalidSpec, message: plan.message } };
  const replaced = withoutReplaced(input, lookStartedAt);
  if (replaced !== undefined) return replaced;
  if (!permits(gate, 'create') && gate.state !== 'open') {
    const isCluster = gate.state === 'closed' && gate.by === 'clusterStopped';
    const reason = isCluster ? reasons.ClusterBusy : reasons.AwaitingAzure;
    return { row: 'A2', step: nothing, face: { face: 'waiting', reason, message: gate.message } };
  }
  const creating: Face = { face: 'waiting', ...creatingWhy(poolName, plan.vmSize) };
  return (
    unanswered(input, lookStartedAt.ms, creating) ??
    backingOff(input, creating) ??
    withoutLeftovers(input, lookStartedAt) ??
    create(input, plan, creating)
  );
}

/** A0: Node objects of the pool that was replaced go before anything is asked about the next one. */
function withoutReplaced(input: DecideInput, lookStartedAt: Instant): Decision | undefined {
  const { claim, nodes, record } = input;
  const left = nodes.filter(({ ownerUid }) => ownerUid === claim.uid);
  if (record?.recreating !== true || left.length === 0) return undefined;
  return removing(input, left, { face: { face: 'waiting', ...replacing(input) }, lookStartedAt });
}

/** A3. */
function unanswered(input: DecideInput, lookStartedMs: number, creating: Face): Decision | undefined {
  const { intent, memory, now, term } = input;
  if (intent === undefined) return undefined;
  // An earlier leader may have made the pool after this look; its PUT is not repeated on the strength of it.
  const isInherited = memory.put?.attempt !== intent.attempt;
  if (isInherited && lookStartedMs < term.startedAt.ms) {
    const wait = lookWaitMs(input);
    const face = refusedOr(input, creating);
    return wait > 0
      ? { row: 'A3', step: nothing, face, wakeAfterMs: wait }
      : { row: 'A3', step: { do: 'look' }, face, wakeAfterMs: looksAfterMs[0] };
  }
  if (isAnswered(input)) return undefined;
  const putEnded = memory.put?.attempt === intent.attempt ? memory.put.endedAt.ms : undefined;
  const from = putEnded ?? now.ms - (now.apiMs - Date.parse(intent.at));
  const age = now.ms - from;
  const due = looksAfterMs.findLast((after) => after <= age);
  const isDue = due !== undefined && lookStartedMs < from + due;
  // The second PUT leans on a look that began after the last one was due, however late this process comes to it.
  if (age >= secondPutAfterMs && !isDue) return undefined;
  const next = looksAfterMs.find((after) => after > age) ?? secondPutAfterMs;
  const face: Face =
    memory.put?.cause === undefined ? refusedOr(input, creating) : { face: 'waiting', ...unknownOutcome(input) };
  const wait = lookWaitMs(input);
  const look = isDue && wait === 0;
  const wakeAfterMs = age < secondPutAfterMs ? next - age : wait;
  return { row: 'A3', step: look ? { do: 'look' } : nothing, face, wakeAfterMs };
}

/** A4. */
function backingOff(input: DecideInput, creating: Face): Decision | undefined {
  const { claim, memory, now, record } = input;
  const last = record?.specHash === specHashOf(claim.spec) ? record.lastAnswer : undefined;
  const untilRetry = last === undefined ? 0 : Date.parse(last.retryAt) - now.apiMs;
  const backoff = Math.max(holdMs(input), untilRetry > longestPaceMs ? 0 : untilRetry);
  if (backoff <= 0) return undefined;
  const held = memory.put?.cause;
  const face: Face =
    last !== undefined
      ? lastAnswerOf(last)
      : held !== undefined && held.kind !== 'refused'
        ? { face: 'waiting', ...unknownOutcome(input) }
        : creating;
  return { row: 'A4', step: nothing, face, wakeAfterMs: backoff };
}

/**
 * A0: Node objects that any other pool of this name left behind go before the PUT. Its machine may get the same name, and a
 * kubelet that finds its Node object there keeps it, with the age by which it is not ours. The claim's own are deleted.
 */
function withoutLeftovers(input: DecideInput, lookStartedAt: Instant): Decision | undefined {
  const { claim, nodes, poolName } = input;
  // One that joined after the look is of a pool that came after it; and anybody may write the label of a pool.
  const left = nodes
    .filter((node) => isSince(lookStartedAt, node) && (node.ownerUid === claim.uid || node.providerId !== undefined))
    .toSorted((a, b) => a.name.localeCompare(b.name));
  const [first] = left;
  if (first === undefined) return undefined;
  const face: Face = { face: 'waiting', reason: reasons.RemovingNode, message: leftoverText(first, poolName) };
  const own = left.filter(({ ownerUid }) => ownerUid === claim.uid);
  return own.length > 0 ? removing(input, own, { face, lookStartedAt }) : { row: 'A0', step: nothing, face };
}

function leftoverText({ deleting, name, node }: NodeView, poolName: string): string {
  const finalizers = node.metadata.finalizers ?? [];
  const goes =
    deleting && finalizers.length > 0
      ? `is being deleted, and kept by finalizers: ${finalizers.join(', ')}`
      : 'goes with its machine; if that is gone, delete the Node';
  return `Node "${name}" is left of an earlier agent pool "${poolName}" and ${goes}. No pool is asked for before, since its machine could take that Node over and never be ready`;
}

function removing(
  input: DecideInput,
  left: readonly NodeView[],
  { face, lookStartedAt }: { readonly face: Face; readonly lookStartedAt: Instant },
): Decision {
  const proof = proofOfAbsence(input, lookStartedAt);
  if (proof.proved) return { row: 'A0', step: { do: 'releaseNodes', nodes: left, remove: true }, face };
  const wait = Math.max(proof.inMs, lookWaitMs(input));
  return wait > 0 ? { row: 'A0', step: nothing, face, wakeAfterMs: wait } : { row: 'A0', step: { do: 'look' }, face };
}

/** A5. */
function create(input: DecideInput, plan: Extract<DecideInput['plan'], { ok: true }>, face: Face): Decision {
  const { claim, poolName, record } = input;
  const next: ClaimRecord = {
    pool: poolName,
    specHash: specHashOf(claim.spec),
    sentHash: sentHashOf({ nodeLabels: plan.body.nodeLabels, vmSize: plan.vmSize }),
    ...(record?.lastAnswer === undefined ? {} : { lastAnswer: record.lastAnswer }),
    ...(record?.recreated === undefined ? {} : { recreated: record.recreated }),
  };
  const intent: Omit<Intent, 'at'> = { pool: poolName, attempt: nextAttempt(input), size: plan.vmSize };
  return {
    row: 'A5',
    step: { do: 'create', body: plan.body, intent, record: next },
    face,
    events: plan.warnings.map((warning) => ({ type: 'Warning', ...warning, once: true })),
  };
}

/** A recreation has raised it already, and a PUT without an answer is tried again under its own number. */
function nextAttempt(input: DecideInput): number {
  const { intent, record } = input;
  if (intent === undefined) return 1;
  return isAnswered(input) && record?.recreating !== true ? intent.attempt + 1 : intent.attempt;
}

export function creatingWhy(poolName: string, size: string): Why {
  return { reason: reasons.Creating, message: `Azure is creating agent pool "${poolName}" (${size})` };
}

function unknownOutcome({ memory, poolName }: DecideInput): Why {
  const cause = memory.put?.cause;
  return cause === undefined
    ? { reason: reasons.AwaitingAzure, message: `Azure has not answered for agent pool "${poolName}"` }
    : { reason: cause.reason, message: causeText(cause) };
}
