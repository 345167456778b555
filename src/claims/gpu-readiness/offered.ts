// How many GPUs a Node offers: whole ones, ones that are shared, and ones that are cut into instances (MIG).
import type { Node } from '../../apis/wire.ts';
import type { GpuSize } from '../../azure/catalogue.ts';
import { amountOf, isGpuResource } from '../gpu-resources.ts';

/** Instances that one GPU can be cut into, by compute slices (NVIDIA's MIG user guide). */
const mostByCompute: Readonly<Record<string, number>> = { 1: 7, 2: 3, 3: 2, 4: 1, 7: 1 };
const wholeNames = ['nvidia.com/gpu', 'nvidia.com/gpu.shared'] as const;
const instanceName = /^nvidia\.com\/mig-(\d)g\.(\d+)gb/;

/**
 * In whole GPUs, as pods can get them. Where the cut of a GPU leaves room for doubt it counts too many rather than too few,
 * so that nobody is called short who is not.
 */
export function offeredGpus(
  node: Node,
  size: Pick<GpuSize, 'gpuCount' | 'gpuMemoryGiB' | 'vendor'> | undefined,
): number {
  const allocatable = node.status?.allocatable ?? {};
  if (size?.vendor === 'AMD') return sumOf(allocatable, (name) => name.startsWith('amd.com/'));
  const whole = sumOf(allocatable, (name) => wholeNames.some((one) => one === name));
  const memoryGiB = size?.gpuMemoryGiB === undefined ? 0 : size.gpuMemoryGiB / size.gpuCount;
  const cut = Object.entries(allocatable).flatMap(([name, amount]) => {
    const [, compute, memory] = instanceName.exec(name) ?? [];
    if (compute === undefined || memory === undefined) return [];
    return [Math.ceil(amountOf(amount) / instancesOf({ compute, memory }, memoryGiB))];
  });
  const known = Math.ceil(whole / (sharersOf(node) * singleCutOf(node, memoryGiB))) + sum(cut);
  // Of a size that nobody knows, whatever is offered counts.
  return size === undefined ? Math.max(known, sumOf(allocatable, isGpuResource)) : known;
}

/** Strategy `single`: each instance is offered under the name of a whole GPU, and the product's name says how it was cut. */
function singleCutOf(node: Node, memoryGiB: number): number {
  const labels = node.metadata.labels ?? {};
  if (labels['nvidia.com/mig.strategy'] !== 'single') return 1;
  const [, compute, memory] = /MIG-(\d)g\.(\d+)gb/.exec(labels['nvidia.com/gpu.product'] ?? '') ?? [];
  return compute === undefined || memory === undefined ? 1 : instancesOf({ compute, memory }, memoryGiB);
}

function instancesOf(cut: { readonly compute: string; readonly memory: string }, memoryGiB: number): number {
  return Math.max(1, Math.min(mostByCompute[cut.compute] ?? 1, Math.floor(memoryGiB / Number(cut.memory))));
}

/** Time slicing: so many pods get the same GPU. */
function sharersOf(node: Node): number {
  const replicas = Number(node.metadata.labels?.['nvidia.com/gpu.replicas'] ?? 1);
  return Number.isInteger(replicas) && replicas > 1 ? replicas : 1;
}

function sumOf(quantities: Readonly<Record<string, string>>, isMeant: (name: string) => boolean): number {
  return sum(Object.entries(quantities).flatMap(([name, amount]) => (isMeant(name) ? [amountOf(amount)] : [])));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
