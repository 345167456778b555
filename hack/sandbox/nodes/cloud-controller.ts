// What the cloud controller manager does to Nodes: it names their machines, and deletes Nodes that it takes for left behind.
import { objectAt, textAt, type JsonObject } from '../aks/json.ts';
import type { Instance } from '../aks/fleet.ts';
import type { Timeline } from '../timeline.ts';
import { type Api, expectStatus } from './api.ts';
import { providerIdOf, type NodeCache } from './node-cache.ts';
import { nameOf, uidOf } from './watched.ts';
import { cloudFacts, uninitialized } from './node-object.ts';
import { readiness } from './node-reading.ts';
import { editTaints, without } from './node-taints.ts';

export interface CloudCall {
  readonly api: Api;
  readonly timeline: Timeline;
  readonly instance: Instance;
  readonly signal: AbortSignal;
}

/** It looks at new Nodes, and at those that are not Ready, each five seconds. */
const everySeconds = 5;

export interface Joining {
  readonly isAlive: () => boolean;
  /** Before, a Node of the machine's name is another one's. */
  readonly isRegistered: () => boolean;
}

/** Gives a new Node its providerID and place, then lets pods on it. Waits for it as long as its machine is alive. */
export async function initialize(
  { api, timeline, instance, signal }: CloudCall,
  { isAlive, isRegistered }: Joining,
): Promise<void> {
  const edit = { api, name: instance.nodeName, signal };
  while (isAlive()) {
    await timeline.sleep(everySeconds / 2, signal);
    if (isRegistered() && (await editTaints(edit, without(uninitialized), cloudFacts(instance)))) return;
  }
}

export interface CloudNodeLifecycleOptions {
  readonly api: Api;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
  readonly nodes: NodeCache;
  /** What the cloud says when it is asked. */
  readonly hasMachine: (idOrName: string) => boolean;
  readonly onError: (error: unknown) => void;
}

/** k8s.io/cloud-provider node_lifecycle_controller.go: no preconditions, and again each time while a finalizer holds. */
export class CloudNodeLifecycle {
  readonly #options: CloudNodeLifecycleOptions;
  /** UIDs of Nodes whose machines it does not find, although they are there. */
  readonly #blindTo = new Set<string>();

  constructor(options: CloudNodeLifecycleOptions) {
    this.#options = options;
  }

  /** For as long as that Node exists, the cloud seems not to know its machine: a stale cache, or an outage taken for a no. */
  loseSightOf(uid: string): void {
    this.#blindTo.add(uid);
  }

  async run(): Promise<void> {
    const { timeline, signal, nodes, onError } = this.#options;
    while (!signal.aborted) {
      await timeline.sleep(everySeconds, signal).catch(() => undefined);
      const left = nodes.all().filter((node) => this.#isLeftBehind(node));
      for (const result of await Promise.allSettled(left.map((node) => this.#delete(nameOf(node)))))
        if (result.status === 'rejected' && !signal.aborted) onError(result.reason);
    }
  }

  #isLeftBehind(node: JsonObject): boolean {
    if (readiness(node) === 'True') return false;
    return this.#blindTo.has(uidOf(node)) || !this.#options.hasMachine(providerIdOf(node) ?? nameOf(node));
  }

  async #delete(name: string): Promise<void> {
    const { api, signal } = this.#options;
    expectStatus(await api.delete(`/api/v1/nodes/${name}`, {}, signal), `delete node ${name}`, 200, 202, 404);
  }
}

/** Deletes the Node of that uid once; a finalizer may hold it. */
export async function deleteNode({ api, instance, signal }: CloudCall, uid: string): Promise<void> {
  const path = `/api/v1/nodes/${instance.nodeName}`;
  const reply = await api.delete(path, { preconditions: { uid }, propagationPolicy: 'Background' }, signal);
  // 409: another Node of that name has taken its place.
  expectStatus(reply, `delete node ${instance.nodeName}`, 200, 202, 404, 409);
}

/** Resolves when the Node of that uid is gone, or another has taken its place. */
export async function untilGone({ api, timeline, instance, signal }: CloudCall, uid: string): Promise<void> {
  for (;;) {
    const { status, body } = await api.get(`/api/v1/nodes/${instance.nodeName}`, signal);
    if (status === 404 || textAt(objectAt(body, 'metadata'), 'uid') !== uid) return;
    await timeline.sleep(everySeconds, signal);
  }
}
