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
import { instanceTerminatingCondition } from './table-c.ts';

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

/** The milestones that a status patch moved, as events; a refusal is told where Azure gave it. */
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
  return [
    ...events,
    ...holdUp(before, after, types.launched),
    ...holdUp(before, after, instanceTerminatingCondition),
    ...gpuEvents(before, after),
  ];
}

/** Of what keeps a claim from its pool, or from its end, and is not said by an answer of Azure's: what a person has to know. */
const holdUps: ReadonlyMap<string, ClaimEvent['type']> = new Map([
  [reasons.InvalidSpec, 'Warning'],
  [reasons.NameConflict, 'Warning'],
  [reasons.ClusterBusy, 'Warning'],
  [reasons.WaitingForCluster, 'Warning'],
  [reasons.OwnershipUnproven, 'Warning'],
  [reasons.Paused, 'Normal'],
  [reasons.ReportOnly, 'Normal'],
]);

/** Told when it begins; a spec or a conflict also when its words changed, which a person's edit does. */
function holdUp(before: Claim, after: Claim, conditionType: string): readonly ClaimEvent[] {
  const was = conditionOf(before.status.conditions, conditionType);
  const { message = '', reason = '', status } = conditionOf(after.status.conditions, conditionType) ?? {};
  const type = holdUps.get(reason);
  if (type === undefined || status === 'True') return [];
  const isSame = was?.reason === reason && (status === 'Unknown' || was.message === message);
  return isSame ? [] : [{ type, reason, message }];
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
