// A round of draining: each Node of the pool is cordoned, and its pods are asked to go as its plan says. Nothing is waited for.
import type { ClaimKind } from '../apis/claim.ts';
import { nodes as nodesResource, pods as podsResource } from '../apis/resource.ts';
import type { Node, Pod } from '../apis/wire.ts';
import type { KubeClient } from '../kube/client.ts';
import { Conflict, KubeError, NotFound, TooManyRequests } from '../kube/errors.ts';
import { eachBounded } from '../runtime/each-bounded.ts';
import type { DrainEnd } from './drain-end.ts';
import { planDrain } from './drain-plan.ts';
import type { DrainPlan } from './drain-plan.ts';
import { doNotDisrupt, podName } from './drain-pod.ts';
import { attachedVolumes } from './drain-volumes.ts';
import type { DrainProgress, Instant } from './input.ts';
import { drainPatch } from './node-sync.ts';
import type { NodeView } from './node-view.ts';

// A full Node has 250 pods at most, and an eviction takes the API server some ten milliseconds.
const callsAtOnce = 10;
const nodesAtOnce = 4;

export interface DrainTask {
  /** Of the claim whose Nodes they are. */
  readonly kind: ClaimKind;
  /** All of them are cordoned. */
  readonly nodes: readonly NodeView[];
  /** Those that are up: their pods can end, and their volumes be detached. */
  readonly alive: readonly NodeView[];
  readonly end: DrainEnd | undefined;
}

/** Why a pod went: it was evicted, or deleted because the end is near. */
export type DrainedBy = 'evicted' | 'deadline';

export interface DrainContext {
  readonly kube: Pick<KubeClient, 'list' | 'get' | 'patch' | 'delete' | 'evict'>;
  readonly now: Instant;
  readonly signal: AbortSignal;
  readonly noteWrite: (node: Node) => void;
  /** Told of each pod that was asked to go, and why. */
  readonly onDrained?: (pod: Pod, by: DrainedBy) => void;
  /** Told of the status of each answer to an eviction. */
  readonly onEviction?: (status: number) => void;
}

/**
 * Answers how many pods and volumes are left and, in words, what keeps the first of them; the words are the same as long as
 * the reason is. Throws what the API server says of Nodes and LISTs; what it says of one pod keeps no other one.
 */
export async function drainRound(task: DrainTask, context: DrainContext): Promise<DrainProgress> {
  const { alive, end, nodes } = task;
  const found = new Map<string, NodeProgress>();
  await eachBounded(nodes, { limit: nodesAtOnce }, async (view) => {
    await cordon(view, end, context);
    // The server cannot page its way past pods that bind in between, so a Node is cordoned before it is read.
    if (alive.includes(view)) found.set(view.name, await drainNode(view, task, context));
  });
  const inOrder = alive.flatMap(({ name }) => found.get(name) ?? []);
  const blocked = inOrder.find((progress) => progress.blocked !== undefined)?.blocked;
  const volumes = inOrder.flatMap((progress) => progress.volumes);
  return {
    at: context.now,
    pending: inOrder.reduce((sum, { pods, unseen = 0 }) => sum + pods + unseen, volumes.length),
    ...(blocked === undefined ? {} : { blocked }),
    ...(volumes.length === 0 ? {} : { volumes }),
  };
}

interface NodeProgress {
  readonly pods: number;
  /** Volumes, of which nobody knows how many there are. */
  readonly unseen?: number;
  readonly volumes: readonly string[];
  readonly blocked?: string;
}

async function cordon({ node, name }: NodeView, end: DrainEnd | undefined, context: DrainContext): Promise<void> {
  const { kube, noteWrite, signal } = context;
  const patch = drainPatch(node, end);
  if (patch === undefined) return;
  try {
    noteWrite(await kube.patch(nodesResource, { name }, { type: 'merge', body: patch }, { signal }));
  } catch (error) {
    // It is gone, and its pods with it.
    if (!(error instanceof NotFound)) throw error;
  }
}

async function drainNode({ name }: NodeView, { end, kind }: DrainTask, context: DrainContext): Promise<NodeProgress> {
  const { kube, now, signal } = context;
  const { items: pods } = await kube.list(podsResource, { fieldSelector: `spec.nodeName=${name}`, signal });
  const moment = { kind, nowApiMs: now.apiMs };
  const plan = planDrain(pods, { ...moment, endsAtApiMs: end?.isPromised === true ? end.atApiMs : undefined });
  if (plan.left === 0) return awaitVolumes(await volumesOf({ nodeName: name, pods, moment }, { kube, signal }));
  const { gone, blocked } = await askPods(plan, context);
  return { pods: plan.left - gone, volumes: [], ...(blocked === undefined ? {} : { blocked }) };
}

function awaitVolumes(volumes: readonly string[] | { readonly unseen: string }): NodeProgress {
  return 'unseen' in volumes
    ? { pods: 0, unseen: 1, volumes: [], blocked: `Whether volumes are detached cannot be seen: ${volumes.unseen}` }
    : { pods: 0, volumes };
}

/** What an API server refuses to say (an older chart's rights) is told as a pod's budget is, and waited for as long. */
async function volumesOf(
  ...question: Parameters<typeof attachedVolumes>
): Promise<readonly string[] | { readonly unseen: string }> {
  try {
    return await attachedVolumes(...question);
  } catch (error) {
    if (error instanceof KubeError && error.status >= 400) return { unseen: error.message };
    throw error;
  }
}

/** How many of them turned out to be gone already, and what forbids the first of the others. */
async function askPods(
  { evict, kept, remove }: DrainPlan,
  context: DrainContext,
): Promise<{ readonly gone: number; readonly blocked: string | undefined }> {
  const answers = new Map<Pod, Answer>();
  await eachBounded(remove, { limit: callsAtOnce }, async ({ pod, graceSeconds }) => {
    answers.set(pod, await removePod(pod, graceSeconds, context));
  });
  await eachBounded(evict, { limit: callsAtOnce }, async (pod) => {
    answers.set(pod, await evictPod(pod, context));
  });
  const [first] = kept;
  const asked = [...remove.map(({ pod }) => pod), ...evict].map((pod) => answers.get(pod));
  const refusal = asked.find((answer) => typeof answer === 'object');
  return {
    gone: asked.filter((answer) => answer === 'gone').length,
    blocked:
      first === undefined
        ? refusal?.refused
        : `Pod "${podName(first)}" has the annotation ${doNotDisrupt}; it is waited for`,
  };
}

type Answer = 'going' | 'gone' | { readonly refused: string };

async function evictPod(pod: Pod, context: DrainContext): Promise<Answer> {
  const { kube, onDrained, onEviction, signal } = context;
  const { name, namespace, uid } = pod.metadata;
  const answer = await ask(pod, 'evicted', async () => {
    try {
      await kube.evict({ name, uid, ...inNamespace(namespace) }, { signal });
      onEviction?.(200);
    } catch (error) {
      if (error instanceof KubeError) onEviction?.(error.status);
      throw error;
    }
  });
  if (answer === 'going') onDrained?.(pod, 'evicted');
  return answer;
}

async function removePod(pod: Pod, gracePeriodSeconds: number, context: DrainContext): Promise<Answer> {
  const { kube, onDrained, signal } = context;
  const { name, namespace, uid } = pod.metadata;
  const answer = await ask(pod, 'deleted', () =>
    kube.delete(
      podsResource,
      { name, ...inNamespace(namespace) },
      { preconditions: { uid }, gracePeriodSeconds, signal },
    ),
  );
  if (answer === 'going') onDrained?.(pod, 'deadline');
  return answer;
}

function inNamespace(namespace: string | undefined): { readonly namespace?: string } {
  return namespace === undefined ? {} : { namespace };
}

async function ask(pod: Pod, what: 'evicted' | 'deleted', send: () => Promise<void>): Promise<Answer> {
  try {
    await send();
    return 'going';
  } catch (error) {
    // A pod of this name with another uid is another pod, and not on this Node by necessity: the next round reads again.
    if (error instanceof NotFound || error instanceof Conflict) return 'gone';
    if (error instanceof TooManyRequests) {
      const budget = error.causes.find(({ reason }) => reason === 'DisruptionBudget')?.message;
      return { refused: `Pod "${podName(pod)}" may not be ${what} now: ${budget ?? error.message}` };
    }
    // The server's word for it is a 500, as for its own faults.
    if (error instanceof KubeError && error.message.includes('more than one PodDisruptionBudget'))
      return {
        refused: `Pod "${podName(pod)}" has more than one PodDisruptionBudget, which the eviction subresource does not support: leave it one of them`,
      };
    // What stands in the way of one pod must not keep the others.
    if (error instanceof KubeError && error.status >= 400)
      return { refused: `Pod "${podName(pod)}" cannot be ${what}: ${error.message}` };
    throw error;
  }
}
