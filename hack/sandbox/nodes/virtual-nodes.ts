// Virtual nodes: for every machine of the emulator a Node that joins, lives and leaves, against any API server.
import { setMaxListeners } from 'node:events';
import type { Aks } from '../aks/aks.ts';
import type { Instance, InstanceEvent } from '../aks/fleet.ts';
import { Timeline, type SandboxClock } from '../timeline.ts';
import { Api, expectStatus, type ApiTarget } from './api.ts';
import { deleteNode, initialize, retire } from './cloud-controller.ts';
import { Kubelet } from './kubelet.ts';
import { taintOf } from './node-object.ts';
import { editTaints, withTaints, without } from './node-taints.ts';
import { collectPods, runPods } from './pods.ts';

export interface VirtualNodesOptions {
  readonly api: ApiTarget;
  readonly aks: Pick<Aks, 'onInstance'>;
  readonly timeScale?: number;
  readonly clock?: SandboxClock;
  /** Emulated seconds from registration to Ready. Default 10. */
  readonly readySeconds?: number;
  /** When the GPUs appear after Ready, in emulated seconds, if at all. Default 20. */
  readonly devicePlugin?: { readonly delaySeconds?: number; readonly enabled?: boolean };
  /** Real seconds between renewals of a node's lease; below the 40 s that a control plane waits. Default 20. */
  readonly heartbeatSeconds?: number;
  /** What went wrong in the background and is tried again. Default: nothing is said. */
  readonly onError?: (error: unknown) => void;
}

export interface VirtualNodes {
  /** Names of the nodes whose kubelet runs. */
  names(): readonly string[];
  /** Makes a kubelet report its node ready or not. Throws when there is no such kubelet. */
  setReady(nodeName: string, ready: boolean): Promise<void>;
  close(): Promise<void>;
}

export async function startVirtualNodes(options: VirtualNodesOptions): Promise<VirtualNodes> {
  const { onError = () => undefined, heartbeatSeconds = 20, readySeconds = 10 } = options;
  const timeline = new Timeline({ clock: options.clock, scale: options.timeScale });
  const api = new Api(options.api);
  const closing = new AbortController();
  // Every node and pod listens to it.
  setMaxListeners(0, closing.signal);
  const { signal } = closing;
  const kubelets = new Map<string, Kubelet>();
  const tasks = new Set<Promise<void>>();
  const { delaySeconds = 20, enabled = true } = options.devicePlugin ?? {};
  const kubeletOptions = {
    api,
    timeline,
    readySeconds,
    devicePlugin: { delaySeconds, enabled },
    heartbeatSeconds,
    onError,
  };

  /** Every piece of work can be done twice: it is tried until it succeeds. */
  async function insist(work: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      try {
        await work();
        return;
      } catch (error) {
        if (signal.aborted) return;
        onError(error);
        await timeline.sleep(retryRealSeconds * timeline.scale, signal).catch(() => undefined);
      }
    }
  }

  function background(work: () => Promise<void>): void {
    const task = insist(work).finally(() => tasks.delete(task));
    tasks.add(task);
  }

  function join(instance: Instance): void {
    const kubelet = new Kubelet(instance, kubeletOptions);
    kubelets.set(instance.nodeName, kubelet);
    const alive = (): boolean => kubelets.get(instance.nodeName) === kubelet;
    background(() => initialize({ api, timeline, instance, signal }, alive));
  }

  function leave(instance: Instance, reason: InstanceEvent['reason']): void {
    const kubelet = kubelets.get(instance.nodeName);
    kubelets.delete(instance.nodeName);
    if (kubelet !== undefined) background(() => remove(kubelet, reason));
  }

  async function remove(kubelet: Kubelet, reason: InstanceEvent['reason']): Promise<void> {
    const { instance } = kubelet;
    await kubelet.stop();
    const { uid } = kubelet;
    if (uid === undefined) return; // it never registered
    const call = { api, timeline, instance, signal };
    if (reason !== 'reimage') {
      await retire(call, uid, () => kubelets.has(instance.nodeName));
      await collectPods(call, instance.nodeName);
      return;
    }
    const annotations = { [upgradeMark]: 'upgrade', 'cluster-autoscaler.kubernetes.io/scale-down-disabled': 'true' };
    const mark = { metadata: { annotations, uid }, spec: { unschedulable: true } };
    const path = `/api/v1/nodes/${instance.nodeName}`;
    expectStatus(await api.merge(path, mark, signal), `mark node ${instance.nodeName}`, 200, 404, 409);
    await collectPods(call, instance.nodeName);
    await deleteNode(call, uid);
  }

  /** Brings the pool's labels and taints to its node; what the pool had before goes. */
  async function change(before: Instance, after: Instance): Promise<void> {
    const dropped = Object.keys(before.labels).filter((key) => !(key in after.labels));
    const labels = { ...Object.fromEntries(dropped.map((key) => [key, null])), ...after.labels };
    const reply = await api.merge(`/api/v1/nodes/${after.nodeName}`, { metadata: { labels } }, signal);
    expectStatus(reply, `relabel node ${after.nodeName}`, 200, 404);
    const edit = { api, name: after.nodeName, signal };
    await editTaints(edit, without(...before.taints.filter((text) => !after.taints.includes(text)).map(taintOf)));
    await editTaints(edit, withTaints(...after.taints.map(taintOf)));
  }

  const unlisten = options.aks.onInstance(({ type, reason, instance }) => {
    if (type === 'joined') join(instance);
    if (type === 'removed') leave(instance, reason);
    const kubelet = kubelets.get(instance.nodeName);
    if (type === 'changed' && kubelet !== undefined) {
      const before = kubelet.instance;
      kubelet.instance = instance;
      background(() => change(before, instance));
    }
  });
  background(() => runPods({ api, timeline, signal, isOurs: (node) => kubelets.has(node), onError }));

  return {
    names: () => [...kubelets.keys()].toSorted(),
    setReady: async (nodeName, ready) => {
      const kubelet = kubelets.get(nodeName);
      if (kubelet === undefined) throw new RangeError(`No kubelet runs for node "${nodeName}"`);
      await kubelet.setReady(ready);
    },
    close: async () => {
      unlisten();
      closing.abort();
      await Promise.all([...kubelets.values()].map((kubelet) => kubelet.stop()));
      await Promise.all(tasks);
      timeline.close();
      await api.close();
    },
  };
}

const retryRealSeconds = 1;
// What AKS writes on a node that it upgrades.
const upgradeMark = 'kubernetes.azure.com/azure-cluster-autoscaler-scale-down-disabled-reason';
