// Draining: which pods of a Node have to go, which of them can be evicted now, and what stands in the way.
import type { Pod } from '../apis/wire.ts';
import { nodes as nodesResource, pods as podsResource } from '../apis/resource.ts';
import type { Node } from '../apis/wire.ts';
import type { KubeClient } from '../kube/client.ts';
import { Conflict, KubeError, NotFound, TooManyRequests } from '../kube/errors.ts';
import type { DrainProgress, Instant } from './input.ts';
import { disruptedTaint, drainPatch } from './node-sync.ts';
import type { NodeView } from './node-view.ts';

const doNotDisrupt = 'karpenter.sh/do-not-disrupt';
/** A pod that is terminating for so long past its time will not end by itself (Karpenter's figure). */
const stuckAfterMs = 60_000;

export interface DrainPlan {
  readonly evict: readonly Pod[];
  /** On their way out. */
  readonly ending: readonly Pod[];
  /** Waited for, never evicted: they say so themselves. */
  readonly kept: readonly Pod[];
}

/** Mirror pods, finished pods, pods that tolerate the taint (daemons), and pods stuck past their end do not count. */
export function planDrain(pods: readonly Pod[], nowApiMs: number): DrainPlan {
  const plan: { evict: Pod[]; ending: Pod[]; kept: Pod[] } = { evict: [], ending: [], kept: [] };
  for (const pod of pods) {
    const { annotations, deletionTimestamp, ownerReferences } = pod.metadata;
    const isMirror = ownerReferences?.some(({ kind, apiVersion }) => kind === 'Node' && apiVersion === 'v1') ?? false;
    const isFinished = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
    if (isMirror || isFinished || toleratesDisruption(pod)) continue;
    if (deletionTimestamp !== undefined) {
      if (nowApiMs - Date.parse(deletionTimestamp) < stuckAfterMs) plan.ending.push(pod);
    } else if (annotations?.[doNotDisrupt] === 'true') plan.kept.push(pod);
    else plan.evict.push(pod);
  }
  return plan;
}

/**
 * One round: each Node is cordoned and tainted, then every pod that may go is asked to, once. Nothing is waited for; the
 * answer says how many pods are left and, in words, what keeps the first of them.
 */
export async function drainRound(
  views: readonly NodeView[],
  {
    kube,
    now,
    signal,
    noteWrite,
  }: {
    readonly kube: KubeClient;
    readonly now: Instant;
    readonly signal: AbortSignal;
    readonly noteWrite: (node: Node) => void;
  },
): Promise<DrainProgress> {
  let pending = 0;
  let blocked: string | undefined;
  for (const { node, name } of views) {
    const patch = drainPatch(node);
    if (patch !== undefined)
      noteWrite(await kube.patch(nodesResource, { name }, { type: 'merge', body: patch }, { signal }));
    // The server cannot page its way past pods that bind in between, so the Node is cordoned before it is read.
    const { items } = await kube.list(podsResource, { fieldSelector: `spec.nodeName=${name}`, signal });
    const plan = planDrain(items, now.apiMs);
    pending += plan.evict.length + plan.ending.length + plan.kept.length;
    const [kept] = plan.kept;
    if (kept !== undefined) blocked ??= `Pod "${nameOf(kept)}" has the annotation ${doNotDisrupt}; it is waited for`;
    for (const pod of plan.evict) {
      const why = await evict(pod, { kube, signal });
      if (why === 'gone') pending -= 1;
      else if (why !== undefined) blocked ??= why;
    }
  }
  return { at: now, pending, ...(blocked === undefined ? {} : { blocked }) };
}

/** Undefined: it is on its way out; `gone`: there is no such pod any more; else what forbids it. */
async function evict(
  pod: Pod,
  { kube, signal }: { readonly kube: KubeClient; readonly signal: AbortSignal },
): Promise<string | undefined> {
  const { name, namespace, uid } = pod.metadata;
  try {
    await kube.evict({ name, uid, ...(namespace === undefined ? {} : { namespace }) }, { signal });
    return undefined;
  } catch (error) {
    // A pod of this name with another uid is another pod, and not on this Node by necessity: the next round reads again.
    if (error instanceof NotFound || error instanceof Conflict) return 'gone';
    if (error instanceof TooManyRequests) {
      const budget = error.causes.find(({ reason }) => reason === 'DisruptionBudget')?.message;
      return `Pod "${nameOf(pod)}" may not be evicted now: ${budget ?? error.message}`;
    }
    if (isAmbiguousBudget(error))
      return `Pod "${nameOf(pod)}" is under more than one PodDisruptionBudget, which no eviction passes`;
    // What stands in the way of one pod must not keep the others.
    if (error instanceof KubeError && error.status >= 400)
      return `Pod "${nameOf(pod)}" cannot be evicted: ${error.message}`;
    throw error;
  }
}

function isAmbiguousBudget(error: unknown): boolean {
  return error instanceof Error && error.message.includes('more than one PodDisruptionBudget');
}

function toleratesDisruption({ spec }: Pod): boolean {
  return (
    spec?.tolerations?.some(
      ({ key, operator, effect, value }) =>
        (effect === undefined || effect === '' || effect === disruptedTaint.effect) &&
        (operator === 'Exists'
          ? key === undefined || key === '' || key === disruptedTaint.key
          : key === disruptedTaint.key && (value ?? '') === ''),
    ) ?? false
  );
}

function nameOf({ metadata }: Pod): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
