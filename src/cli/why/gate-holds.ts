// When the gate is a part of the answer: what it forbids to the object in question (pure).
import { reasons } from '../../claims/reasons.ts';
import type { FeedGate } from '../../status/feed.ts';
import type { Phase } from '../../status/timeline.ts';

/** While one of these lasts, nothing at all is asked of Azure; every other state forbids what nobody asked for. */
const forbidsAll: ReadonlySet<string> = new Set([
  reasons.ClusterStopped,
  reasons.ClusterStopping,
  reasons.ClusterStarting,
  reasons.AwaitingAzure,
]);
/** Of claims whose pool is to be replaced or repaired: nobody asked for that. */
const unasked: ReadonlySet<string> = new Set([
  reasons.Replacing,
  reasons.InstanceGone,
  reasons.NodeMissing,
  reasons.NodeNotReady,
  reasons.PoolFailed,
  reasons.DisruptionPending,
  reasons.DisruptionCapped,
]);

export function gateHolds(phase: Pick<Phase, 'name' | 'reason'>, gate: FeedGate | undefined): readonly string[] {
  if (gate === undefined || gate.state === 'open') return [];
  const forbids = forbidsAll.has(gate.reason ?? '');
  const concerned = forbids ? phase.name !== 'ready' : unasked.has(phase.reason ?? '');
  return concerned ? [gateText(gate)] : [];
}

export function gateText({ message, reason, state }: FeedGate): string {
  return [`The gate is ${state}`, reason, message].filter((part) => part !== undefined && part !== '').join(': ');
}
