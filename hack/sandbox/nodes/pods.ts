// The pods on virtual nodes: they run as soon as they are bound, and go when they are deleted.
import { numberAt, objectAt, textAt, type JsonObject } from '../aks/json.ts';
import type { Timeline } from '../timeline.ts';
import { type Api, ApiRefusal, expectStatus, itemsOf, resourceVersionOf } from './api.ts';
import { addressWithoutNetwork } from './pod-address.ts';
import { livePod } from './pod-life.ts';

export interface PodRunner {
  readonly api: Api;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
  readonly isOurs: (nodeName: string) => boolean;
  readonly onError: (error: unknown) => void;
  /** Of a pod by its uid; absent: one of no network. */
  readonly address?: ((uid: string) => string) | undefined;
}

// A well-behaved container ends on SIGTERM at once, whatever its grace period is.
const stopSeconds = 1;
const retryRealSeconds = 1;

/** Follows all pods until the signal ends; a lost watch begins anew with a list. */
export async function runPods(runner: PodRunner): Promise<void> {
  const { timeline, signal, onError } = runner;
  const seen = new Set<string>();
  while (!signal.aborted) {
    try {
      await follow(runner, seen);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiRefusal && error.status === 410)) onError(error);
      await timeline.sleep(retryRealSeconds * timeline.scale, signal);
    }
  }
}

async function follow(runner: PodRunner, seen: Set<string>): Promise<void> {
  const { api, signal } = runner;
  const { body } = expectStatus(await api.get('/api/v1/pods', signal), 'list pods', 200);
  for (const pod of itemsOf(body)) attend(runner, seen, pod);
  for await (const { type, object } of api.watch('/api/v1/pods', resourceVersionOf(body), signal)) {
    if (type === 'ADDED' || type === 'MODIFIED') attend(runner, seen, object);
    if (type === 'DELETED') for (const step of ['start', 'stop']) seen.delete(`${step} ${uidOf(object)}`);
  }
}

/** Each step is taken once for a pod, however often it is seen. */
function attend(runner: PodRunner, seen: Set<string>, pod: JsonObject): void {
  const node = textAt(objectAt(pod, 'spec'), 'nodeName');
  if (node === undefined || !runner.isOurs(node)) return;
  const phase = textAt(objectAt(pod, 'status'), 'phase') ?? 'Pending';
  const deleting = textAt(objectAt(pod, 'metadata'), 'deletionTimestamp') !== undefined;
  if (deleting) once(runner, seen, `stop ${uidOf(pod)}`, () => stop(runner, pod));
  else if (phase === 'Pending') once(runner, seen, `start ${uidOf(pod)}`, () => start(runner, pod));
}

function once(runner: PodRunner, seen: Set<string>, step: string, act: () => Promise<void>): void {
  if (seen.has(step)) return;
  seen.add(step);
  void insist(runner, act);
}

/** A step that fails is tried again: nothing may come that would remind us of this pod. */
async function insist({ timeline, signal, onError }: PodRunner, act: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    try {
      await act();
      return;
    } catch (error) {
      if (signal.aborted) return;
      onError(error);
      await timeline.sleep(retryRealSeconds * timeline.scale, signal).catch(() => undefined);
    }
  }
}

async function start(
  { api, timeline, signal, address = addressWithoutNetwork }: PodRunner,
  pod: JsonObject,
): Promise<void> {
  await livePod({ api, timeline, signal, address }, pod);
}

/** Ends the pod, then confirms its deletion as a kubelet does. */
async function stop({ api, timeline, signal }: PodRunner, pod: JsonObject): Promise<void> {
  const grace = numberAt(objectAt(pod, 'metadata'), 'deletionGracePeriodSeconds') ?? 0;
  await timeline.sleep(Math.min(stopSeconds, grace), signal);
  const body = { gracePeriodSeconds: 0, preconditions: { uid: uidOf(pod) } };
  expectStatus(await api.delete(pathOf(pod), body, signal), 'confirm the end of a pod', 200, 202, 404, 409);
}

/** Pods of a Node that is gone go too, as the pod garbage collector sees to. */
export async function collectPods({ api, signal }: Pick<PodRunner, 'api' | 'signal'>, nodeName: string): Promise<void> {
  const selector = encodeURIComponent(`spec.nodeName=${nodeName}`);
  const { body } = expectStatus(await api.get(`/api/v1/pods?fieldSelector=${selector}`, signal), 'list pods', 200);
  for (const pod of itemsOf(body)) {
    const options = { gracePeriodSeconds: 0, preconditions: { uid: uidOf(pod) } };
    expectStatus(await api.delete(pathOf(pod), options, signal), 'delete a pod without node', 200, 202, 404, 409);
  }
}

function pathOf(pod: JsonObject): string {
  const metadata = objectAt(pod, 'metadata');
  return `/api/v1/namespaces/${textAt(metadata, 'namespace')}/pods/${textAt(metadata, 'name')}`;
}

function uidOf(pod: JsonObject): string {
  return textAt(objectAt(pod, 'metadata'), 'uid') ?? '';
}
