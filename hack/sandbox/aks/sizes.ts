// The machine sizes the emulated region knows: what a node of a size has, and whose quota it uses.
import { gpuSizes, type GpuSize } from '../../../src/azure/catalogue.ts';

export interface Size {
  readonly name: string;
  /** The quota family as Compute spells it, or derived from the series where no public text shows it. */
  readonly family: string;
  readonly vcpus: number;
  readonly memoryGiB: number;
  readonly gpus: number;
  readonly vendor: 'NVIDIA' | 'AMD' | 'none';
  readonly retired: boolean;
  readonly arch: 'amd64' | 'arm64';
}

const families: Readonly<Record<string, string>> = {
  NCasT4_v3: 'Standard NCASv3_T4 Family',
  NCv3: 'standardNCSv3Family',
  NC_A100_v4: 'StandardNCADSA100v4Family',
  NCads_A10_v4: 'StandardNCADSA10v4Family',
  NCads_H100_v5: 'StandardNCadsH100v5Family',
  NDasrA100_v4: 'Standard NDASv4_A100 Family',
  NDm_A100_v4: 'StandardNDAMSv4_A100Family',
  ND_H100_v5: 'standardNDSH100v5Family',
  NVadsA10_v5: 'StandardNVADSA10v5Family',
};

const generalSizes: readonly Size[] = [
  general('Standard_D2s_v5', 'standardDSv5Family', 2, 8),
  general('Standard_D4s_v5', 'standardDSv5Family', 4, 16),
  general('Standard_D8s_v5', 'standardDSv5Family', 8, 32),
  general('Standard_D2s_v3', 'standardDSv3Family', 2, 8),
  general('Standard_D4s_v3', 'standardDSv3Family', 4, 16),
  general('Standard_DS2_v2', 'standardDSv2Family', 2, 7),
  general('Standard_E4s_v5', 'standardESv5Family', 4, 32),
  general('Standard_F8s_v2', 'standardFSv2Family', 8, 16),
];

const byName = new Map<string, Size>(
  [...generalSizes, ...gpuSizes.map(gpuSize)].map((size) => [size.name.toLowerCase(), size]),
);

/** Sizes are named without regard to case, as Azure does; undefined for a size the region does not know. */
export function sizeOf(name: string): Size | undefined {
  return byName.get(name.toLowerCase());
}

function general(name: string, family: string, vcpus: number, memoryGiB: number): Size {
  return { name, family, vcpus, memoryGiB, gpus: 0, vendor: 'none', retired: false, arch: 'amd64' };
}

function gpuSize({ size, series, vcpus, memoryGiB, gpuCount, vendor, status }: GpuSize): Size {
  return {
    name: size,
    family: families[series] ?? `standard${series.replaceAll('_', '')}Family`,
    vcpus,
    memoryGiB,
    gpus: gpuCount,
    vendor,
    retired: status === 'retired',
    // The Grace processors.
    arch: /_GB\d+_/.test(size) ? 'arm64' : 'amd64',
  };
}
