// Virtual nodes: for every machine of the emulator a Node that joins, lives and leaves, against any API server.
import type { Aks } from '../aks/aks.ts';
import type { Instance, InstanceEvent } from '../aks/fleet.ts';
import { objectAt, textAt } from '../aks/json.ts';
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

  function background(work: () => Promise<void>): void {
    const task = work()
      .catch((error: unknown) => {
        if (!signal.aborted) onError(error);
      })
      .finally(() => tasks.delete(task));
    tasks.add(task);
  }

  function join(instance: Instance): void {
    kubelets.set(instance.nodeName, new Kubelet(instance, kubeletOptions));
    background(() => initialize({ api, timeline, instance, signal }));
  }

  async function leave(instance: Instance, reason: InstanceEvent['reason']): Promise<void> {
    const kubelet = kubelets.get(instance.nodeName);
    kubelets.delete(instance.nodeName);
    const path = `/api/v1/nodes/${instance.nodeName}`;
    const { body } = expectStatus(await api.get(path, signal), `read node ${instance.nodeName}`, 200, 404);
    const uid = textAt(objectAt(body, 'metadata'), 'uid');
    await kubelet?.stop();
    const call = { api, timeline, instance, signal };
    if (reason !== 'reimage') {
      await retire(call, uid);
      await collectPods(call, instance.nodeName);
      return;
    }
    const annotations = { [upgradeMark]: 'upgrade', 'cluster-autoscaler.kubernetes.io/scale-down-disabled': 'true' };
    await api.merge(path, { metadata: { annotations }, spec: { unschedulable: true } }, signal);
    await deleteNode(call, uid);
  }

  async function change(instance: Instance): Promise<void> {
    const before = kubelets.get(instance.nodeName)?.instance.taints ?? [];
    const path = `/api/v1/nodes/${instance.nodeName}`;
    const reply = await api.merge(path, { metadata: { labels: instance.labels } }, signal);
    expectStatus(reply, `relabel node ${instance.nodeName}`, 200, 404);
    const edit = { api, name: instance.nodeName, signal };
    await editTaints(edit, without(...before.filter((text) => !instance.taints.includes(text)).map(taintOf)));
    await editTaints(edit, withTaints(...instance.taints.map(taintOf)));
  }

  const unlisten = options.aks.onInstance(({ type, reason, instance }) => {
    if (type === 'joined') join(instance);
    if (type === 'removed') background(() => leave(instance, reason));
    if (type === 'changed') background(() => change(instance));
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

// What AKS writes on a node that it upgrades.
const upgradeMark = 'kubernetes.azure.com/azure-cluster-autoscaler-scale-down-disabled-reason';
