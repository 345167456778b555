// Stopping, starting and upgrading, as the cluster's GET, the pools and whoever plays kubelet see it.
import { describe, expect, it } from 'vitest';
import { anArm, gpuPool, type ArmFixture } from './arm-fixture.ts';
import type { InstanceEvent } from './fleet.ts';
import { textAt } from './json.ts';

interface Told {
  readonly arm: ArmFixture;
  readonly events: string[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** An emulator with one GPU pool, and word of every machine from then on. */
async function aCluster(script: Parameters<typeof anArm>[0] = {}): Promise<Told> {
  const arm = await anArm(script);
  await arm.put('ws1');
  arm.clock.advance(180);
  const events: string[] = [];
  const tell = ({ type, reason, instance }: InstanceEvent): void => {
    events.push(`${type} ${reason} ${instance.nodeName.replace(/\d{8}-vmss0{5}/, '')}`);
  };
  arm.aks.onInstance(tell);
  events.length = 0;
  return { arm, events, [Symbol.asyncDispose]: () => arm.aks.close() };
}

async function cluster(arm: ArmFixture): Promise<unknown> {
  const { properties } = await arm.send('GET', '');
  return [properties['provisioningState'], properties['powerState']];
}

describe('stopping the cluster', () => {
  it('takes every machine, keeps the counts, and refuses writes meanwhile and after', async () => {
    await using told = await aCluster();
    const { arm, events } = told;
    const reply = await arm.send('POST', '/stop');
    expect(reply.status).toBe(202);
    expect(await cluster(arm)).toEqual(['Stopping', { code: 'Running' }]);
    expect((await arm.put('ws2')).body['message']).toContain('Another operation (Stopping) is in progress');
    arm.clock.advance(120);

    expect(await cluster(arm)).toEqual(['Succeeded', { code: 'Stopped' }]);
    expect(await arm.operation(reply)).toMatchObject({ status: 'Succeeded' });
    expect((await arm.get('ws1')).properties).toMatchObject({
      count: 1,
      provisioningState: 'Succeeded',
      powerState: { code: 'Stopped' },
    });
    expect((await arm.send('GET', '/agentPools/ws1/machines')).body).toEqual({ value: [] });
    expect(events).toEqual(['removed gone aks-nodepool1-0', 'removed gone aks-ws1-0']);
    expect((await arm.put('ws2')).status).toBe(409);
    expect((await arm.delete('ws1')).status).toBe(409);
  });

  it('and starting it brings the machines back before it ends', async () => {
    await using told = await aCluster();
    const { arm, events } = told;
    arm.aks.stopCluster();
    arm.clock.advance(120);
    events.length = 0;
    expect((await arm.send('POST', '/start')).status).toBe(202);
    expect(await cluster(arm)).toEqual(['Starting', { code: 'Running' }]);
    expect((await arm.get('ws1')).properties['provisioningState']).toBe('Starting');
    arm.clock.advance(120);
    expect(await cluster(arm)).toEqual(['Succeeded', { code: 'Running' }]);
    expect(events).toEqual(['joined joined aks-nodepool1-0', 'joined joined aks-ws1-0']);
  });

  it('a DELETE while it starts makes the start fail', async () => {
    await using told = await aCluster();
    const { arm } = told;
    arm.aks.stopCluster();
    arm.clock.advance(120);
    arm.aks.startCluster();
    expect((await arm.delete('ws1')).status).toBe(202);
    expect(await cluster(arm)).toEqual(['Failed', { code: 'Running' }]);
  });

  it('a DELETE while it starts is refused when the script says so', async () => {
    await using told = await aCluster({ deleteDuringStart: 'conflict' });
    const { arm } = told;
    arm.aks.stopCluster();
    arm.clock.advance(120);
    arm.aks.startCluster();
    expect((await arm.delete('ws1')).status).toBe(409);
  });

  it('numbers machines anew or goes on, as the script says', async () => {
    await using told = await aCluster({ numbering: 'continue' });
    const { arm, events } = told;
    arm.aks.stopPool('ws1');
    arm.clock.advance(120);
    arm.aks.startPool('ws1');
    arm.clock.advance(120);
    expect(events).toEqual(['removed gone aks-ws1-0', 'joined joined aks-ws1-1']);
  });
});

describe('upgrading', () => {
  it('the cluster upgrades the control plane, then each pool over a surge machine', async () => {
    await using told = await aCluster({ timing: { upgradeSeconds: 100 } });
    const { arm, events } = told;
    const reply = await arm.send('PUT', '', {
      body: { location: 'eastus', properties: { kubernetesVersion: '1.35' } },
    });
    expect([reply.status, reply.properties['provisioningState']]).toEqual([200, 'Upgrading']);
    expect((await arm.put('ws2')).body['message']).toContain('Another operation (Upgrading) is in progress');
    arm.clock.advance(250);
    expect((await arm.get('ws1')).properties['provisioningState']).toBe('Upgrading');
    arm.clock.advance(100);
    expect(await cluster(arm)).toEqual(['Succeeded', { code: 'Running' }]);
    expect((await arm.send('GET', '')).properties['currentKubernetesVersion']).toBe('1.35.0');
    expect((await arm.get('ws1')).properties['currentOrchestratorVersion']).toBe('1.35.0');
    expect(events).toEqual([
      'joined surge aks-nodepool1-1',
      'removed upgrade aks-nodepool1-0',
      'joined joined aks-nodepool1-0',
      'removed surge aks-nodepool1-1',
      'joined surge aks-ws1-1',
      'removed upgrade aks-ws1-0',
      'joined joined aks-ws1-0',
      'removed surge aks-ws1-1',
    ]);
  });

  it('a node image upgrade keeps the machine and its providerID', async () => {
    await using told = await aCluster({ timing: { upgradeSeconds: 100 } });
    const { arm, events } = told;
    const before = (await arm.send('GET', '/agentPools/ws1/machines')).body;
    expect((await arm.send('POST', '/agentPools/ws1/upgradeNodeImageVersion')).status).toBe(202);
    expect((await arm.get('ws1')).properties['provisioningState']).toBe('UpgradingNodeImageVersion');
    arm.clock.advance(100);
    expect((await arm.send('GET', '/agentPools/ws1/machines')).body).toEqual(before);
    expect(events).toHaveLength(4);
  });

  it('that is aborted is taken up again by a PUT', async () => {
    await using told = await aCluster();
    const { arm } = told;
    arm.aks.upgradePool('ws1');
    await arm.send('POST', '/agentPools/ws1/abort');
    const reply = await arm.put('ws1');
    expect([reply.status, reply.properties['provisioningState']]).toEqual([200, 'Upgrading']);
  });
});

describe('a cluster that is busy', () => {
  it('refuses writes to every pool until its work ends', async () => {
    await using told = await aCluster();
    const { arm } = told;
    arm.aks.holdCluster('Updating', 60);
    for (const reply of [await arm.put('ws2'), await arm.delete('ws1')]) {
      expect(reply.body['message']).toContain('Another operation (Updating) is in progress');
    }
    arm.clock.advance(60);
    expect((await arm.put('ws2')).status).toBe(201);
  });

  it('does not change while a pool does', async () => {
    await using told = await aCluster();
    const { arm } = told;
    await arm.put('ws2');
    for (const [method, path] of [
      ['POST', '/stop'],
      ['PUT', ''],
    ] as const) {
      const reply = await arm.send(method, path, { body: {} });
      expect([reply.status, reply.body['message']]).toEqual([
        409,
        expect.stringMatching(
          /^Managed Cluster operation is not allowed: Another operation \(Creating\) is in progress on agent pool \(ws2\)/,
        ),
      ]);
    }
  });
});

describe('what others do to a pool', () => {
  it('scaling it to 0 removes its machines and keeps it', async () => {
    await using told = await aCluster();
    const { arm, events } = told;
    arm.aks.scalePool('ws1', 0);
    expect((await arm.get('ws1')).properties['provisioningState']).toBe('Scaling');
    arm.clock.advance(30);
    expect((await arm.get('ws1')).properties).toMatchObject({ count: 0, provisioningState: 'Succeeded' });
    expect(events).toEqual(['removed gone aks-ws1-0']);
  });

  it('scaling it up adds machines', async () => {
    await using told = await aCluster();
    const { arm, events } = told;
    arm.aks.scalePool('ws1', 2);
    arm.clock.advance(180);
    expect(events).toContain('joined joined aks-ws1-1');
  });

  it('tags are replaced as a whole', async () => {
    await using told = await aCluster();
    const { arm } = told;
    arm.aks.retag('ws1', { team: 'x' });
    arm.clock.advance(20);
    expect((await arm.get('ws1')).properties).toMatchObject({ tags: { team: 'x' }, provisioningState: 'Succeeded' });
    arm.aks.retag('ws1', {});
    expect((await arm.get('ws1')).properties).not.toHaveProperty('tags');
  });

  it('a machine that is lost is in no list, while the pool knows nothing of it', async () => {
    await using told = await aCluster();
    const { arm, events } = told;
    const { body } = await arm.send('GET', '/agentPools/ws1/machines');
    const [machine] = Array.isArray(body['value']) ? body['value'] : [];
    arm.aks.loseMachine('ws1', textAt(machine, 'name') ?? '');
    expect((await arm.send('GET', '/agentPools/ws1/machines')).body).toEqual({ value: [] });
    expect((await arm.get('ws1')).properties).toMatchObject({ count: 1, provisioningState: 'Succeeded' });
    expect(events).toEqual(['removed gone aks-ws1-0']);
  });

  it('a deletion beside us takes pool and machine', async () => {
    await using told = await aCluster();
    const { arm, events } = told;
    arm.aks.deletePoolAsUser('ws1');
    arm.clock.advance(30);
    expect((await arm.get('ws1')).status).toBe(404);
    expect(events).toEqual(['removed gone aks-ws1-0']);
  });

  it('a PUT to a pool that failed for want of a machine creates it', async () => {
    await using told = await aCluster({ capacity: { Standard_NC24ads_A100_v4: 1 } });
    const { arm } = told;
    await arm.put('ws2');
    arm.clock.advance(180);
    expect((await arm.get('ws2')).properties['provisioningState']).toBe('Failed');
    arm.aks.setScript({});
    await arm.put('ws2', gpuPool);
    arm.clock.advance(180);
    expect((await arm.send('GET', '/agentPools/ws2/machines')).body['value']).toHaveLength(1);
  });
});
