// Deleting pools and machines, and what is refused while something else is under way.
import { describe, expect, it } from 'vitest';
import { anArm, gpuPool } from './arm-fixture.ts';
import { textAt } from './json.ts';

describe('DELETE agentPools', () => {
  it('answers 202 with Location and operation, and 204 from the result when the pool is gone', async () => {
    await using arm = await anArm({ timing: { deleteSeconds: 25 } });
    await arm.put('ws1');
    arm.clock.advance(180);
    const deleted = await arm.delete('ws1');
    const result = deleted.headers.get('location') ?? '';

    expect([deleted.status, deleted.text, deleted.headers.has('retry-after')]).toEqual([202, '', false]);
    expect((await arm.get('ws1')).properties['provisioningState']).toBe('Deleting');
    expect((await arm.send('GET', result)).status).toBe(202);
    arm.clock.advance(25);
    expect((await arm.send('GET', result)).status).toBe(204);
    expect((await arm.get('ws1')).status).toBe(404);
    expect(await arm.operation(deleted)).toMatchObject({ status: 'Succeeded' });
  });

  it('answers 204 for a pool that is not there', async () => {
    await using arm = await anArm();
    expect((await arm.delete('nope', { 'if-match': 'some' })).status).toBe(204);
  });

  it('preempts a creation', async () => {
    await using arm = await anArm();
    const created = await arm.put('ws1');
    arm.clock.advance(60);
    expect((await arm.delete('ws1')).status).toBe(202);
    expect(await arm.operation(created)).toMatchObject({
      status: 'Failed',
      error: { code: 'AKSOperationPreemptedByDelete' },
    });
    arm.clock.advance(30);
    expect((await arm.get('ws1')).status).toBe(404);
    arm.clock.advance(600);
    expect(arm.aks.pools()).toHaveLength(1);
  });

  it.each([
    ['accepted', 202],
    ['gone', 204],
    ['conflict', 409],
  ] as const)('can answer a second DELETE as %s', async (deleteWhileDeleting, status) => {
    await using arm = await anArm({ deleteWhileDeleting });
    await arm.put('ws1');
    await arm.delete('ws1');
    expect((await arm.delete('ws1')).status).toBe(status);
  });

  it('refuses the last pool and the last system pool', async () => {
    await using arm = await anArm();
    expect((await arm.delete('nodepool1')).body).toMatchObject({
      code: 'OperationNotAllowed',
      message: 'There has to be at least one agent pool.',
    });
    await arm.put('ws1');
    expect((await arm.delete('nodepool1')).body).toMatchObject({
      message: 'There has to be at least one system agent pool.',
    });
  });

  it('removes a pool that failed', async () => {
    await using arm = await anArm({ plans: [{ fail: { code: 'NodesNotReady', message: 'no' } }] });
    await arm.put('ws1');
    arm.clock.advance(180);
    expect((await arm.get('ws1')).properties['provisioningState']).toBe('Failed');
    await arm.delete('ws1');
    arm.clock.advance(30);
    expect((await arm.get('ws1')).status).toBe(404);
  });

  it('fails behind budgets unless it is told to ignore them', async () => {
    await using arm = await anArm({ plans: [{ budgets: 'blocked' }], timing: { drainSeconds: 600 } });
    await arm.put('ws1');
    arm.clock.advance(180);
    await arm.delete('ws1');
    arm.clock.advance(600);
    expect((await arm.get('ws1')).properties).toMatchObject({
      provisioningState: 'Failed',
      status: { provisioningError: { code: 'PodDrainFailure' } },
    });
    await arm.send('DELETE', '/agentPools/ws1?ignore-pod-disruption-budget=true');
    arm.clock.advance(30);
    expect((await arm.get('ws1')).status).toBe(404);
  });

  it('fails later when the plan says so, and works the next time', async () => {
    const failDeletion = { afterSeconds: 10, code: 'InUseSubnetCannotBeDeleted', message: 'Subnet is in use.' };
    await using arm = await anArm({ plans: [{ failDeletion }] });
    await arm.put('ws1');
    arm.clock.advance(180);
    await arm.delete('ws1');
    arm.clock.advance(10);
    expect((await arm.get('ws1')).properties).toMatchObject({
      provisioningState: 'Failed',
      status: { provisioningError: { code: 'InUseSubnetCannotBeDeleted' } },
    });
    await arm.delete('ws1');
    arm.clock.advance(30);
    expect((await arm.get('ws1')).status).toBe(404);
  });
});

describe('a pool that is busy', () => {
  it('refuses a PUT while it is created', async () => {
    await using arm = await anArm();
    await arm.put('ws1');
    const reply = await arm.put('ws1');
    expect(reply.status).toBe(409);
    expect(reply.body).toMatchObject({
      code: 'OperationNotAllowed',
      message:
        'Operation is not allowed: Another agentpool operation (ws1 - Creating) is in progress, please wait for it to finish before starting a new operation. See https://aka.ms/aks-pending-operation for more details',
    });
  });

  it('refuses a PUT while it is deleted', async () => {
    await using arm = await anArm();
    await arm.put('ws1');
    await arm.delete('ws1');
    const reply = await arm.put('ws1');
    expect(reply.status).toBe(409);
    expect(reply.body['message']).toMatch(
      /^Unable to perform 'Scaling' operation on 'ws1' since deletion was issued on 'ws1'/,
    );
  });

  it('refuses a DELETE while it is updated', async () => {
    await using arm = await anArm();
    arm.aks.retag('nodepool1', { team: 'x' });
    await arm.put('sys', { ...gpuPool, mode: 'System' });
    expect((await arm.delete('nodepool1')).status).toBe(409);
  });

  it('does not keep other pools from being created', async () => {
    await using arm = await anArm();
    const replies = await Promise.all(['a', 'b', 'c'].map((name) => arm.put(name)));
    expect(replies.map((reply) => reply.status)).toEqual([201, 201, 201]);
  });
});

describe('abort', () => {
  it('cancels what is under way', async () => {
    await using arm = await anArm();
    const created = await arm.put('ws1');
    expect((await arm.send('POST', '/agentPools/ws1/abort')).status).toBe(202);
    expect((await arm.get('ws1')).properties['provisioningState']).toBe('Canceled');
    expect(await arm.operation(created)).toMatchObject({ status: 'Canceled' });
  });

  it('answers 409 when nothing is under way', async () => {
    await using arm = await anArm();
    expect((await arm.send('POST', '/agentPools/nodepool1/abort')).status).toBe(409);
  });
});

describe('machines', () => {
  it('are listed from their allocation on', async () => {
    await using arm = await anArm({ timing: { allocateSeconds: 40 } });
    await arm.put('ws1', { ...gpuPool, count: 2 });
    expect((await arm.send('GET', '/agentPools/ws1/machines')).body).toEqual({ value: [] });
    arm.clock.advance(40);
    const { body } = await arm.send('GET', '/agentPools/ws1/machines');
    expect(body['value']).toMatchObject([
      { name: expect.stringMatching(/^aks-ws1-\d{8}-vmss000000$/) },
      { name: expect.stringMatching(/vmss000001$/) },
    ]);
  });

  it('leave one by one through deleteMachines', async () => {
    await using arm = await anArm();
    await arm.put('ws1', { ...gpuPool, count: 2 });
    arm.clock.advance(180);
    const listed = (await arm.send('GET', '/agentPools/ws1/machines')).body['value'];
    const first = Array.isArray(listed) ? textAt(listed[0], 'name') : undefined;
    const reply = await arm.send('POST', '/agentPools/ws1/deleteMachines', { body: { machineNames: [first] } });
    arm.clock.advance(30);
    expect(reply.status).toBe(202);
    expect((await arm.get('ws1')).properties).toMatchObject({ count: 1, provisioningState: 'Succeeded' });
    expect((await arm.send('GET', '/agentPools/ws1/machines')).body['value']).toMatchObject([
      { name: expect.stringMatching(/vmss000001$/) },
    ]);
  });

  it('are refused by deleteMachines when they are not there', async () => {
    await using arm = await anArm();
    const reply = await arm.send('POST', '/agentPools/nodepool1/deleteMachines', { body: { machineNames: ['nope'] } });
    expect(reply.status).toBe(400);
  });
});
