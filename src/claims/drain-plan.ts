// Draining one Node: which of its pods are asked to go now, which have to wait, and which are deleted in time for an end (pure).
import type { Pod } from '../apis/wire.ts';
import { drainGroup, fateOf, podName } from './drain-pod.ts';
import type { PodMoment } from './drain-pod.ts';

/** The API server's default, should it ever send a pod without one. */
const defaultGraceSeconds = 30;
/** The API server rounds to seconds, and our idea of its clock is as good: what ends by so much later ends in time. */
const clockSlackMs = 2000;

export interface DrainPlan {
  /** How many pods are left that have to go, of all groups. */
  readonly left: number;
  /** Of the first group that is left. */
  readonly evict: readonly Pod[];
  /** Of the first group: waited for, never evicted. */
  readonly kept: readonly Pod[];
  /** Deleted outright, whatever budgets and annotations say: otherwise the end would cut their own time to end short. */
  readonly remove: readonly { readonly pod: Pod; readonly graceSeconds: number }[];
}

export interface DrainMoment extends PodMoment {
  /** When everything on the Node ends at the latest; undefined: pods are never hurried. */
  readonly endsAtApiMs?: number | undefined;
}

/** Groups are those of drain-pod.ts; the same pods in another order give the same plan. */
export function planDrain(pods: readonly Pod[], moment: DrainMoment): DrainPlan {
  const left = pods
    .map((pod) => ({ pod, fate: fateOf(pod, moment), group: drainGroup(pod) }))
    .filter(({ fate }) => fate !== 'ignored')
    .toSorted((a, b) => a.group - b.group || (podName(a.pod) < podName(b.pod) ? -1 : 1));
  const remove = left.flatMap(({ pod }) => {
    const graceSeconds = graceLeft(pod, moment);
    return graceSeconds === undefined ? [] : [{ pod, graceSeconds }];
  });
  const hurried = new Set(remove.map(({ pod }) => pod));
  const current = left.filter(({ group, pod }) => group === left[0]?.group && !hurried.has(pod));
  const podsWith = (wanted: string): readonly Pod[] =>
    current.filter(({ fate }) => fate === wanted).map(({ pod }) => pod);
  return { left: left.length, evict: podsWith('evictable'), kept: podsWith('kept'), remove };
}

/** With how much grace the pod is deleted now; undefined: its own time to end still fits before the end. */
function graceLeft({ metadata, spec }: Pod, { nowApiMs, endsAtApiMs }: DrainMoment): number | undefined {
  if (endsAtApiMs === undefined) return undefined;
  const graceMs = (spec?.terminationGracePeriodSeconds ?? defaultGraceSeconds) * 1000;
  const endingAt = metadata.deletionTimestamp;
  const overruns =
    endingAt === undefined ? nowApiMs + graceMs > endsAtApiMs : Date.parse(endingAt) > endsAtApiMs + clockSlackMs;
  // Not 0: that would take the pod away without its kubelet's word.
  return overruns ? Math.max(1, Math.floor((endsAtApiMs - nowApiMs) / 1000)) : undefined;
}
