// An embedded API server with the workload controllers at work, for their tests: what people create, and what kubelets say.
import { onTestFinished, vi } from 'vitest';
import { objectAt, textAt, type JsonObject } from '../aks/json.ts';
import { startKubeApi } from '../kube/server.ts';
import { Api, expectStatus, itemsOf } from '../nodes/api.ts';
import { Timeline } from '../timeline.ts';
import type { SchedulerCall } from './scheduler.ts';
import { startWorkloads } from './workloads.ts';

const { signal } = new AbortController();
const patience = { timeout: 20_000, interval: 20 } as const;
const podsPath = '/api/v1/namespaces/default/pods';

export interface Playground {
  /** For what a test does in a controller's place. */
  readonly call: SchedulerCall;
  readonly create: (path: string, object: object) => Promise<void>;
  readonly merge: (path: string, patch: object) => Promise<void>;
  readonly get: (path: string) => Promise<JsonObject>;
  /** By name; those that are going are left out. */
  readonly pods: () => Promise<readonly JsonObject[]>;
  /** Asks for its deletion, which a kubelet has to confirm. */
  readonly remove: (pod: string) => Promise<void>;
  /** Its kubelet says that its containers have ended. */
  readonly confirmGone: (pod: string) => Promise<void>;
  /** What a kubelet says of the pod. */
  readonly says: (pod: string, phase: 'Running' | 'Succeeded' | 'Failed') => Promise<void>;
  /** Resolves when `check` does not throw any more. */
  readonly until: (check: () => Promise<void>) => Promise<void>;
}

/** Everything ends with the test, which fails when a controller met an error. */
export async function aPlayground({ workloads: runs = true } = {}): Promise<Playground> {
  const server = await startKubeApi({ insecure: true, controllers: false });
  const api = new Api(server);
  const errors: unknown[] = [];
  const workloads = runs ? startWorkloads({ api: server, onError: (error) => errors.push(error) }) : undefined;
  const timeline = new Timeline({});
  onTestFinished(async () => {
    await workloads?.close();
    timeline.close();
    await api.close();
    await server.close();
    if (errors.length > 0) throw new AggregateError(errors, 'A controller met errors');
  });
  return {
    call: { api, signal, timeline },
    async create(path, object) {
      expectStatus(await api.post(path, object, signal), `create at ${path}`, 201);
    },
    async merge(path, patch) {
      expectStatus(await api.merge(path, patch, signal), `change ${path}`, 200);
    },
    get: async (path) => (await api.get(path, signal)).body,
    async pods() {
      const items = itemsOf((await api.get(podsPath, signal)).body);
      return items
        .filter((pod) => textAt(objectAt(pod, 'metadata'), 'deletionTimestamp') === undefined)
        .toSorted((a, b) => nameOf(a).localeCompare(nameOf(b)));
    },
    async remove(pod) {
      expectStatus(
        await api.delete(`${podsPath}/${pod}`, { gracePeriodSeconds: 30 }, signal),
        `delete pod ${pod}`,
        200,
      );
    },
    async confirmGone(pod) {
      expectStatus(await api.delete(`${podsPath}/${pod}`, { gracePeriodSeconds: 0 }, signal), `end pod ${pod}`, 200);
    },
    async says(pod, phase) {
      const ready = { type: 'Ready', status: phase === 'Running' ? 'True' : 'False', lastTransitionTime: now() };
      const status = { phase, conditions: [ready] };
      expectStatus(await api.strategic(`${podsPath}/${pod}/status`, { status }, signal), `report pod ${pod}`, 200);
    },
    until: (check) => vi.waitFor(check, patience),
  };
}

export function nameOf(object: JsonObject): string {
  return textAt(objectAt(object, 'metadata'), 'name') ?? '';
}

/** A template of pods with this image and so many GPUs. */
export function aTemplate(image: string, gpus = 0): JsonObject {
  const resources =
    gpus === 0 ? {} : { limits: { 'nvidia.com/gpu': `${gpus}` }, requests: { 'nvidia.com/gpu': `${gpus}` } };
  return { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'a', image, resources }] } };
}

function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}
