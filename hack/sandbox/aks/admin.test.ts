// The admin path, as curl would use it.
import { describe, expect, it } from 'vitest';
import { anArm, type ArmFixture, type ArmReply } from './arm-fixture.ts';

function admin(arm: ArmFixture, method: string, path: string, body?: unknown): Promise<ArmReply> {
  return arm.send(method, `${arm.aks.url}/admin/${path}`, { body });
}

describe('/admin', () => {
  it('shows requests, counts and pools', async () => {
    await using arm = await anArm();
    await arm.put('ws1');
    const log: unknown = JSON.parse((await admin(arm, 'GET', 'log')).text);
    expect(log).toMatchObject([
      { operation: 'PUT', pool: 'ws1', method: 'PUT', status: 201, authorized: false, at: '2026-11-22T00:00:00.000Z' },
    ]);
    expect((await admin(arm, 'GET', 'counts')).body).toEqual({ PUT: 1 });
    expect(JSON.parse((await admin(arm, 'GET', 'pools')).text)).toMatchObject([{ name: 'nodepool1' }, { name: 'ws1' }]);
  });

  it('changes the script in part or as a whole', async () => {
    await using arm = await anArm({ zones: ['1'] });
    await admin(arm, 'PATCH', 'script', { retired: 'refuse' });
    expect((await admin(arm, 'GET', 'script')).body).toEqual({ zones: ['1'], retired: 'refuse' });
    expect((await admin(arm, 'PUT', 'script', { pageSize: 5 })).status).toBe(204);
    expect((await admin(arm, 'GET', 'script')).body).toEqual({ pageSize: 5 });
  });

  it('sets faults and clears them', async () => {
    await using arm = await anArm();
    const fault = { effect: { kind: 'broken', status: 502, body: 'html' } };
    await admin(arm, 'POST', 'faults', [fault, fault]);
    expect((await arm.get('nodepool1')).status).toBe(502);
    await admin(arm, 'DELETE', 'faults');
    expect((await arm.get('nodepool1')).status).toBe(200);
  });

  it('plays other people', async () => {
    await using arm = await anArm();
    await arm.put('ws1');
    arm.clock.advance(180);
    await admin(arm, 'POST', 'pools/ws1/retag', { tags: { a: 'b' } });
    arm.clock.advance(20);
    await admin(arm, 'POST', 'pools/ws1/scale', { count: 0 });
    arm.clock.advance(30);
    expect((await arm.get('ws1')).properties).toMatchObject({ tags: { a: 'b' }, count: 0 });
    await admin(arm, 'DELETE', 'pools/ws1');
    arm.clock.advance(30);
    expect((await arm.get('ws1')).status).toBe(404);
    await admin(arm, 'POST', 'cluster/stop');
    expect((await arm.send('GET', '')).properties['provisioningState']).toBe('Stopping');
  });

  it.each([
    ['PUT', 'script', { latency: 5 }, 400, /script must NOT have additional properties/],
    ['PUT', 'script', { retired: 'maybe' }, 400, /script\/retired must be equal to one of the allowed values/],
    ['POST', 'faults', { effect: { kind: 'x' } }, 400, /fault\/effect/],
    ['PUT', 'script', '{', 400, /JSON/],
    ['POST', 'pools/nope/stop', {}, 404, /There is no agent pool "nope"/],
    ['GET', 'nothing', undefined, 404, /Nothing at GET/],
  ])('answers %s %s with %j as bad input', async (method, path, body, status, message) => {
    await using arm = await anArm();
    const reply = await admin(arm, method, path, body);
    expect(reply.status).toBe(status);
    expect(reply.body['message']).toMatch(message);
  });

  it('is not part of the log of ARM requests', async () => {
    await using arm = await anArm();
    await admin(arm, 'GET', 'pools');
    expect(arm.aks.log).toEqual([]);
  });
});
