// Whether a device plugin runs on the GPU Nodes: without one a Node offers no GPU, whatever it costs.
import { daemonSets, nodes } from '../../../apis/resource.ts';
import type { Node, Taint } from '../../../apis/wire.ts';
import { devicePluginOf, fitOf, type DevicePlugin } from '../../../claims/gpu-readiness/device-plugin.ts';
import { gpuSizeOf } from '../../../claims/gpu-readiness/gpu-readiness.ts';
import { offeredGpus } from '../../../claims/gpu-readiness/offered.ts';
import type { Check } from '../check.ts';
import { fail, pass, warn, type Finding } from '../finding.ts';

export const devicePlugins: Check = {
  room: 'Kubernetes',
  name: 'device-plugins',
  async look(the, signal) {
    const kube = the.kube();
    const [sets, all] = await Promise.all([kube.list(daemonSets, { signal }), kube.list(nodes, { signal })]);
    return verdict(
      sets.items.flatMap((set) => devicePluginOf(set) ?? []),
      all.items.filter((node) => gpuSizeOf(node) !== undefined),
    );
  },
};

// KAITO puts it on each claim that it makes.
const usualTaint: Taint = { key: 'sku', value: 'gpu', effect: 'NoSchedule' };

function verdict(plugins: readonly DevicePlugin[], gpuNodes: readonly Node[]): Finding {
  const known = plugins.map(({ name, vendor }) => `DaemonSet ${name} (${vendor})`);
  const bare = gpuNodes.filter((node) => offeredGpus(node, gpuSizeOf(node)?.size) === 0);
  const unserved = bare.flatMap((node) => obstacleOf(node, plugins) ?? []);
  const [first] = unserved;
  if (first !== undefined)
    return fail(`${counted(unserved.length)} with GPUs that no device plugin offers`, {
      details: [...unserved.slice(0, 5).map(({ words }) => words), ...known],
      mend: first.mend,
    });
  if (gpuNodes.length > 0)
    return pass(
      bare.length === 0
        ? `${counted(gpuNodes.length)} with GPUs, and each offers them`
        : `${counted(gpuNodes.length)} with GPUs, and a device plugin for each`,
      { details: known },
    );
  if (plugins.length === 0)
    return warn('No device plugin is installed: GPU Nodes would offer no GPU', { mend: [installOne] });
  const blocked = plugins.filter((plugin) => repelledBy(plugin, [usualTaint]) !== undefined);
  if (blocked.length < plugins.length) return pass('A device plugin waits for GPU Nodes', { details: known });
  return warn(`No device plugin tolerates ${taintText(usualTaint)}, the taint that KAITO gives its GPU Nodes`, {
    details: known,
    mend: blocked.slice(0, 1).map((plugin) => tolerate(plugin, usualTaint)),
  });
}

function counted(count: number): string {
  return count === 1 ? 'There is 1 Node' : `There are ${count} Nodes`;
}

const installOne =
  'Install one that tolerates sku=gpu:NoSchedule, such as NVIDIA’s (github.com/NVIDIA/k8s-device-plugin) or the GPU operator';

interface Obstacle {
  readonly words: string;
  readonly mend: readonly string[];
}

/** Undefined: a plugin runs there. */
function obstacleOf(node: Node, plugins: readonly DevicePlugin[]): Obstacle | undefined {
  const vendor = gpuSizeOf(node)?.size?.vendor;
  const rivals = plugins.filter((plugin) => vendor === undefined || plugin.vendor === vendor);
  const fits = rivals.map((plugin) => ({ plugin, is: fitOf(plugin, node) }));
  if (fits.some(({ is }) => is.fit === 'runs')) return undefined;
  const { name } = node.metadata;
  for (const { is, plugin } of fits)
    if (is.fit === 'repelled')
      return {
        words: `Node ${name}: DaemonSet ${plugin.name} does not tolerate ${taintText(is.by)}`,
        mend: [tolerate(plugin, is.by)],
      };
  const [unselected] = rivals;
  if (unselected === undefined) return { words: `Node ${name}: there is no device plugin`, mend: [installOne] };
  return {
    words: `Node ${name}: DaemonSet ${unselected.name} does not select it`,
    mend: [
      `kubectl describe daemonset ${commandName(unselected)}    # compare its node selector with the labels of the Node`,
    ],
  };
}

/** Labels apart: whether taints alone keep it away. */
function repelledBy(plugin: DevicePlugin, taints: readonly Taint[]): Taint | undefined {
  const metadata = { name: '', uid: '', resourceVersion: '', creationTimestamp: '' };
  const is = fitOf({ ...plugin, nodeSelector: {}, terms: [] }, { metadata, spec: { taints } });
  return is.fit === 'repelled' ? is.by : undefined;
}

function tolerate(plugin: DevicePlugin, { effect, key, value }: Taint): string {
  const toleration =
    value === undefined || value === ''
      ? { key, operator: 'Exists', effect }
      : { key, operator: 'Equal', value, effect };
  const path = '/spec/template/spec/tolerations';
  const patch =
    plugin.tolerations.length === 0
      ? { op: 'add', path, value: [toleration] }
      : { op: 'add', path: `${path}/-`, value: toleration };
  return `kubectl patch daemonset ${commandName(plugin)} --type json --patch '${JSON.stringify([patch])}'`;
}

function commandName({ name }: DevicePlugin): string {
  const [namespace, own] = name.split('/');
  return `${own} --namespace ${namespace}`;
}

function taintText({ effect, key, value }: Taint): string {
  return value === undefined || value === '' ? `${key}:${effect}` : `${key}=${value}:${effect}`;
}
