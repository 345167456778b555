// GPUReady: whether a Node offers as many GPUs as its size has, and if not, what keeps them (pure).
import type { WantedCondition } from '../../apis/conditions.ts';
import type { Node, Taint } from '../../apis/wire.ts';
import { gpuCatalogue, hasGpu } from '../../azure/catalogue.ts';
import type { GpuSize } from '../../azure/catalogue.ts';
import { reasons } from '../reasons.ts';
import { fitOf } from './device-plugin.ts';
import type { DevicePlugin } from './device-plugin.ts';
import { offeredGpus } from './offered.ts';

export const gpuReadyCondition = 'GPUReady';

/** AKS's node problem detector: each is True when something is wrong (learn.microsoft.com/azure/aks/node-problem-detector). */
const driverProblems: ReadonlySet<string> = new Set(['GPUMissing', 'XIDErrors', 'NVLinkStatusInactive']);
/** Of Nodes on which AKS itself runs the plugin, as a service and not as a DaemonSet. */
const pluginProblem = 'UnhealthyNvidiaDevicePlugin';

const sizeLabels = ['node.kubernetes.io/instance-type', 'beta.kubernetes.io/instance-type'] as const;
const longestQuote = 80;

export interface GpuView {
  readonly node: Node;
  /** Of the Node's size; undefined: the catalogue does not know it. */
  readonly size: Pick<GpuSize, 'gpuCount' | 'gpuMemoryGiB' | 'vendor'> | undefined;
  /** Every device plugin of the cluster; undefined: not known yet. */
  readonly plugins: readonly DevicePlugin[] | undefined;
  /** API server time. */
  readonly nowApiMs: number;
  /** A Node that became Ready more recently gets time: pulling the plugin's image and starting it takes some. */
  readonly graceMs: number;
}

/** The size by what the cloud controller manager wrote on the Node; undefined: it has no GPU, or nobody has said yet. */
export function gpuSizeOf({ metadata }: Node): { readonly size: GpuSize | undefined } | undefined {
  const name = sizeLabels.map((label) => metadata.labels?.[label]).find((value) => value !== undefined);
  return name === undefined || !hasGpu(name) ? undefined : { size: gpuCatalogue.find(name) };
}

export function gpuReadiness(view: GpuView): WantedCondition {
  const { graceMs, node, nowApiMs, plugins, size } = view;
  const expected = size?.gpuCount ?? 1;
  const offered = offeredGpus(node, size);
  if (offered >= expected) return condition('True', reasons.GPUReady, '');
  const short = `Node "${node.metadata.name}" offers ${offered === 0 ? 'none' : offered} of its ${countOf(size)}`;
  if (plugins === undefined || nowApiMs - readySinceMs(node) < graceMs)
    return condition('Unknown', reasons.AwaitingGpus, `${short} so far`);
  const problem = node.status?.conditions?.find(({ type, status }) => status === 'True' && driverProblems.has(type));
  if (problem !== undefined)
    return condition(
      'False',
      reasons.DriverFailed,
      `${short}: ${problem.type}${quoted(problem.message)}; replace the Node`,
    );
  if (offered > 0)
    return condition(
      'False',
      reasons.GpuCountShort,
      `${short}: a GPU or its driver has failed; look at nvidia-smi on it`,
    );
  const [reason, culprit] = culpritOf(view, plugins);
  return condition('False', reason, `${short}: ${culprit}`);
}

function culpritOf({ node, size }: GpuView, all: readonly DevicePlugin[]): readonly [reason: string, culprit: string] {
  if (node.status?.conditions?.some(({ type, status }) => type === pluginProblem && status === 'True') === true)
    return [reasons.DevicePluginNotReady, "AKS's own device plugin on it has failed; replace the Node"];
  const plugins = all.filter(({ vendor }) => size === undefined || vendor === size.vendor);
  const fits = plugins.map((plugin) => ({ ...fitOf(plugin, node), name: plugin.name }));
  const running = fits.find(({ fit }) => fit === 'runs');
  if (running !== undefined)
    return [reasons.DevicePluginNotReady, `DaemonSet ${running.name} serves it without success; look at its pod there`];
  for (const one of fits)
    if (one.fit === 'repelled')
      return [
        reasons.DevicePluginNotTolerating,
        `DaemonSet ${one.name} does not tolerate its taint ${taintText(one.by)}; add the toleration`,
      ];
  const [unselected] = fits;
  if (unselected !== undefined)
    return [reasons.NoDevicePlugin, `DaemonSet ${unselected.name} does not select it; compare its labels`];
  return [
    reasons.NoDevicePlugin,
    `no DaemonSet is ${size?.vendor === 'AMD' ? 'an AMD' : 'an NVIDIA'} device plugin; install one`,
  ];
}

function readySinceMs({ metadata, status }: Node): number {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const since = Date.parse(ready?.status === 'True' ? (ready.lastTransitionTime ?? '') : '');
  return Number.isNaN(since) ? Date.parse(metadata.creationTimestamp) : since;
}

function countOf(size: GpuView['size']): string {
  if (size === undefined) return 'GPUs';
  return `${size.gpuCount} GPU${size.gpuCount === 1 ? '' : 's'}`;
}

function quoted(message: string | undefined): string {
  if (message === undefined || message === '') return '';
  return ` (${message.length > longestQuote ? `${message.slice(0, longestQuote)}…` : message})`;
}

function taintText({ key, value, effect }: Taint): string {
  return value === undefined || value === '' ? `${key}:${effect}` : `${key}=${value}:${effect}`;
}

function condition(status: WantedCondition['status'], reason: string, message: string): WantedCondition {
  return { type: gpuReadyCondition, status, reason, message };
}
