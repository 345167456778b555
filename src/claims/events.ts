// Events about a claim: what its people should hear, from rows of the table and from conditions that changed.
import type { Claim } from '../apis/claim.ts';
import { conditionOf } from '../apis/conditions.ts';
import { apiVersionOf } from '../apis/resource.ts';
import type { KubeObject } from '../apis/wire.ts';
import type { LifecycleContext } from './context.ts';
import type { ClaimEvent } from './decision.ts';
import { conditionTypes } from './faces.ts';
import { gpuReadyCondition } from './gpu-readiness/gpu-readiness.ts';
import { reasons } from './reasons.ts';

export function tell<T extends KubeObject>(
  { adapter, events }: Pick<LifecycleContext<T>, 'adapter' | 'events'>,
  { name, uid, kind }: Claim,
  { type, reason, message }: ClaimEvent,
): void {
  events.record({
    regarding: { apiVersion: apiVersionOf(adapter.resource), kind, name, uid },
    type,
    reason,
    message,
  });
}

/** The milestones that a status patch moved, as events; a refusal is told where ARM gave it. */
export function milestonesBetween(before: Claim, after: Claim): readonly ClaimEvent[] {
  const types = conditionTypes[after.kind];
  const turned = (type: string): boolean =>
    conditionOf(before.status.conditions, type)?.status !== 'True' &&
    conditionOf(after.status.conditions, type)?.status === 'True';
  const events: ClaimEvent[] = [];
  const node = after.status.nodeName ?? '';
  const normal = (reason: string, message: string): void => {
    events.push({ type: 'Normal', reason, message });
  };
  if (turned(types.launched)) normal(reasons.Launched, 'The agent pool has a machine');
  if (turned(types.registered))
    normal(reasons.Registered, `Node "${node}" has joined and carries the claim's labels and taints`);
  if (turned(types.initialized)) normal(reasons.Initialized, `Node "${node}" offers everything that was asked for`);
  if (turned('Ready')) normal(reasons.Ready, `Node "${node}" is Ready`);
  const ready = conditionOf(after.status.conditions, 'Ready');
  if (
    conditionOf(before.status.conditions, 'Ready')?.status === 'True' &&
    ready !== undefined &&
    ready.status !== 'True'
  )
    events.push({ type: 'Warning', reason: ready.reason ?? reasons.NodeNotReady, message: ready.message ?? '' });
  const launched = conditionOf(after.status.conditions, types.launched);
  const was = conditionOf(before.status.conditions, types.launched);
  const isOurRefusal = launched?.reason === reasons.InvalidSpec || launched?.reason === reasons.NameConflict;
  if (
    launched?.status === 'False' &&
    isOurRefusal &&
    (was?.reason !== launched.reason || was.message !== launched.message)
  )
    events.push({ type: 'Warning', reason: launched.reason ?? '', message: launched.message ?? '' });
  return [...events, ...gpuEvents(before, after)];
}

/** A verdict on the Node's GPUs, and its end; that they take their time is none. */
function gpuEvents(before: Claim, after: Claim): readonly ClaimEvent[] {
  const was = conditionOf(before.status.conditions, gpuReadyCondition);
  const is = conditionOf(after.status.conditions, gpuReadyCondition);
  if (is?.status === 'False' && (was?.status !== 'False' || was.reason !== is.reason))
    return [{ type: 'Warning', reason: is.reason ?? '', message: is.message ?? '' }];
  const isMended = is?.status === 'True' && was?.status === 'False';
  return isMended ? [{ type: 'Normal', reason: reasons.GPUReady, message: 'The Node offers all of its GPUs' }] : [];
}
