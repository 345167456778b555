// Which claims need somebody: told by how long they have been on their way, and by what stands in it (pure).
import type { Claim } from '../apis/claim.ts';
import { conditionOf } from '../apis/conditions.ts';
import { conditionTypes } from '../claims/faces.ts';
import { reasons } from '../claims/reasons.ts';
import { createDeadlineMs, nodeDeadlineMs } from '../claims/timings.ts';
import type { Timings } from '../claims/timings.ts';
import type { FeedAttention } from './feed.ts';
import type { Phase } from './timeline.ts';

/** Whoever says one of these waits for a person, or for something that only a person brings about. */
const needsSomebody: ReadonlySet<string> = new Set([
  reasons.Paused,
  reasons.ReportOnly,
  reasons.InvalidSpec,
  reasons.NameConflict,
  reasons.OwnershipUnproven,
  reasons.PoolStopped,
  reasons.PoolScaledToZero,
  reasons.PoolFailed,
  reasons.PoolDeletedElsewhere,
  reasons.InstanceGone,
  reasons.NodeMissing,
  reasons.MassDisruption,
  reasons.ClusterStopped,
  reasons.WaitingForCluster,
  reasons.ClusterFailed,
  reasons.ClusterUnreadable,
  reasons.AnotherCluster,
  reasons.NodesDown,
  reasons.DrainBlocked,
  reasons.DevicePluginNotReady,
  reasons.DevicePluginNotTolerating,
  reasons.DriverFailed,
  reasons.GpuCountShort,
  reasons.NoDevicePlugin,
]);

export interface AttentionContext {
  readonly now: Date;
  /** Of the claim's size: ND and 8-GPU sizes take longer. */
  readonly largeSize: boolean;
  readonly timings: Timings;
}

/** Late is what has lasted for longer than the controller itself takes for usual. */
export function attentionOf(claim: Claim, phase: Phase, context: AttentionContext): FeedAttention {
  if (isRefused(claim, phase) || (phase.reason !== undefined && needsSomebody.has(phase.reason))) return 'stuck';
  return context.now.getTime() - phase.since.getTime() > usualMs(phase, context) ? 'late' : 'none';
}

/** Azure, or what we know of the pool, says no: the status is False, and not Unknown. */
function isRefused({ kind, status }: Claim, { name }: Phase): boolean {
  const says = (type: string): boolean => conditionOf(status.conditions, type)?.status === 'False';
  if (name === 'launching') return says(conditionTypes[kind].launched);
  return name === 'deleting' && says('InstanceTerminating');
}

function usualMs({ name }: Phase, { largeSize, timings }: AttentionContext): number {
  switch (name) {
    case 'launching':
      return createDeadlineMs({ largeSize, timings });
    case 'registering':
      return nodeDeadlineMs({ largeSize, timings });
    case 'initializing':
      return timings.repairReportMs;
    case 'ready':
      return Number.POSITIVE_INFINITY;
    case 'deleting':
      // The drain, and then as long as Azure may take for a node.
      return timings.drainDeadlineMs + nodeDeadlineMs({ largeSize, timings });
  }
}
