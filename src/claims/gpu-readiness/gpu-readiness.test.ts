import { describe, expect, test } from 'vitest';
import { aNode, noon } from '../../../test/support/claim-builders.ts';
import type { NodeOptions } from '../../../test/support/claim-builders.ts';
import { aDevicePlugin } from '../../../test/support/daemon-sets.ts';
import type { PluginWish } from '../../../test/support/daemon-sets.ts';
import { gpuSizes } from '../../azure/catalogue.ts';
import { devicePluginOf } from './device-plugin.ts';
import { gpuReadiness, gpuSizeOf } from './gpu-readiness.ts';
import type { GpuView } from './gpu-readiness.ts';

const eight = { vendor: 'NVIDIA', gpuCount: 8, gpuMemoryGiB: 640 } as const;
const taints = [{ key: 'sku', value: 'gpu', effect: 'NoSchedule' }];

function plugins(...wishes: readonly PluginWish[]): GpuView['plugins'] {
  return wishes.flatMap((wish) => devicePluginOf(aDevicePlugin(wish)) ?? []);
}

/** A Node that has been Ready for ten minutes. */
function verdict(node: NodeOptions, view: Partial<Omit<GpuView, 'node'>> = {}) {
  return gpuReadiness({
    node: aNode({ createdAt: -700, readySince: -600, taints, ...node }),
    size: eight,
    plugins: plugins({}),
    nowApiMs: noon,
    graceMs: 120_000,
    ...view,
  });
}

const offering = (amount: string, name = 'nvidia.com/gpu'): NodeOptions => ({
  allocatable: { cpu: '90', [name]: amount },
});

const sized = (size: string) => gpuSizeOf(aNode({ labels: { 'node.kubernetes.io/instance-type': size } }));

describe('gpuReadiness', () => {
  test('as many GPUs as the size has: True', () => {
    expect(verdict(offering('8'))).toEqual({ type: 'GPUReady', status: 'True', reason: 'GPUReady', message: '' });
  });

  test('a Node that has just become Ready gets time, whatever is missing', () => {
    const young = { readySince: -60, conditions: [] };
    expect(verdict(young, { plugins: plugins() })).toMatchObject({ status: 'Unknown', reason: 'AwaitingGpus' });
  });

  test('while nothing is known of the DaemonSets nobody is blamed', () => {
    expect(verdict({}, { plugins: undefined })).toMatchObject({ status: 'Unknown', reason: 'AwaitingGpus' });
  });

  test('NoDevicePlugin: there is none, or only one of the other maker', () => {
    const amd = { name: 'amdgpu-device-plugin', image: 'rocm/k8s-device-plugin' };
    expect(verdict({}, { plugins: plugins() })).toMatchObject({ status: 'False', reason: 'NoDevicePlugin' });
    expect(verdict({}, { plugins: plugins(amd) })).toMatchObject({ status: 'False', reason: 'NoDevicePlugin' });
  });

  test('NoDevicePlugin: there is one, and it does not select the Node', () => {
    const { message, reason } = verdict({}, { plugins: plugins({ pod: { nodeSelector: { accelerator: 'nvidia' } } }) });
    expect(reason).toBe('NoDevicePlugin');
    expect(message).toContain('kube-system/nvidia-device-plugin-daemonset does not select it');
  });

  test('DevicePluginNotTolerating: names the DaemonSet and the taint', () => {
    const { message, reason } = verdict({}, { plugins: plugins({ pod: { tolerations: [] } }) });
    expect(reason).toBe('DevicePluginNotTolerating');
    expect(message).toContain(
      'kube-system/nvidia-device-plugin-daemonset does not tolerate its taint sku=gpu:NoSchedule',
    );
  });

  test('DevicePluginNotReady: one runs there and says nothing; another that is kept away is not blamed', () => {
    const repelled = { name: 'old-nvidia-device-plugin', pod: { tolerations: [] } };
    const { message, reason } = verdict({}, { plugins: plugins(repelled, {}) });
    expect(reason).toBe('DevicePluginNotReady');
    expect(message).toContain('kube-system/nvidia-device-plugin-daemonset');
  });

  test("DevicePluginNotReady: AKS's own plugin has failed", () => {
    const conditions = [{ type: 'UnhealthyNvidiaDevicePlugin', status: 'True' }];
    expect(verdict({ conditions }, { plugins: plugins() })).toMatchObject({ reason: 'DevicePluginNotReady' });
  });

  test.each(['GPUMissing', 'XIDErrors', 'NVLinkStatusInactive'])('DriverFailed: the Node says %s', (type) => {
    const conditions = [{ type, status: 'True', message: 'Xid 79, the GPU has fallen off the bus' }];
    const { message, reason } = verdict({ ...offering('7'), conditions });
    expect(reason).toBe('DriverFailed');
    expect(message).toContain(`${type} (Xid 79`);
    expect(verdict({ ...offering('7'), conditions: [{ type, status: 'False' }] }).reason).toBe('GpuCountShort');
  });

  test('K29-CO02 GpuCountShort: some are there', () => {
    const { message, reason, status } = verdict(offering('7'));
    expect({ reason, status }).toEqual({ reason: 'GpuCountShort', status: 'False' });
    expect(message).toContain('offers 7 of its 8 GPUs');
  });

  describe('GPUs that are cut or shared', () => {
    const single = {
      'nvidia.com/mig.strategy': 'single',
      'nvidia.com/gpu.product': 'NVIDIA-A100-SXM4-80GB-MIG-1g.10gb',
    };

    test.each<[string, NodeOptions, 'True' | 'False']>([
      ['mixed: 7 instances of each GPU', offering('56', 'nvidia.com/mig-1g.10gb'), 'True'],
      ['mixed: a GPU without instances', offering('49', 'nvidia.com/mig-1g.10gb'), 'False'],
      ['mixed: 4 larger ones of each GPU', offering('32', 'nvidia.com/mig-1g.20gb'), 'True'],
      ['mixed: 3 of each GPU', offering('24', 'nvidia.com/mig-2g.20gb'), 'True'],
      ['mixed: one of each GPU', offering('8', 'nvidia.com/mig-7g.80gb'), 'True'],
      ['mixed: one whole GPU too few', offering('7', 'nvidia.com/mig-7g.80gb'), 'False'],
      ['mixed: some GPUs are whole', { allocatable: { 'nvidia.com/gpu': '4', 'nvidia.com/mig-3g.40gb': '8' } }, 'True'],
      ['single: 7 instances of each GPU', { ...offering('56'), labels: single }, 'True'],
      ['single: a GPU without instances', { ...offering('49'), labels: single }, 'False'],
      ['time slicing: 4 pods to a GPU', { ...offering('32'), labels: { 'nvidia.com/gpu.replicas': '4' } }, 'True'],
      ['time slicing, a GPU short', { ...offering('28'), labels: { 'nvidia.com/gpu.replicas': '4' } }, 'False'],
      ['time slicing under its own name', offering('8', 'nvidia.com/gpu.shared'), 'True'],
    ])('%s', (_, node, status) => {
      expect(verdict(node).status).toBe(status);
    });
  });

  test('AMD: whole ones and parts', () => {
    const size = { vendor: 'AMD', gpuCount: 8, gpuMemoryGiB: 1536 } as const;
    expect(verdict(offering('8', 'amd.com/gpu'), { size }).status).toBe('True');
    expect(verdict(offering('64', 'amd.com/cpx_nps4'), { size }).status).toBe('True');
    expect(verdict(offering('8'), { size }).status).toBe('False');
  });

  test('a size that nobody knows: any GPU will do', () => {
    expect(verdict(offering('1'), { size: undefined }).status).toBe('True');
    expect(verdict({}, { size: undefined }).status).toBe('False');
  });

  test('every message stays below 200 bytes on the longest names that AKS gives', () => {
    const name = 'aks-ws1a2b3c4d5e-12345678-vmss00000a';
    const conditions = [{ type: 'NVLinkStatusInactive', status: 'True', message: 'x'.repeat(500) }];
    const all = [
      verdict({ name, conditions }),
      verdict({ name }),
      verdict({ name }, { plugins: plugins() }),
      verdict({ name }, { plugins: plugins({ pod: { tolerations: [] } }) }),
      verdict({ name, ...offering('7') }),
    ];
    for (const { message } of all) expect(Buffer.byteLength(message)).toBeLessThanOrEqual(200);
  });
});

describe('gpuSizeOf', () => {
  test('knows every size of the catalogue by the label of the Node', () => {
    for (const { gpuCount, size } of gpuSizes) expect(sized(size)?.size?.gpuCount).toBe(gpuCount);
  });

  test('a size without GPUs has none to wait for, and a Node that does not say neither', () => {
    expect(sized('Standard_D8s_v5')).toBeUndefined();
    expect(gpuSizeOf(aNode())).toBeUndefined();
  });

  test('a GPU size that the catalogue does not know', () => {
    expect(sized('Standard_ND999_future')).toEqual({ size: undefined });
  });
});
