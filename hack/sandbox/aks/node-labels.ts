// The labels that AKS puts on a node of a pool.
import { sizeOf } from './sizes.ts';
import { textAt } from './json.ts';
import type { Machine, Pool, World } from './world.ts';

/** The pool's own labels first; those of AKS win, as their keys are reserved. */
export function nodeLabels(world: World, pool: Pool, machine: Machine): Readonly<Record<string, string>> {
  const size = sizeOf(machine.vmSize);
  const { location, nodeResourceGroup } = world.identity;
  const { properties } = pool.spec;
  const managedDisk = textAt(properties, 'osDiskType') === 'Managed';
  const labels: Record<string, string> = {
    ...pool.spec.nodeLabels,
    agentpool: pool.name,
    'kubernetes.azure.com/agentpool': pool.name,
    'kubernetes.azure.com/cluster': nodeResourceGroup,
    'kubernetes.azure.com/mode': pool.spec.mode.toLowerCase(),
    'kubernetes.azure.com/role': 'agent',
    'kubernetes.azure.com/node-image-version': textAt(properties, 'nodeImageVersion') ?? '',
    'kubernetes.azure.com/os-sku': textAt(properties, 'osSKU') ?? 'Ubuntu',
    'kubernetes.azure.com/nodepool-type': 'VirtualMachineScaleSets',
    'kubernetes.azure.com/storageprofile': managedDisk ? 'managed' : 'ephemeral',
    'kubernetes.azure.com/storagetier': 'Premium_LRS',
    'kubernetes.azure.com/priority': pool.spec.spot ? 'spot' : 'regular',
    'node.kubernetes.io/instance-type': machine.vmSize,
    'topology.kubernetes.io/region': location,
    'topology.kubernetes.io/zone': machine.zone === undefined ? '0' : `${location}-${machine.zone}`,
    'kubernetes.io/arch': size?.arch ?? 'amd64',
    'kubernetes.io/os': 'linux',
    'kubernetes.io/hostname': machine.nodeName,
  };
  if (pool.spec.spot) labels['kubernetes.azure.com/scalesetpriority'] = 'spot';
  if (size !== undefined) {
    labels['kubernetes.azure.com/sku-cpu'] = String(size.vcpus);
    labels['kubernetes.azure.com/sku-memory'] = String(Math.round(size.memoryGiB * 1024));
  }
  if (size?.vendor === 'NVIDIA') {
    labels['accelerator'] = 'nvidia';
    labels['kubernetes.azure.com/accelerator'] = 'nvidia';
  }
  return labels;
}
