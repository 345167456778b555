// Virtual nodes: for every machine of the emulator a Node that joins, lives and leaves, against any API server.
import { setMaxListeners } from 'node:events';
import type { Aks } from '../aks/aks.ts';
import type { NodeDeeds } from '../aks/controls.ts';
import type { Instance, InstanceEvent } from '../aks/fleet.ts';
import { Timeline, type SandboxClock } from '../timeline.ts';
import { Api, expectStatus, type ApiTarget } from './api.ts';
import { AutoRepair } from './auto-repair.ts';
import { CloudNodeLifecycle, deleteNode, initialize, untilGone } from './cloud-controller.ts';
import { Kubelet } from './kubelet.ts';
import { NodeCache } from './node-cache.ts';
import { taintOf } from './node-object.ts';
import { editTaints, withTaints, without } from './node-taints.ts';
import { collectPods, runPods } from './pods.ts';
import { markUnreachable } from './unreachable.ts';
import { announceSurge, clearNode } from './upgrader.ts';
import { uidOf } from './watched.ts';

export interface VirtualNodesOptions {
  readonly api: ApiTarget;
  readonly aks: Pick<Aks, 'onInstance' | 'hasMachine' | 'repair'>;
  readonly timeScale?: number;
  readonly clock?: SandboxClock;
  /** Emulated seconds from registration to Ready. Default 10. */
  readonly readySeconds?: number;
  /** When the GPUs appear after Ready, in emulated seconds, if at all. Default 20. */
  readonly devicePlugin?: { readonly delaySeconds?: number; readonly enabled?: boolean };
  /** Whether AKS repairs nodes that stay NotReady for ten minutes. Default false. */
  readonly autoRepair?: boolean;
  /** Real seconds between renewals of a node's lease; below the 40 s that a control plane waits. Default 20. */
  readonly heartbeatSeconds?: number;
  /** The address of a pod by its uid; absent: one of no network. */
  readonly podAddress?: (uid: string) => string;
  /** What went wrong in the background and is tried again. Default: nothing is said. */
  readonly onError?: (error: unknown) => void;
}

export interface VirtualNodes extends NodeDeeds {
  close(): Promise<void>;
}

export async function startVirtualNodes(options: VirtualNodesOptions): Promise<VirtualNodes> {
  const { aks, onError = () => undefined, heartbeatSeconds = 20, readySeconds = 10 } = options;
  const timeline = new Timeline({ clock: options.clock, scale: options.timeScale });
  const api = new Api(options.api);
  const closing = new AbortController();
  // Every node and pod listens to it.
  setMaxListeners(0, closing.signal);
  const { signal } = closing;
  const kubelets = new Map<string, Kubelet>();
  const clearing = new Map<string, Promise<void>>();
  const sick = new Map<string, 'reboot' | 'reimage'>();
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

  function join({ instance, reason, pool }: InstanceEvent): void {
    const own = {
      ...kubeletOptions,
      isSick: sick.has(instance.nodeName),
      cleared: clearing.get(instance.nodeName),
    };
    const kubelet = new Kubelet(instance, own);
    kubelets.set(instance.nodeName, kubelet);
    const isAlive = (): boolean => kubelets.get(instance.nodeName) === kubelet;
    const isRegistered = (): boolean => kubelet.uid !== undefined;
    const call = { api, timeline, instance, signal };
    background(async () => {
      await initialize(call, { isAlive, isRegistered });
      if (reason === 'surge' && kubelet.uid !== undefined) await announceSurge(call, pool, kubelet.uid);
    });
  }

  function leave({ instance, reason }: InstanceEvent): void {
    const kubelet = kubelets.get(instance.nodeName);
    kubelets.delete(instance.nodeName);
    // A machine that is imaged anew is cured of everything, as one is that is no more.
    if (reason !== 'reboot' || sick.get(instance.nodeName) === 'reboot') sick.delete(instance.nodeName);
    if (kubelet === undefined) return;
    const cleared = Promise.withResolvers<void>();
    // Imaging takes minutes, far longer than a finalizer may hold a Node, however fast time runs; a reboot waits for nobody.
    if (reason === 'upgrade' || reason === 'reimage') clearing.set(instance.nodeName, cleared.promise);
    background(async () => {
      await remove(kubelet, reason, cleared.resolve);
    });
  }

  /** Tells when the Node is gone: until then a finalizer may hold it. */
  async function remove(kubelet: Kubelet, reason: InstanceEvent['reason'], cleared: () => void): Promise<void> {
    const { instance } = kubelet;
    await kubelet.stop();
    const { uid } = kubelet;
    if (uid === undefined) {
      cleared(); // it never registered
      return;
    }
    const call = { api, timeline, instance, signal };
    const isBack = (): boolean => kubelets.has(instance.nodeName);
    if (reason === 'upgrade' || reason === 'surge') {
      await clearNode(call, uid);
    } else if (reason === 'reimage') {
      await deleteNode(call, uid);
    } else {
      await markUnreachable(call, uid, isBack);
      if (isBack()) return;
    }
    await untilGone(call, uid);
    cleared();
    await collectPods(call, instance.nodeName);
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

  function kubeletOf(nodeName: string): Kubelet {
    const kubelet = kubelets.get(nodeName);
    if (kubelet === undefined) throw new RangeError(`No kubelet runs for node "${nodeName}"`);
    return kubelet;
  }

  const unlisten = aks.onInstance((event) => {
    const { type, instance } = event;
    if (type === 'joined') join(event);
    if (type === 'removed') leave(event);
    const kubelet = kubelets.get(instance.nodeName);
    if (type === 'changed' && kubelet !== undefined) {
      const before = kubelet.instance;
      kubelet.instance = instance;
      background(() => change(before, instance));
    }
  });
  background(() =>
    runPods({ api, timeline, signal, isOurs: (node) => kubelets.has(node), onError, address: options.podAddress }),
  );
  const cache = new NodeCache();
  const watching = { api, timeline, signal, nodes: cache, onError };
  const cloud = new CloudNodeLifecycle({ ...watching, hasMachine: (idOrName) => aks.hasMachine(idOrName) });
  background(() => cache.run(watching));
  background(() => cloud.run());
  if (options.autoRepair === true) {
    const repairs = new AutoRepair({ ...watching, repair: (nodeName, how) => aks.repair(nodeName, how) });
    background(() => repairs.run());
  }

  return {
    names: () => [...kubelets.keys()].toSorted(),
    setReady: async (nodeName, ready) => {
      const kubelet = kubeletOf(nodeName);
      if (ready) sick.delete(nodeName);
      await kubelet.setReady(ready);
    },
    fail: async (nodeName, curedBy) => {
      const kubelet = kubeletOf(nodeName);
      sick.set(nodeName, curedBy);
      await kubelet.setReady(false);
    },
    storm: async (nodeNames) => {
      for (const kubelet of nodeNames.map(kubeletOf)) {
        await kubelet.setReady(false);
        const node = cache.get(kubelet.instance.nodeName);
        if (node !== undefined) cloud.loseSightOf(uidOf(node));
      }
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
