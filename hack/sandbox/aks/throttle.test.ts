// Token buckets over HTTP, with a clock that stands still.
import { describe, expect, it } from 'vitest';
import { anArm } from './arm-fixture.ts';

describe('throttling by AKS', () => {
  it('serves 60 reads at once, then one a second, and says how long to wait', async () => {
    await using arm = await anArm({ throttling: 'on' });
    for (let count = 0; count < 60; count += 1) expect((await arm.get('nodepool1')).status).toBe(200);
    const refused = await arm.get('nodepool1');
    expect([refused.status, refused.body['code'], refused.headers.get('retry-after')]).toEqual([429, 'Throttled', '1']);
    expect(refused.body['message']).toContain(
      "request limit has been exceeded for SubID='sub', please retry again in 1 seconds",
    );
    arm.clock.advance(1);
    expect((await arm.get('nodepool1')).status).toBe(200);
    expect((await arm.delete('nodepool1')).status).toBe(429);
  });

  it('counts PUTs by pool, a minute each after the first 20', async () => {
    await using arm = await anArm({ throttling: 'on' });
    for (let count = 0; count < 20; count += 1) expect((await arm.put('a')).status).not.toBe(429);
    const refused = await arm.put('a');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
    expect((await arm.put('b')).status).toBe(201);
  });

  it('refills as fast as time runs, and says so in real seconds', async () => {
    await using arm = await anArm({ throttling: 'on' }, { timeScale: 30 });
    for (let count = 0; count < 20; count += 1) await arm.put('a');
    expect((await arm.put('a')).headers.get('retry-after')).toBe('2');
    arm.clock.advance(2);
    expect((await arm.put('a')).status).not.toBe(429);
  });

  it('is off unless asked for', async () => {
    await using arm = await anArm();
    for (let count = 0; count < 61; count += 1) expect((await arm.get('nodepool1')).status).toBe(200);
  });
});

describe('throttling by ARM', () => {
  it('counts down in headers', async () => {
    await using arm = await anArm();
    await arm.get('nodepool1');
    const read = await arm.get('nodepool1');
    const write = await arm.put('ws1');
    const removal = await arm.delete('ws1');
    expect(read.headers.get('x-ms-ratelimit-remaining-subscription-reads')).toBe('248');
    expect(read.headers.get('x-ms-ratelimit-remaining-subscription-global-reads')).toBe('3748');
    expect(write.headers.get('x-ms-ratelimit-remaining-subscription-writes')).toBe('199');
    expect(removal.headers.get('x-ms-ratelimit-remaining-subscription-deletes')).toBe('199');
  });

  it('refuses what exceeds its own bucket with its own envelope', async () => {
    await using arm = await anArm({ throttling: 'on' });
    for (let count = 0; count < 200; count += 1) await arm.put(`p${count % 40}`);
    const refused = await arm.put('last');
    expect([refused.status, refused.body]).toEqual([
      429,
      {
        error: {
          code: 'SubscriptionRequestsThrottled',
          message: expect.stringContaining("exceeded the limit of '200'"),
        },
      },
    ]);
    expect(refused.headers.get('retry-after')).toBe('1');
  });
});
