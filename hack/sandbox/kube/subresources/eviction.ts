// pods/eviction: a deletion that asks the disruption budgets first, with the refusals that drains wait on.
import type { Call, Env } from '../call.ts';
import { ensureObject, isObject, listAt, numberAt, objectAt, textAt, type Json, type JsonObject } from '../json.ts';
import { timestamp, type KubeObject } from '../object.ts';
import { cloned, type Resource } from '../resource.ts';
import { labelSelectorMatcher } from '../selectors.ts';
import { ApiError, badRequest, forbidden, tooManyRequests } from '../status.ts';
import { checkPreconditions, deleteObject, deleteOptions } from '../verbs/delete.ts';
import { storedObject } from '../verbs/read.ts';

export const budgetBucket = 'poddisruptionbudgets.policy';
const budgets = { group: 'policy', plural: 'poddisruptionbudgets' };
const refusal = "Cannot evict pod as it would violate the pod's disruption budget.";
// How long a client waits for a budget whose status nobody has computed yet.
const unprocessedRetrySeconds = 10;

/** The budgets of a pod: in policy/v1 an empty selector matches every pod, none matches nothing. */
function budgetsOf(env: Env, pod: KubeObject): readonly KubeObject[] {
  const all = env.storage.objects(budgetBucket);
  return all.filter((budget) => {
    const selector = objectAt(budget, 'spec', 'selector');
    const sameNamespace = budget.metadata.namespace === pod.metadata.namespace;
    return sameNamespace && selector !== undefined && labelSelectorMatcher(selector)(pod);
  });
}

export function isPodReady(pod: KubeObject): boolean {
  const conditions = listAt(pod, 'status', 'conditions');
  return conditions.some(
    (condition) => textAt(condition, 'type') === 'Ready' && textAt(condition, 'status') === 'True',
  );
}

/** Pods that no budget counts: they do not run yet, or no more. */
function isFree(pod: KubeObject): boolean {
  const phase = textAt(pod, 'status', 'phase') ?? '';
  return ['Pending', 'Succeeded', 'Failed'].includes(phase) || pod.metadata.deletionTimestamp !== undefined;
}

/** Whether an unready pod may go without counting against its budget. */
function passesUnready(budget: KubeObject, pod: KubeObject): boolean {
  if (isPodReady(pod)) return false;
  if (textAt(budget, 'spec', 'unhealthyPodEvictionPolicy') === 'AlwaysAllow') return true;
  const healthy = numberAt(budget, 'status', 'currentHealthy') ?? 0;
  const wanted = numberAt(budget, 'status', 'desiredHealthy') ?? 0;
  return healthy >= wanted && wanted > 0;
}

/** Takes one disruption from the budget, or throws a 429. */
function spend(env: Env, budget: KubeObject, pod: KubeObject, dryRun: boolean): void {
  const name = budget.metadata.name ?? '';
  const status = (field: string): number => numberAt(budget, 'status', field) ?? 0;
  if (status('observedGeneration') < (budget.metadata.generation ?? 0)) {
    const message = `The disruption budget ${name} is still being processed by the server.`;
    throw tooManyRequests(refusal, {
      retryAfterSeconds: unprocessedRetrySeconds,
      cause: { reason: 'DisruptionBudget', message, field: '' },
    });
  }
  const allowed = status('disruptionsAllowed');
  if (allowed < 0) throw forbidden(budgets, name, 'pdb disruption allowed is negative');
  if (allowed === 0) {
    const message = `The disruption budget ${name} needs ${status('desiredHealthy')} healthy pods and has ${status('currentHealthy')} currently`;
    throw tooManyRequests(refusal, {
      retryAfterSeconds: 0,
      cause: { reason: 'DisruptionBudget', message, field: '' },
    });
  }
  if (dryRun) return;
  const next = cloned(budget);
  const written = ensureObject(next, 'status');
  const now = timestamp(env.now());
  written['disruptionsAllowed'] = allowed - 1;
  ensureObject(written, 'disruptedPods')[pod.metadata.name ?? ''] = now;
  if (allowed === 1) written['conditions'] = [insufficient(budget.metadata.generation ?? 0, now)];
  env.storage.put(budgetBucket, next);
}

function insufficient(observedGeneration: number, lastTransitionTime: string): JsonObject {
  return {
    type: 'DisruptionAllowed',
    status: 'False',
    observedGeneration,
    lastTransitionTime,
    reason: 'InsufficientPods',
    message: '',
  };
}

/** Says on the pod why it goes, before it does. */
function markDisrupted(env: Env, { bucket }: Resource, pod: KubeObject): KubeObject {
  const marked = cloned(pod);
  const status = ensureObject(marked, 'status');
  const others = listAt(status, 'conditions').filter((condition) => textAt(condition, 'type') !== 'DisruptionTarget');
  status['conditions'] = [
    ...others,
    {
      type: 'DisruptionTarget',
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: timestamp(env.now()),
      reason: 'EvictionByEvictionAPI',
      message: 'Eviction API: evicting',
    },
  ];
  return env.storage.put(bucket, marked);
}

/** Evicts the pod that the request names; returns the Status of success. */
export function evict(env: Env, call: Call, body: Json): JsonObject {
  const { resource, request } = call;
  const { name = '' } = request;
  if (!isObject(body)) throw badRequest('the eviction must be an object');
  const apiVersion = textAt(body, 'apiVersion') ?? '';
  if (textAt(body, 'kind') !== 'Eviction' || !['policy/v1', 'policy/v1beta1'].includes(apiVersion)) {
    throw badRequest('the object provided is unrecognized (must be of type Eviction)');
  }
  const named = textAt(body, 'metadata', 'name') ?? '';
  if (named !== '' && named !== name) throw badRequest('name in URL does not match name in Eviction object');
  const pod = storedObject(env, call);
  const options = deleteOptions(body['deleteOptions'], new URLSearchParams());
  const dryRun = call.dryRun || options.dryRun === true;
  if (!isFree(pod)) {
    const [budget, ...more] = budgetsOf(env, pod);
    if (more.length > 0) {
      const message =
        'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
      throw new ApiError(500, '', message);
    }
    if (budget !== undefined && !passesUnready(budget, pod)) spend(env, budget, pod, dryRun);
  }
  checkPreconditions(resource, pod, options);
  const { gracePeriodSeconds } = options;
  const target = dryRun ? pod : markDisrupted(env, resource, pod);
  deleteObject(env, resource, target, {
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    ...(dryRun && { dryRun: true }),
  });
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
}
