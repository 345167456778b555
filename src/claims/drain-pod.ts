// What one pod is to a drain: whether it has to go, whether it may be asked to, and after which others (Karpenter's rules).
import type { ClaimKind } from '../apis/claim.ts';
import type { Pod, Taint } from '../apis/wire.ts';
import { disruptedTaint } from './node-sync.ts';

export const doNotDisrupt = 'karpenter.sh/do-not-disrupt';
/** A pod that is terminating for so long past its time will not end by itself (Karpenter's figure). */
const stuckAfterMs = 60_000;
const criticalClasses = new Set(['system-cluster-critical', 'system-node-critical']);

const unschedulableTaint: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/**
 * Pods that tolerate one of these stay. In the days of Machines Karpenter cordoned and let every pod of a DaemonSet stay,
 * which all tolerate that; since then they are evicted like others unless they tolerate the taint of its own.
 */
const staysUnder: Readonly<Record<ClaimKind, readonly Taint[]>> = {
  Machine: [disruptedTaint, unschedulableTaint],
  NodeClaim: [disruptedTaint],
};

/** Of whose Node, and when by the API server's clock. */
export interface PodMoment {
  readonly kind: ClaimKind;
  readonly nowApiMs: number;
}

export type PodFate =
  /** It does not hold the drain up: the kubelet's own, finished, a daemon that tolerates the taint, or stuck past its end. */
  | 'ignored'
  /** On its way out. */
  | 'ending'
  /** Waited for, never evicted: it says so itself. */
  | 'kept'
  | 'evictable';

export function fateOf(pod: Pod, moment: PodMoment): PodFate {
  const { phase } = pod.status ?? {};
  if (phase === 'Succeeded' || phase === 'Failed' || stays(pod, moment)) return 'ignored';
  if (pod.metadata.deletionTimestamp !== undefined) return 'ending';
  return pod.metadata.annotations?.[doNotDisrupt] === 'true' ? 'kept' : 'evictable';
}

/** On the Node to the last, with whatever it has mounted. A finished pod does not: it holds no volume any more. */
export function stays(pod: Pod, { kind, nowApiMs }: PodMoment): boolean {
  const { deletionTimestamp, ownerReferences } = pod.metadata;
  const isMirror = ownerReferences?.some((owner) => owner.kind === 'Node' && owner.apiVersion === 'v1') ?? false;
  // The API server sets it to the end of the pod's grace, not to the moment of the request.
  const isStuck = deletionTimestamp !== undefined && nowApiMs - Date.parse(deletionTimestamp) >= stuckAfterMs;
  return isMirror || isStuck || staysUnder[kind].some((taint) => tolerates(pod, taint));
}

/** 0 to 3: pods of a group go only when none of an earlier one is left, so that what others lean on goes last. */
export function drainGroup({ metadata, spec }: Pod): number {
  const isDaemon = metadata.ownerReferences?.some(({ kind }) => kind === 'DaemonSet') ?? false;
  const isCritical = criticalClasses.has(spec?.priorityClassName ?? '');
  return (isCritical ? 2 : 0) + (isDaemon ? 1 : 0);
}

export function podName({ metadata }: Pod): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function tolerates({ spec }: Pod, taint: Taint): boolean {
  return (
    spec?.tolerations?.some(
      ({ key, operator, effect, value }) =>
        (effect === undefined || effect === '' || effect === taint.effect) &&
        (operator === 'Exists'
          ? key === undefined || key === '' || key === taint.key
          : key === taint.key && (value ?? '') === ''),
    ) ?? false
  );
}
