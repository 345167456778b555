// The disruption controller: how many disruptions each budget allows, computed from the pods it selects.
import type { Env } from '../call.ts';
import { equalJson, isObject, listAt, objectAt, textAt, type Json, type JsonObject } from '../json.ts';
import { timestamp, type KubeObject } from '../object.ts';
import { cloned } from '../resource.ts';
import { labelSelectorMatcher } from '../selectors.ts';
import { budgetBucket, isPodReady } from '../subresources/eviction.ts';

// An eviction counts against its budget until the pod is seen to go, at most this long.
const disruptedPodTimeoutMs = 2 * 60_000;

/** `3` or `50%` of a total; percentages are rounded up, as the real controller does for both bounds. */
function scaled(value: Json | undefined, total: number): number | undefined {
  if (typeof value === 'number') return value;
  const percent = typeof value === 'string' ? /^(\d+)%$/.exec(value)?.[1] : undefined;
  return percent === undefined ? undefined : Math.ceil((Number(percent) * total) / 100);
}

function desiredHealthy(budget: KubeObject, expected: number): number {
  const spec = objectAt(budget, 'spec') ?? {};
  const most = scaled(spec['maxUnavailable'], expected);
  if (most !== undefined) return Math.max(0, expected - most);
  return scaled(spec['minAvailable'], expected) ?? 0;
}

function stillDisrupted(env: Env, budget: KubeObject, pods: readonly KubeObject[]): JsonObject {
  const now = env.now().getTime();
  const entries = Object.entries(objectAt(budget, 'status', 'disruptedPods') ?? {}).filter(([name, since]) => {
    const pod = pods.find(({ metadata }) => metadata.name === name);
    if (pod === undefined || pod.metadata.deletionTimestamp !== undefined || typeof since !== 'string') return false;
    return now - Date.parse(since) < disruptedPodTimeoutMs;
  });
  return Object.fromEntries(entries);
}

function conditionsOf(env: Env, budget: KubeObject, allowed: number): Json[] {
  const old = listAt(budget, 'status', 'conditions').find(
    (condition) => textAt(condition, 'type') === 'DisruptionAllowed',
  );
  const status = allowed > 0 ? 'True' : 'False';
  const same = textAt(old, 'status') === status;
  const since = same ? textAt(old, 'lastTransitionTime') : undefined;
  return [
    {
      type: 'DisruptionAllowed',
      status,
      observedGeneration: budget.metadata.generation ?? 0,
      lastTransitionTime: since ?? timestamp(env.now()),
      reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
      message: '',
    },
  ];
}

/** Brings the status of every budget up to date. */
export function countDisruptions(env: Env): void {
  const pods = env.storage.objects('pods');
  for (const budget of env.storage.objects(budgetBucket)) {
    const selector = objectAt(budget, 'spec', 'selector');
    const matches = selector === undefined ? () => false : labelSelectorMatcher(selector);
    const mine = pods.filter((pod) => {
      const phase = textAt(pod, 'status', 'phase') ?? '';
      const counts = phase !== 'Succeeded' && phase !== 'Failed';
      return counts && pod.metadata.namespace === budget.metadata.namespace && matches(pod);
    });
    const disruptedPods = stillDisrupted(env, budget, mine);
    const healthy = mine.filter(
      (pod) =>
        isPodReady(pod) && pod.metadata.deletionTimestamp === undefined && !(`${pod.metadata.name}` in disruptedPods),
    ).length;
    const desired = desiredHealthy(budget, mine.length);
    const allowed = mine.length > 0 ? Math.max(0, healthy - desired) : 0;
    const status: JsonObject = {
      ...(Object.keys(disruptedPods).length > 0 && { disruptedPods }),
      conditions: conditionsOf(env, budget, allowed),
      currentHealthy: healthy,
      desiredHealthy: desired,
      disruptionsAllowed: allowed,
      expectedPods: mine.length,
      observedGeneration: budget.metadata.generation ?? 0,
    };
    if (isObject(budget['status']) && equalJson(budget['status'], status)) continue;
    const next = cloned(budget);
    next['status'] = status;
    env.storage.put(budgetBucket, next);
  }
}
