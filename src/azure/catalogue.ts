// GPU sizes that this project knows: counts, prices, retirements. AKS is the authority, so an unknown size is no error.
import data from './gpu-sizes.json' with { type: 'json' };

export interface GpuSize {
  /** As Azure writes it. */
  readonly size: string;
  readonly series: string;
  readonly vendor: 'NVIDIA' | 'AMD';
  readonly gpuModel: string;
  /** Devices that the node shows; 1 for a part of one. */
  readonly gpuCount: number;
  /** The part of a GPU, below 1 for shared ones; absent where Azure does not say. */
  readonly gpuFraction?: number;
  /** All GPUs together. */
  readonly gpuMemoryGiB?: number;
  readonly vcpus: number;
  readonly memoryGiB: number;
  /** List price, Linux, on demand, in `priceRegion`. */
  readonly usdPerHour?: number;
  readonly priceRegion?: string;
  readonly aksAccepts: boolean;
  readonly status: 'current' | 'preview' | 'retired';
  /** Day of retirement. */
  readonly retiredOn?: string;
  /** What to use instead of a retired size. */
  readonly successor?: string;
}

/** Finds a size without regard to case; `undefined` means nothing is known of it. */
export interface SizeCatalogue {
  find(vmSize: string): GpuSize | undefined;
}

function createCatalogue(sizes: readonly GpuSize[]): SizeCatalogue {
  const bySize = new Map(sizes.map((size) => [size.size.toLowerCase(), size]));
  return { find: (vmSize) => bySize.get(vmSize.toLowerCase()) };
}

const vendors: ReadonlySet<string> = new Set(['NVIDIA', 'AMD']);
const statuses: ReadonlySet<string> = new Set(['current', 'preview', 'retired']);

/** The sizes of gpu-sizes.json, as of the day that it names. */
export const gpuSizes: readonly GpuSize[] = data.sizes.filter(isGpuSize);

export const gpuCatalogue: SizeCatalogue = createCatalogue(gpuSizes);

/** Whether Azure gives this size a GPU, as its name tells: family N, but not NP, which has FPGAs. */
export function hasGpu(vmSize: string): boolean {
  return /^standard_n(?!p)/i.test(vmSize);
}

/** Whether nodes of this size take far longer to come: ND, and whatever has eight GPUs (measured above ten minutes). */
export function isLargeSize(vmSize: string, catalogue: SizeCatalogue = gpuCatalogue): boolean {
  return /^standard_nd/i.test(vmSize) || (catalogue.find(vmSize)?.gpuCount ?? 0) >= 8;
}

// TypeScript reads a JSON file's words as strings; this is the check beside the claim that they are ours.
function isGpuSize(size: { readonly vendor: string; readonly status: string }): size is GpuSize {
  return vendors.has(size.vendor) && statuses.has(size.status);
}
