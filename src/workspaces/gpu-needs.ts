// Whether a size has the GPUs and the GPU memory that a preset needs, and which sizes do.
import { parseQuantity } from '../apis/quantity.ts';
import { gpuSizes } from '../azure/catalogue.ts';
import type { GpuSize, SizeCatalogue } from '../azure/catalogue.ts';
import type { PresetNeeds } from './presets.ts';

const gibibyte = parseQuantity('1Gi');
const suggestions = 3;

/**
 * Undefined where it does, and where the size is not known: AKS decides then. Else KAITO's words (contract/kaito.md 3.3)
 * with what is needed, what is there, and up to three sizes that would do, the cheapest first.
 */
export function shortfallOf(
  preset: string,
  needs: PresetNeeds,
  { vmSize, count, catalogue }: { readonly vmSize: string; readonly count: number; readonly catalogue: SizeCatalogue },
): string | undefined {
  const size = catalogue.find(vmSize);
  if (size === undefined) return undefined;
  const short = shortOf(preset, needs, size, count);
  if (short === undefined) return undefined;
  const fitting = gpuSizes
    .filter((other) => other.status === 'current' && other.vendor === 'NVIDIA' && other.aksAccepts)
    .filter((other) => other.gpuMemoryGiB !== undefined && shortOf(preset, needs, other, count) === undefined)
    .toSorted((a, b) => (a.usdPerHour ?? Number.POSITIVE_INFINITY) - (b.usdPerHour ?? Number.POSITIVE_INFINITY))
    .slice(0, suggestions)
    .map((other) => other.size);
  return fitting.length === 0 ? short : `${short}. Sizes that would do: ${fitting.join(', ')}`;
}

function shortOf(preset: string, needs: PresetNeeds, size: GpuSize, count: number): string | undefined {
  const gpus = size.gpuCount * count;
  if (gpus < needs.gpus)
    return `Insufficient number of GPUs: Instance type ${size.size} provides ${gpus}, but preset ${preset} requires at least ${needs.gpus}`;
  if (size.gpuMemoryGiB === undefined) return undefined;
  const perGpu = size.gpuMemoryGiB / size.gpuCount;
  if (perGpu < gibOf(needs.perGpuMemory))
    return `Insufficient per GPU memory: Instance type ${size.size} provides ${perGpu}Gi per GPU, but preset ${preset} requires at least ${needs.perGpuMemory} per GPU`;
  const total = size.gpuMemoryGiB * count;
  if (total < gibOf(needs.totalGpuMemory))
    return `Insufficient total GPU memory: Instance type ${size.size} has a total of ${total}Gi, but preset ${preset} requires at least ${needs.totalGpuMemory}`;
  return undefined;
}

function gibOf(quantity: string): number {
  return Number((parseQuantity(quantity) * 1000n) / gibibyte) / 1000;
}
