// What a kubelet makes of a pod that was bound to its node: mounts, init containers, containers, and how each of them ends.
import { isObject, numberAt, objectAt, textAt, textMapAt, type Json, type JsonObject } from '../aks/json.ts';
import type { Timeline } from '../timeline.ts';
import { type Api, expectStatus } from './api.ts';

export interface PodLife {
  readonly api: Api;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
  /** The address that it gets. */
  readonly address: (uid: string) => string;
}

// Pulling an image and starting it; a step of an init container; the work of a container that ends by itself.
const startSeconds = 5;
const initSeconds = 3;
const workSeconds = 20;
const mountRetrySeconds = 10;
/** The path of an image is in lower case, whatever its registry is. */
const imagePath = /^(?:[^/]*[.:A-Z][^/]*\/)?[a-z0-9._/-]+(?::[\w.-]+)?(?:@[\w:]+)?$/;

interface Ended {
  readonly exitCode: number;
  readonly message: string;
}

const well: Ended = { exitCode: 0, message: '' };

/** Lives until the pod runs for good, has ended, or is gone. Every step is written to its status. */
export async function livePod(life: PodLife, pod: JsonObject): Promise<void> {
  const { timeline, signal } = life;
  await timeline.sleep(startSeconds, signal);
  const spec = objectAt(pod, 'spec');
  const inits = containersOf(spec, 'initContainers');
  const mains = containersOf(spec, 'containers');
  const misnamed = [...inits, ...mains].filter((container) => !imagePath.test(textAt(container, 'image') ?? ''));
  if (misnamed.length > 0) {
    await report(life, pod, { phase: 'Pending', ...statuses(mains, invalidName), initContainerStatuses: [] });
    return;
  }
  while (!(await hasMounts(life, pod))) {
    if ((await report(life, pod, { phase: 'Pending', ...statuses(mains, creating) })) === 'gone') return;
    await timeline.sleep(mountRetrySeconds, signal);
  }
  const done: JsonObject[] = [];
  for (const init of inits) {
    await timeline.sleep(initSeconds, signal);
    const end = await endOf(life, pod, init);
    done.push(statusOf(init, terminated(life, end)));
    if (end.exitCode === 0) continue;
    const failing = { initContainerStatuses: done, ...statuses(mains, initializing) };
    // Restarts of init containers are told as Kubernetes does, and not played.
    await report(life, pod, { phase: endsByItself(spec) ? 'Failed' : 'Pending', ...failing });
    return;
  }
  const running = { phase: 'Running', initContainerStatuses: done, ...addressOf(life, pod) };
  const readyAfter = Math.max(0, ...mains.map(readyDelayOf));
  if (readyAfter > 0) {
    if ((await report(life, pod, { ...running, ...statuses(mains, runs(life, false)) })) === 'gone') return;
    await timeline.sleep(readyAfter, signal);
  }
  if ((await report(life, pod, { ...running, ...statuses(mains, runs(life, true)) }, true)) === 'gone') return;
  if (endsByItself(spec)) await workToTheEnd(life, pod, { mains, inits: done });
}

async function workToTheEnd(
  life: PodLife,
  pod: JsonObject,
  { mains, inits }: { readonly mains: readonly JsonObject[]; readonly inits: readonly JsonObject[] },
): Promise<void> {
  const { timeline, signal } = life;
  const ended: JsonObject[] = [];
  let failed = false;
  for (const container of mains) {
    await timeline.sleep(workSeconds, signal);
    const result = await endOf(life, pod, container);
    failed ||= result.exitCode !== 0;
    ended.push(statusOf(container, terminated(life, result)));
    const rest = mains.slice(ended.length).map((each) => statusOf(each, runs(life, true)(each)));
    const isLast = rest.length === 0;
    const phase = isLast ? (failed ? 'Failed' : 'Succeeded') : 'Running';
    const containerStatuses = [...ended, ...rest];
    const status = { phase, initContainerStatuses: inits, containerStatuses, ...addressOf(life, pod) };
    if ((await report(life, pod, status, !isLast)) === 'gone') return;
  }
}

/** Only what a stand-in can know for certain: names under .invalid never resolve, and a registry needs its credentials. */
async function endOf(life: PodLife, pod: JsonObject, container: JsonObject): Promise<Ended> {
  const env = envOf(container);
  const lost = (env['DATA_URLS'] ?? '').split(' ').find((url) => /^https?:\/\/[^/]*\.invalid(?:[:/]|$)/.test(url));
  if (lost !== undefined) return { exitCode: 1, message: `Cannot download ${lost}: three tries failed` };
  const image = env['IMAGE'];
  if (image === undefined || env['REGISTRY_CONFIG'] === undefined) return well;
  const [registry = ''] = image.split('/');
  return (await credentialsOf(life, pod)).includes(registry)
    ? well
    : { exitCode: 1, message: `Cannot push ${image}: the registry answered 401 unauthorized` };
}

/** Registries that the Secrets among the pod's volumes have credentials for. */
async function credentialsOf({ api, signal }: PodLife, pod: JsonObject): Promise<readonly string[]> {
  const registries: string[] = [];
  for (const volume of containersOf(objectAt(pod, 'spec'), 'volumes')) {
    const name = textAt(objectAt(volume, 'secret'), 'secretName');
    if (name === undefined) continue;
    const reply = await api.get(`/api/v1/namespaces/${namespaceOf(pod)}/secrets/${name}`, signal);
    const text = textMapAt(reply.body, 'data')['.dockerconfigjson'];
    if (text === undefined) continue;
    const config: unknown = JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
    registries.push(...Object.keys(objectAt(config, 'auths')));
  }
  return registries;
}

/** Whether every Secret and ConfigMap among its volumes is there. */
async function hasMounts({ api, signal }: PodLife, pod: JsonObject): Promise<boolean> {
  const base = `/api/v1/namespaces/${namespaceOf(pod)}`;
  for (const volume of containersOf(objectAt(pod, 'spec'), 'volumes')) {
    const secret = textAt(objectAt(volume, 'secret'), 'secretName');
    const configMap = textAt(objectAt(volume, 'configMap'), 'name');
    const path = secret === undefined ? configMap && `configmaps/${configMap}` : `secrets/${secret}`;
    if (path === undefined || path === '') continue;
    const { status } = await api.get(`${base}/${path}`, signal);
    if (status !== 200) return false;
  }
  return true;
}

type State = (container: JsonObject) => { readonly ready: boolean; readonly state: JsonObject };

const creating: State = () => ({ ready: false, state: { waiting: { reason: 'ContainerCreating' } } });
const initializing: State = () => ({ ready: false, state: { waiting: { reason: 'PodInitializing' } } });
const invalidName: State = (container) => {
  const image = textAt(container, 'image') ?? '';
  const waits = imagePath.test(image)
    ? { reason: 'ContainerCreating' }
    : {
        reason: 'InvalidImageName',
        message: `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format: repository name must be lowercase`,
      };
  return { ready: false, state: { waiting: waits } };
};

function runs({ timeline }: PodLife, ready: boolean): State {
  const startedAt = secondsOf(timeline.now());
  return () => ({ ready, state: { running: { startedAt } } });
}

function terminated({ timeline }: PodLife, { exitCode, message }: Ended): ReturnType<State> {
  const finishedAt = secondsOf(timeline.now());
  const reason = exitCode === 0 ? 'Completed' : 'Error';
  const ended = { exitCode, reason, startedAt: finishedAt, finishedAt, ...(message === '' ? {} : { message }) };
  return { ready: exitCode === 0, state: { terminated: ended } };
}

function statuses(
  containers: readonly JsonObject[],
  state: State,
): { readonly containerStatuses: readonly JsonObject[] } {
  return { containerStatuses: containers.map((container) => statusOf(container, state(container))) };
}

function statusOf(container: JsonObject, { ready, state }: ReturnType<State>): JsonObject {
  return {
    name: textAt(container, 'name') ?? '',
    image: textAt(container, 'image') ?? '',
    imageID: '',
    ready,
    started: state['running'] !== undefined,
    restartCount: 0,
    state,
  };
}

/** `gone`: there is no such pod any more, or it is on its way out. */
async function report(
  { api, timeline, signal }: PodLife,
  pod: JsonObject,
  status: JsonObject,
  ready = false,
): Promise<'there' | 'gone'> {
  const now = secondsOf(timeline.now());
  const condition = (type: string, is: boolean): JsonObject => ({
    type,
    status: is ? 'True' : 'False',
    lastTransitionTime: now,
  });
  const started = status['phase'] !== 'Pending';
  const conditions = [
    condition('PodScheduled', true),
    condition('PodReadyToStartContainers', started),
    condition('Initialized', started),
    condition('ContainersReady', ready),
    condition('Ready', ready),
  ];
  const body = {
    metadata: { uid: textAt(objectAt(pod, 'metadata'), 'uid') },
    status: { startTime: now, conditions, ...status },
  };
  const reply = await api.strategic(`${pathOf(pod)}/status`, body, signal);
  expectStatus(reply, 'report what a pod does', 200, 404, 409);
  const isLeaving = textAt(objectAt(reply.body, 'metadata'), 'deletionTimestamp') !== undefined;
  return reply.status === 200 && !isLeaving ? 'there' : 'gone';
}

function addressOf({ address }: PodLife, pod: JsonObject): JsonObject {
  const ip = address(textAt(objectAt(pod, 'metadata'), 'uid') ?? '');
  return { podIP: ip, podIPs: [{ ip }] };
}

function endsByItself(spec: JsonObject): boolean {
  return textAt(spec, 'restartPolicy') === 'Never' || textAt(spec, 'restartPolicy') === 'OnFailure';
}

function readyDelayOf(container: JsonObject): number {
  return numberAt(objectAt(container, 'readinessProbe'), 'initialDelaySeconds') ?? 0;
}

function envOf(container: JsonObject): Readonly<Record<string, string>> {
  const entries = containersOf(container, 'env').map((each) => [
    textAt(each, 'name') ?? '',
    textAt(each, 'value') ?? '',
  ]);
  return Object.fromEntries(entries);
}

function containersOf(object: JsonObject, field: string): readonly JsonObject[] {
  const value: Json | undefined = object[field];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function namespaceOf(pod: JsonObject): string {
  return textAt(objectAt(pod, 'metadata'), 'namespace') ?? '';
}

function pathOf(pod: JsonObject): string {
  return `/api/v1/namespaces/${namespaceOf(pod)}/pods/${textAt(objectAt(pod, 'metadata'), 'name') ?? ''}`;
}

function secondsOf(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
