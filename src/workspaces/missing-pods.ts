// Why a workload has no pods, as far as it says so itself: its events are not watched.
import type { Deployment, Job, StatefulSet } from '../apis/wire.ts';
import { oneLine, type Trouble } from './pod-trouble.ts';

/** Pods follow their workload within a second or two. */
const patienceMs = 60_000;

/**
 * What the API server says to the pods of a Deployment: a quota, or an admission policy. It is asked again and again, so it
 * may end by itself. Of the others, only events tell (kube-controller-manager sets no such condition on them).
 */
export function refusalOf(workload: Deployment | StatefulSet | undefined): Trouble | undefined {
  const failure = workload?.status?.conditions?.find(
    ({ type, status }) => type === 'ReplicaFailure' && status === 'True',
  );
  if (workload === undefined || failure === undefined) return undefined;
  const { reason = 'FailedCreate', message = '' } = failure;
  return { reason, message: oneLine(`Deployment "${workload.metadata.name}" lacks pods`, message), fatal: false };
}

/** Where to look when a workload has had no pods for a minute; empty before that. */
export function hintAt(
  kind: 'deployment' | 'statefulset' | 'job',
  workload: Deployment | StatefulSet | Job | undefined,
  nowMs: number,
): string {
  if (workload === undefined || nowMs - Date.parse(workload.metadata.creationTimestamp) < patienceMs) return '';
  const { name, namespace = '' } = workload.metadata;
  return `; it has no pods, and "kubectl describe ${kind} ${name} --namespace ${namespace}" says why`;
}
