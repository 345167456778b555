// One virtual kubelet: registers its Node once, reports it ready, tells of its GPUs and keeps its lease fresh.
import { once } from 'node:events';
import type { Instance } from '../aks/fleet.ts';
import { objectAt, textAt } from '../aks/json.ts';
import type { Timeline } from '../timeline.ts';
import { type Api, expectStatus } from './api.ts';
import { gpusOf, nodeStatus, notReady, registeredNode } from './node-object.ts';
import { editTaints, without } from './node-taints.ts';

export interface KubeletOptions {
  readonly api: Api;
  readonly timeline: Timeline;
  /** Emulated seconds from registration to Ready. */
  readonly readySeconds: number;
  readonly devicePlugin: { readonly delaySeconds: number; readonly enabled: boolean };
  /** Resolves when the Node that the machine had before is gone; absent: there was none. */
  readonly cleared: Promise<void> | undefined;
  /** It joins and never turns Ready by itself. */
  readonly isSick: boolean;
  /** Real seconds between renewals of the lease. */
  readonly heartbeatSeconds: number;
  readonly onError: (error: unknown) => void;
}

// A real kubelet tries again after so long when the API server does not answer.
const retryRealSeconds = 1;
// An unchanged status is posted again after five minutes (nodeStatusReportFrequency).
const statusEveryRealSeconds = 300;

export class Kubelet {
  /** Replaced when the pool's labels or taints change; a kubelet writes them only when it registers. */
  instance: Instance;
  readonly #options: KubeletOptions;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #since: Date;
  #ready = false;
  #devices = false;
  #uid: string | undefined;
  #posting: Promise<unknown> = Promise.resolve();

  constructor(instance: Instance, options: KubeletOptions) {
    this.instance = instance;
    this.#options = options;
    this.#since = options.timeline.now();
    this.#done = this.#run().catch((error: unknown) => {
      if (!this.#stop.signal.aborted) options.onError(error);
    });
  }

  /** Of the Node it registered; undefined before. */
  get uid(): string | undefined {
    return this.#uid;
  }

  /** The machine is off: nothing is said any more. Resolves when the last call has ended. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  /** Whether the node is healthy, as its kubelet sees it. */
  async setReady(ready: boolean): Promise<void> {
    if (ready === this.#ready) return;
    this.#ready = ready;
    this.#since = this.#options.timeline.now();
    await this.#insist(() => this.#postStatus());
  }

  async #run(): Promise<void> {
    const { timeline, readySeconds, isSick, cleared } = this.#options;
    await Promise.race([cleared, once(this.#stop.signal, 'abort')]);
    this.#stop.signal.throwIfAborted();
    await this.#insist(() => this.#register());
    if (isSick) {
      await this.#insist(() => this.#postStatus());
      await this.#heartbeat();
      return;
    }
    await timeline.sleep(readySeconds, this.#stop.signal);
    await this.setReady(true);
    await this.#insist(() => editTaints(this.#editing(), without(notReady)));
    await Promise.all([this.#heartbeat(), this.#startDevicePlugin()]);
  }

  async #startDevicePlugin(): Promise<void> {
    const { timeline, devicePlugin } = this.#options;
    if (!devicePlugin.enabled || Object.keys(gpusOf(this.instance)).length === 0) return;
    await timeline.sleep(devicePlugin.delaySeconds, this.#stop.signal);
    this.#devices = true;
    await this.#insist(() => this.#postStatus());
  }

  /** Creates the Node, or takes over one that is still there, as a kubelet does once in its life. */
  async #register(): Promise<void> {
    const { api } = this.#options;
    const { signal } = this.#stop;
    while (this.#uid === undefined) {
      const node = registeredNode(this.instance, this.#since);
      const created = expectStatus(await api.post('/api/v1/nodes', node, signal), 'register a node', 201, 409);
      // Between the two answers the old Node may go: then it is created after all.
      const { status, body } =
        created.status === 201
          ? created
          : expectStatus(await api.get(nodePath(this.instance), signal), 'read a node that was there', 200, 404);
      if (status !== 404) this.#uid = textAt(objectAt(body, 'metadata'), 'uid');
    }
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: this.instance.nodeName, namespace: 'kube-node-lease' },
      spec: { holderIdentity: this.instance.nodeName, leaseDurationSeconds: 40, renewTime: this.#microTime() },
    };
    expectStatus(await api.post(leases, lease, signal), 'create a node lease', 201, 409);
  }

  /** One after the other, each with what is so by then. False when the Node is gone: it is never created again. */
  #postStatus(): Promise<boolean> {
    const post = this.#posting.then(() => this.#postNow());
    this.#posting = post.catch(() => undefined);
    return post;
  }

  async #postNow(): Promise<boolean> {
    const { api, timeline } = this.#options;
    const health = { ready: this.#ready, devices: this.#devices, since: this.#since, now: timeline.now() };
    const reply = await api.strategic(
      `${nodePath(this.instance)}/status`,
      { status: nodeStatus(this.instance, health) },
      this.#stop.signal,
    );
    return expectStatus(reply, 'report the status of a node', 200, 404).status === 200;
  }

  async #heartbeat(): Promise<void> {
    const { api, timeline, heartbeatSeconds } = this.#options;
    let sinceStatus = 0;
    for (;;) {
      await timeline.sleep(heartbeatSeconds * timeline.scale, this.#stop.signal);
      sinceStatus += heartbeatSeconds;
      await this.#insist(async () => {
        const renewal = { spec: { renewTime: this.#microTime() } };
        const path = `${leases}/${this.instance.nodeName}`;
        expectStatus(await api.merge(path, renewal, this.#stop.signal), 'renew a node lease', 200, 404);
      });
      if (sinceStatus >= statusEveryRealSeconds) {
        sinceStatus = 0;
        await this.#insist(() => this.#postStatus());
      }
    }
  }

  /** Tries until the API server answers as expected, as long as the machine runs. */
  async #insist<T>(call: () => Promise<T>): Promise<T> {
    const { timeline, onError } = this.#options;
    for (;;) {
      try {
        return await call();
      } catch (error) {
        this.#stop.signal.throwIfAborted();
        onError(error);
        await timeline.sleep(retryRealSeconds * timeline.scale, this.#stop.signal);
      }
    }
  }

  #editing(): { readonly api: Api; readonly name: string; readonly signal: AbortSignal } {
    return { api: this.#options.api, name: this.instance.nodeName, signal: this.#stop.signal };
  }

  #microTime(): string {
    return this.#options.timeline.now().toISOString().replace('Z', '000Z');
  }
}

const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';

function nodePath({ nodeName }: Pick<Instance, 'nodeName'>): string {
  return `/api/v1/nodes/${nodeName}`;
}
