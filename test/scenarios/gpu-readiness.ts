// GPUReady: a Node that offers fewer GPUs than its size has says so on its claim, and who is to blame.
import { expect } from 'vitest';
import { devicePluginManifest } from '../support/daemon-sets.ts';
import { kaitoMachine } from '../support/machines.ts';
import type { Scenario } from '../support/scenario.ts';
import { conditionOf, isTrue } from '../support/world-things.ts';
import type { World } from '../support/world.ts';

const name = 'ws6fa1b2c3d';
/** Of four GPUs. */
const vmSize = 'Standard_NC24s_v3';

/** What a device plugin makes the kubelet say. */
async function offer(world: World, node: string, gpus: number): Promise<void> {
  const gpu = { 'nvidia.com/gpu': `${gpus}` };
  await world.editStatus('Node', node, { status: { capacity: gpu, allocatable: gpu } });
}

export const gpuReadiness: readonly Scenario[] = [
  {
    name: 'no device plugin, one that does not tolerate the taint, too few GPUs: GPUReady names it, and the Machine stays Ready',
    world: { devicePlugin: false, env: { GPU_GRACE: '20s' } },
    async play(world) {
      await world.startController();
      await world.create('Machine', kaitoMachine({ name, vmSize }));
      const { status } = await world.untilReady(name);
      const node = status?.nodeName ?? '';
      await world.untilCondition(name, 'GPUReady', 'False', 'NoDevicePlugin');
      await world.untilEvent(name, 'NoDevicePlugin');

      const plugin = devicePluginManifest({ namespace: 'default', pod: { tolerations: [] } });
      await world.create('DaemonSet', plugin);
      const repelled = await world.untilCondition(name, 'GPUReady', 'False', 'DevicePluginNotTolerating');
      expect(conditionOf(repelled, 'GPUReady')?.message).toContain('default/nvidia-device-plugin-daemonset');
      expect(conditionOf(repelled, 'GPUReady')?.message).toContain('sku=gpu:NoSchedule');

      await offer(world, node, 3);
      const short = await world.untilCondition(name, 'GPUReady', 'False', 'GpuCountShort');
      expect(conditionOf(short, 'GPUReady')?.message).toContain('3 of its 4 GPUs');

      await offer(world, node, 4);
      await world.untilCondition(name, 'GPUReady', 'True', 'GPUReady');
      const seen = world.history.versions('Machine', name).map(({ thing }) => isTrue(thing, 'Ready'));
      expect(seen.slice(seen.indexOf(true))).not.toContain(false);
    },
  },
  {
    name: '--gpu-readiness=require: a Machine is initialized when its Node offers all of its GPUs, not before',
    world: { devicePlugin: false, env: { GPU_GRACE: '10m', GPU_READINESS: 'require' } },
    async play(world) {
      await world.startController();
      await world.create('Machine', kaitoMachine({ name, vmSize }));
      const { status } = await world.untilCondition(name, 'MachineInitialized', 'False', 'AwaitingGpus');
      const node = status?.nodeName ?? '';
      await offer(world, node, 3);
      // Nobody is blamed before the grace is over.
      world.clock.jump(10 * 60_000);
      await world.untilCondition(name, 'MachineInitialized', 'False', 'GpuCountShort');
      expect(isTrue(world.machine(name), 'Ready')).toBe(false);
      await offer(world, node, 4);
      await world.untilReady(name);
      expect(isTrue(world.machine(name), 'GPUReady')).toBe(true);
    },
  },
  {
    name: 'GPUs that come as they should: GPUReady turns True, and nobody is blamed meanwhile',
    async play(world) {
      await world.startController();
      await world.create('Machine', kaitoMachine({ name, vmSize }));
      await world.untilCondition(name, 'GPUReady', 'True', 'GPUReady');
      await world.untilReady(name);
      const verdicts = world.history
        .versions('Machine', name)
        .map(({ thing }) => conditionOf(thing, 'GPUReady')?.status);
      expect(verdicts).not.toContain('False');
      expect(world.eventsOf(name).map(({ reason }) => reason)).not.toContain('NoDevicePlugin');
    },
  },
];
