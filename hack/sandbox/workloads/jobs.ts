// The job controller, for Jobs of one pod: it runs once more for each failure that the Job allows.
import { isObject, numberAt, objectAt, type JsonObject } from '../aks/json.ts';
import type { Timeline } from '../timeline.ts';
import {
  conditionOf,
  createPod,
  freeName,
  isActive,
  isReady,
  phaseOf,
  type WorkloadCall,
  writeStatus,
} from './pods-of.ts';
import { isDeleting, nameOf, namespaceOf, uidOf, type Watched } from '../nodes/watched.ts';

const usualBackoffLimit = 6;

export async function tendJob(
  call: WorkloadCall & { readonly timeline: Timeline },
  job: JsonObject,
  podCache: Watched,
): Promise<void> {
  const status = objectAt(job, 'status');
  const isOver = conditionOf(status, 'Complete') === 'True' || conditionOf(status, 'Failed') === 'True';
  if (isDeleting(job) || isOver) return;
  const spec = objectAt(job, 'spec');
  const template = objectAt(spec, 'template');
  const pods = podCache.ownedBy(uidOf(job));
  const active = pods.filter(isActive);
  const failed = pods.filter((pod) => phaseOf(pod) === 'Failed').length;
  const succeeded = pods.filter((pod) => phaseOf(pod) === 'Succeeded').length;
  const limit = numberAt(spec, 'backoffLimit') ?? usualBackoffLimit;
  const isFailed = failed > limit;
  if (active.length === 0 && succeeded === 0 && !isFailed && pods.length === failed)
    await createPod(call, job, {
      name: freeName(job, pods),
      template,
      labels: { 'batch.kubernetes.io/job-name': nameOf(job), 'batch.kubernetes.io/controller-uid': uidOf(job) },
      kind: 'Job',
      apiVersion: 'batch/v1',
    });
  const now = secondsOf(call.timeline.now());
  const had = Array.isArray(status['conditions']) ? status['conditions'].filter(isObject) : [];
  const ended = (type: string, reason: string, message: string): object => ({
    type,
    status: 'True',
    reason,
    message,
    lastProbeTime: now,
    lastTransitionTime: now,
  });
  const verdict =
    succeeded > 0
      ? [ended('Complete', 'CompletionsReached', 'Reached expected number of succeeded pods')]
      : isFailed
        ? [ended('Failed', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit')]
        : [];
  await writeStatus(call, `/apis/batch/v1/namespaces/${namespaceOf(job)}/jobs/${nameOf(job)}`, job, {
    active: active.length,
    ready: active.filter(isReady).length,
    succeeded,
    failed,
    ...(verdict.length === 0 ? {} : { conditions: [...had, ...verdict] }),
    ...(succeeded > 0 ? { completionTime: now } : {}),
    startTime: status['startTime'] ?? now,
  });
}

function secondsOf(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
