// Rows C1 and C9: whether a drain is under way, what keeps it, and when it has been enough.
import { conditionOf } from '../apis/conditions.ts';
import type { WantedCondition } from '../apis/conditions.ts';
import type { DrainTask } from './drain.ts';
import { drainEndOf } from './drain-end.ts';
import type { DrainEnd } from './drain-end.ts';
import type { ClaimEvent } from './decision.ts';
import type { Why } from './faces.ts';
import type { DecideInput, DrainProgress } from './input.ts';
import type { NodeView } from './node-view.ts';
import { reasons } from './reasons.ts';

export const drainedCondition = 'Drained';

/** A Node that has been NotReady for longer is not drained: nothing on it can end gracefully. */
const drainableNotReadyMs = 5 * 60_000;
/** Most pods end within their 30 s; who waits for longer asks less often. */
const promptForMs = 60_000;
const promptPollMs = 1000;
const slowPollMs = 5000;
const mostNamed = 3;

export type DrainState =
  | {
      readonly needed: true;
      readonly task: DrainTask;
      readonly condition: WantedCondition;
      readonly events: readonly ClaimEvent[];
      readonly pollMs: number;
    }
  | { readonly needed: false; readonly condition: WantedCondition; readonly events: readonly ClaimEvent[] };

/** Of these Nodes of the claim's pool. */
export function drainState(input: DecideInput, nodes: readonly NodeView[]): DrainState {
  const { claim, memory, now, timings } = input;
  const alive = nodes.filter((node) => node.ready === 'True' || now.apiMs - node.readySinceMs < drainableNotReadyMs);
  const drained = { status: 'True', reason: reasons.Drained } as const;
  if (alive.length === 0) return over(input, { ...drained, message: 'No Node is up that could be drained' });
  const progress = memory.drain;
  // Both hold only for the Nodes as they are now: a Node that is not cordoned yet can still get pods.
  if (progress?.pending === 0 && nodes.every((node) => node.cordoned)) return over(input, { ...drained, message: '' });
  const end = drainEndOf(claim, timings);
  if (end !== undefined && now.apiMs >= end.atApiMs) {
    const message = `${leftOver(progress)}; the agent pool goes all the same, since ${end.after}`;
    return over(input, { status: 'False', reason: reasons.DrainDeadline, message });
  }
  const why = progressWhy(progress);
  const deletingForMs = now.apiMs - (claim.deletingSince?.getTime() ?? now.apiMs);
  return {
    needed: true,
    task: { kind: claim.kind, nodes, alive, end },
    condition: { type: drainedCondition, status: 'Unknown', ...why },
    events: [...promiseOf(end), eventOf(why, alive)],
    pollMs: deletingForMs < promptForMs ? promptPollMs : slowPollMs,
  };
}

/** What Drained said at the end of the drain stays; before that, what the drain had come to when the DELETE went out. */
export function drainedAtLast(input: DecideInput): WantedCondition {
  const had = conditionOf(input.claim.status.conditions, drainedCondition);
  const { status, reason = reasons.Drained, message = '' } = had ?? {};
  if (status === 'True' || status === 'False') return { type: drainedCondition, status, reason, message };
  const drain = drainState(input, input.nodes);
  return drain.needed
    ? { ...drain.condition, message: 'The agent pool is being deleted before its Node was drained' }
    : drain.condition;
}

function over({ claim }: DecideInput, said: Omit<WantedCondition, 'type'>): DrainState {
  const had = conditionOf(claim.status.conditions, drainedCondition);
  const condition = { type: drainedCondition, ...said };
  return { needed: false, condition, events: had?.status === said.status ? [] : endOf(condition, had !== undefined) };
}

/** A drain that was cut short, or had something to do. One that found nothing is not worth a word. */
function endOf({ message, reason, status }: WantedCondition, hasBegun: boolean): readonly ClaimEvent[] {
  if (status === 'False') return [{ type: 'Warning', reason, message, once: true }];
  return hasBegun ? [{ type: 'Normal', reason, message: message || 'All pods have left the Node', once: true }] : [];
}

function progressWhy(progress: DrainProgress | undefined): Why {
  if (progress === undefined) return { reason: reasons.Draining, message: 'Pods are being evicted' };
  const { blocked, volumes } = progress;
  if (blocked !== undefined) return { reason: reasons.DrainBlocked, message: blocked };
  if (volumes !== undefined)
    return {
      reason: reasons.AwaitingVolumeDetachment,
      message: `The pods are gone and their volumes are being detached: ${listed(volumes)}`,
    };
  return { reason: reasons.Draining, message: 'Pods are being evicted and end in their own time' };
}

function leftOver(progress: DrainProgress | undefined): string {
  if (progress?.blocked !== undefined) return progress.blocked;
  return progress?.volumes === undefined ? 'Pods are left' : `Volumes are attached (${listed(progress.volumes)})`;
}

/** A budget that forbids an eviction is counted; what goes on by itself is told when it begins. */
function eventOf(why: Why, alive: readonly NodeView[]): ClaimEvent {
  if (why.reason === reasons.DrainBlocked) return { type: 'Warning', ...why };
  const names = alive.map(({ name }) => `"${name}"`).join(', ');
  const begun = `Node ${names} is cordoned, and its pods are being evicted`;
  return { type: 'Normal', ...why, ...(why.reason === reasons.Draining ? { message: begun } : {}), once: true };
}

function promiseOf(end: DrainEnd | undefined): readonly ClaimEvent[] {
  if (end?.isPromised !== true) return [];
  const at = new Date(end.atApiMs).toISOString();
  return [
    {
      type: 'Warning',
      reason: reasons.TerminationGracePeriodExpiring,
      message: `All pods will be deleted by ${at}, whatever their budgets say`,
      once: true,
    },
  ];
}

function listed(names: readonly string[]): string {
  const named = names.slice(0, mostNamed).join(', ');
  return names.length > mostNamed ? `${named} and ${names.length - mostNamed} more` : named;
}
