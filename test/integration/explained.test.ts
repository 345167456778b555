// What people are told by `why` and `status`, with the controller as a process: the right cause, and the next step, on one screen.
import { describe, expect, it } from 'vitest';
import { aCommandWorld, type CommandWorld } from '../support/command-line.ts';
import { kaitoMachine } from '../support/machines.ts';
import { aBudget, aPod } from '../support/pods.ts';
import { scenarioTime } from '../support/scenario.ts';
import { isTrue } from '../support/world-things.ts';

const name = 'ws6fa1b2c3d';
const screenLines = 40;

/** Something is wrong, which is told on one screen and without a complaint. */
async function told(people: CommandWorld, ...argv: readonly string[]): Promise<string> {
  const { code, stderr, stdout } = await people.run(...argv);
  expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
  expect(stdout.split('\n').length).toBeLessThanOrEqual(screenLines);
  // Lines are wrapped; a sentence is not.
  return stdout.replaceAll(/\s+/g, ' ');
}

describe.concurrent('explained to people', () => {
  it(
    'a claim refused for quota: the numbers, when it is tried again, and where to ask for more',
    scenarioTime,
    async () => {
      await using people = await aCommandWorld({ script: { quotas: { families: { standardNCSv3Family: 0 } } } });
      const { world } = people;
      await people.install();
      await world.create('Machine', kaitoMachine({ name }));
      await world.untilCondition(name, 'MachineLaunched', 'False', 'QuotaExceeded');
      await world.untilEvent(name, 'QuotaExceeded');
      const text = await told(people, 'why', name);
      expect(text).toContain(`Machine "${name}" is not Ready: it has been launching for`);
      expect(text).toContain('Cause QuotaExceeded: Quota is used up: need 6 vCPUs, have 0, for standardNCSv3Family');
      expect(text).toMatch(/the cause, to be mended or to pass; the next try is due in \d+m/);
      expect(text).toContain('Next Ask for more under Quotas in the Azure portal');
      expect(text).toContain('$ az vm list-usage --subscription');
      expect(text).toMatch(/Warning QuotaExceeded machine\/ws6fa1b2c3d/);
      const fleet = await told(people, 'status');
      expect(fleet).toMatch(/launching \(stuck\) \S+ QuotaExceeded: Quota is used up/);
      expect(fleet).toContain('1 claim needs somebody');
    },
  );

  it(
    'a Node without a device plugin: Ready, without its GPUs, and the plugin with the tolerations that it needs',
    scenarioTime,
    async () => {
      await using people = await aCommandWorld({ devicePlugin: false, env: { GPU_GRACE: '20s' } });
      const { world } = people;
      await people.install();
      await world.create('Machine', kaitoMachine({ name }));
      const { status } = await world.untilReady(name);
      await world.untilCondition(name, 'GPUReady', 'False', 'NoDevicePlugin');
      const text = await told(people, 'why', name);
      expect(text).toContain('but its GPUs cannot all be used');
      expect(text).toContain('Cause NoDevicePlugin: Node');
      expect(text).toContain('$ helm upgrade --install nvidia-device-plugin nvdp/nvidia-device-plugin');
      expect(text).toContain('tolerations[1].key=sku,tolerations[1].operator=Exists');
      for (const phase of ['launching', 'registering', 'initializing', 'ready'])
        expect(text).toMatch(new RegExp(`${phase} +\\S+ since`));
      const ofNode = await told(people, 'why', `node/${status?.nodeName}`);
      expect(ofNode).toContain(`is of machine/${name}. Machine "${name}" has been Ready`);
      expect(ofNode).toContain('NoDevicePlugin');
    },
  );

  it('a drain that a budget forbids: the pod, the budget, and where to give it room', scenarioTime, async () => {
    await using people = await aCommandWorld();
    const { world } = people;
    await people.install();
    await world.create('PodDisruptionBudget', aBudget('keep-one', 'model', 1));
    await world.create('Machine', kaitoMachine({ name }));
    const { status } = await world.untilReady(name);
    const tolerations = [{ key: 'sku', operator: 'Exists' }];
    await world.create(
      'Pod',
      aPod({ name: 'model', node: status?.nodeName ?? '', labels: { app: 'model' }, tolerations }),
    );
    // A budget protects no pod before it is ready.
    await world.until('the pod is ready', () => isTrue(world.history.get('Pod', 'model'), 'Ready'));
    await world.remove('Machine', name);
    await world.untilCondition(name, 'Drained', 'Unknown', 'DrainBlocked');
    const text = await told(people, 'why', `machine/${name}`);
    expect(text).toContain(`Machine "${name}" has been going away for`);
    expect(text).toContain('Waits for the pods on Node');
    expect(text).toContain('Cause DrainBlocked: Pod "default/model" may not be evicted now');
    expect(text).toContain('keep-one');
    expect(text).toContain('Next Give the budget room, or delete the pod');
    expect(text).toContain('$ kubectl get poddisruptionbudgets --namespace default');
    expect(text).toMatch(/deleting +\S+ since \S+ \S+ UTC, still/);
  });

  it('a leaked pool: whose it was, what it costs, and how to keep it or let it go', scenarioTime, async () => {
    await using people = await aCommandWorld({ env: { ORPHAN_GRACE: '6h' } });
    const { world } = people;
    await world.makePool(name, {
      tags: {
        'gpu-provisioner-schema': '1',
        'gpu-provisioner-kind': 'Machine',
        'gpu-provisioner-name': name,
        'gpu-provisioner-uid': '11111111-2222-4333-8444-000000000001',
        'gpu-provisioner-mode': 'dedicated',
      },
    });
    await people.install();
    await world.untilEvent('gpu-provisioner-leader-election', 'OrphanPool');
    const fleet = await told(people, 'status');
    expect(fleet).toMatch(/Leaks 1, about \$\d+\.\d\d an hour/);
    expect(fleet).toContain('1 agent pool has no claim');
    const text = await told(people, 'why', `pool/${name}`);
    expect(text).toContain(`Agent pool "${name}" has lost its claim and is billed`);
    expect(text).toMatch(/made for machine\/ws6fa1b2c3d, \$\d+\.\d\d an hour/);
    expect(text).toMatch(/Cause OrphanPool: .* which is gone; it is deleted in \d+ min at the soonest/);
    expect(text).toContain('gpu-provisioner.io/adopt');
    expect(text).toContain(`$ az aks nodepool show --subscription`);
  });
});
