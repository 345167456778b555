// What a kubelet says of its node: the object it registers, its conditions and what the machine holds.
import type { Instance } from '../aks/fleet.ts';
import { sizeOf } from '../aks/sizes.ts';
import type { NodeFacts, Taint } from './node-taints.ts';

export const uninitialized: Taint = {
  key: 'node.cloudprovider.kubernetes.io/uninitialized',
  value: 'true',
  effect: 'NoSchedule',
};
export const notReady: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
export const unreachable: Taint = { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' };

// The cloud controller manager writes these later, with the providerID.
const cloudLabels = [
  'node.kubernetes.io/instance-type',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
];

/** By the pool's osSKU, as /etc/os-release calls it. */
const osImages: Readonly<Record<string, string>> = { AzureLinux: 'Microsoft Azure Linux 3.0' };

/** As registered, status and all: not ready, and not yet known to the cloud controller manager. */
export function registeredNode(instance: Instance, now: Date): object {
  const labels = Object.entries(instance.labels).filter(([key]) => !cloudLabels.includes(key));
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: instance.nodeName, labels: Object.fromEntries(labels) },
    spec: { taints: [uninitialized, notReady, ...instance.taints.map(taintOf)] },
    status: nodeStatus(instance, { ready: false, devices: false, since: now, now }),
  };
}

/** What the cloud controller manager adds. */
export function cloudFacts(instance: Instance): NodeFacts {
  const labels = Object.entries(instance.labels).filter(([key]) => cloudLabels.includes(key));
  return { labels: Object.fromEntries(labels), providerID: instance.providerID };
}

/** `key=value:Effect` or `key:Effect`. */
export function taintOf(text: string): Taint {
  const [pair = '', effect = ''] = text.split(':');
  const [key = '', value] = pair.split('=');
  return { key, effect, ...(value === undefined ? {} : { value }) };
}

export interface NodeHealth {
  readonly ready: boolean;
  /** Whether the device plugin has told of the GPUs. */
  readonly devices: boolean;
  /** When `ready` last changed. */
  readonly since: Date;
  readonly now: Date;
}

/** The status that a kubelet patches; lists are merged by key. */
export function nodeStatus(instance: Instance, health: NodeHealth): object {
  const size = sizeOf(instance.vmSize);
  const memoryKi = Math.round((size?.memoryGiB ?? 16) * 1024 * 1024 * 0.97);
  const cores = size?.vcpus ?? 4;
  const gpus = health.devices ? gpusOf(instance) : {};
  const diskKi = instance.diskGiB * 1024 * 1024;
  return {
    capacity: {
      cpu: String(cores),
      memory: `${memoryKi}Ki`,
      'ephemeral-storage': `${diskKi}Ki`,
      pods: String(instance.maxPods),
      ...gpus,
    },
    allocatable: {
      cpu: `${cores * 1000 - 180}m`,
      memory: `${Math.round(memoryKi * 0.9)}Ki`,
      'ephemeral-storage': String(Math.round(diskKi * 1024 * 0.9)),
      pods: String(instance.maxPods),
      ...gpus,
    },
    conditions: conditions(health),
    addresses: [
      { type: 'InternalIP', address: addressOf(instance) },
      { type: 'Hostname', address: instance.nodeName },
    ],
    nodeInfo: {
      architecture: size?.arch ?? 'amd64',
      bootID: instance.bootId,
      containerRuntimeVersion: 'containerd://2.0.4-1',
      kernelVersion: '5.15.0-1102-azure',
      kubeProxyVersion: `v${instance.kubernetesVersion}`,
      kubeletVersion: `v${instance.kubernetesVersion}`,
      machineID: instance.bootId.replaceAll('-', ''),
      operatingSystem: 'linux',
      osImage: osImages[instance.labels['kubernetes.azure.com/os-sku'] ?? ''] ?? 'Ubuntu 22.04.5 LTS',
      systemUUID: instance.bootId,
    },
  };
}

/** The GPUs of the machine as a device plugin names them. */
export function gpusOf(instance: Instance): Readonly<Record<string, string>> {
  const size = sizeOf(instance.vmSize);
  if (size === undefined || size.gpus === 0) return {};
  return { [size.vendor === 'AMD' ? 'amd.com/gpu' : 'nvidia.com/gpu']: String(size.gpus) };
}

/** Made of the node's name, so that it stays the same; of no network. */
function addressOf(instance: Instance): string {
  let sum = 7;
  for (const letter of instance.nodeName) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_000;
  return `10.224.${Math.floor(sum / 250)}.${(sum % 250) + 4}`;
}

function conditions({ ready, since, now }: NodeHealth): readonly object[] {
  const lastHeartbeatTime = now.toISOString().replace(/\.\d+Z$/, 'Z');
  const lastTransitionTime = since.toISOString().replace(/\.\d+Z$/, 'Z');
  const fine = (type: string, reason: string, message: string): object => ({
    type,
    status: 'False',
    reason,
    message,
    lastHeartbeatTime,
    lastTransitionTime,
  });
  return [
    fine('MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    fine('DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    fine('PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    {
      type: 'Ready',
      status: ready ? 'True' : 'False',
      reason: ready ? 'KubeletReady' : 'KubeletNotReady',
      message: ready
        ? 'kubelet is posting ready status'
        : 'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
      lastHeartbeatTime,
      lastTransitionTime,
    },
  ];
}
