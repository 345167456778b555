import { describe, expect, test } from 'vitest';
import { aNode } from '../../../test/support/claim-builders.ts';
import { aDevicePlugin } from '../../../test/support/daemon-sets.ts';
import type { PluginWish } from '../../../test/support/daemon-sets.ts';
import type { Node } from '../../apis/wire.ts';
import { devicePluginOf, fitOf } from './device-plugin.ts';

const gpuTaint = { key: 'sku', value: 'gpu', effect: 'NoSchedule' };

function fit(pod: PluginWish['pod'], node: Node): string {
  const plugin = devicePluginOf(aDevicePlugin(pod === undefined ? {} : { pod }));
  return plugin === undefined ? 'no plugin' : fitOf(plugin, node).fit;
}
const terms = (...expressions: { key: string; operator: string; values?: string[] }[]): PluginWish['pod'] => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: expressions }] },
    },
  },
});

describe('devicePluginOf', () => {
  test.each([
    ['nvidia-device-plugin-daemonset', 'mcr.microsoft.com/oss/nvidia/k8s-device-plugin:1.11', 'NVIDIA'],
    ['gpu', 'nvcr.io/nvidia/k8s-device-plugin:v0.16.2', 'NVIDIA'],
    ['nvidia-device-plugin', 'registry.example/mirror:1', 'NVIDIA'],
    ['amdgpu-device-plugin-daemonset', 'rocm/k8s-device-plugin', 'AMD'],
    ['intel-gpu-plugin', 'intel/intel-device-plugin:1', undefined],
    ['nvidia-dcgm-exporter', 'nvcr.io/nvidia/k8s/dcgm-exporter:3', undefined],
    ['kube-proxy', 'mcr.microsoft.com/oss/kubernetes/kube-proxy:1', undefined],
  ])('%s of %s: %s', (name, image, vendor) => {
    expect(devicePluginOf(aDevicePlugin({ name, image }))?.vendor).toBe(vendor);
  });
});

describe('fitOf', () => {
  test.each<[string, PluginWish['pod'], string]>([
    ['the key and value of the taint', undefined, 'runs'],
    ['everything', { tolerations: [{ operator: 'Exists' }] }, 'runs'],
    ['the key with any value', { tolerations: [{ key: 'sku', operator: 'Exists' }] }, 'runs'],
    ['nothing', { tolerations: [] }, 'repelled'],
    ['another key', { tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists' }] }, 'repelled'],
    ['another value', { tolerations: [{ key: 'sku', value: 'cpu' }] }, 'repelled'],
    ['another effect', { tolerations: [{ key: 'sku', value: 'gpu', effect: 'NoExecute' }] }, 'repelled'],
  ])('a plugin that tolerates %s', (_, pod, expected) => {
    expect(fit(pod, aNode({ taints: [gpuTaint] }))).toBe(expected);
  });

  test('taints that pass by themselves, and such as only ask, repel nobody', () => {
    const taints = [
      { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
      { key: 'node.cloudprovider.kubernetes.io/uninitialized', effect: 'NoSchedule' },
      { key: 'mine', effect: 'PreferNoSchedule' },
    ];
    expect(fit({ tolerations: [] }, aNode({ taints }))).toBe('runs');
  });

  test.each<[string, PluginWish['pod'], string]>([
    ['a selector that the Node fulfils', { nodeSelector: { accelerator: 'nvidia' } }, 'runs'],
    ['a selector that it does not', { nodeSelector: { accelerator: 'amd' } }, 'unselected'],
    ['In', terms({ key: 'accelerator', operator: 'In', values: ['nvidia', 'amd'] }), 'runs'],
    ['NotIn', terms({ key: 'type', operator: 'NotIn', values: ['virtual-kubelet'] }), 'runs'],
    ['Exists', terms({ key: 'kaito.sh/machine-type', operator: 'Exists' }), 'unselected'],
    ['DoesNotExist', terms({ key: 'accelerator', operator: 'DoesNotExist' }), 'unselected'],
    ['Gt', terms({ key: 'gpus', operator: 'Gt', values: ['4'] }), 'runs'],
    ['Lt', terms({ key: 'gpus', operator: 'Lt', values: ['4'] }), 'unselected'],
    ['a term that asks for nothing', terms(), 'unselected'],
  ])('a plugin with %s', (_, pod, expected) => {
    expect(fit(pod, aNode({ labels: { accelerator: 'nvidia', gpus: '8' } }))).toBe(expected);
  });
});
