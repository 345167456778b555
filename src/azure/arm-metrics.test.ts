import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { createMetrics } from '../observability/metrics.ts';
import { createArmMetrics } from './arm-metrics.ts';
import { ArmLimiter } from './limiter.ts';

describe('createArmMetrics', () => {
  it('counts requests by operation and code, and calls as Karpenter does', async () => {
    const metrics = createMetrics();
    const observer = createArmMetrics(metrics, new FakeClock());
    observer.observeRequest({ operation: 'list', code: '200', remaining: { reads: 11_999 } });
    observer.observeRequest({ operation: 'create', code: 'ECONNRESET', remaining: {} });
    observer.observeCall({ operation: 'list', durationMs: 300 });
    observer.observeCall({ operation: 'create', durationMs: 20, error: 'ECONNRESET', reason: 'AwaitingAzure' });
    const text = await metrics.text();
    const labels = 'controller="gpu-provisioner",provider="azure",method="Create"';
    expect(text).toContain('gpu_provisioner_arm_requests_total{operation="list",code="200"} 1');
    expect(text).toContain('gpu_provisioner_arm_requests_total{operation="create",code="ECONNRESET"} 1');
    expect(text).toContain('gpu_provisioner_arm_requests_total{operation="delete",code="202"} 0');
    expect(text).toContain('gpu_provisioner_arm_remaining_requests{kind="reads"} 11999');
    expect(text).toMatch(
      /karpenter_cloudprovider_duration_seconds_sum\{controller="gpu-provisioner",.*method="List".*\} 0\.3/,
    );
    expect(text).toContain(`karpenter_cloudprovider_errors_total{${labels},error="ECONNRESET"} 1`);
    expect(text).toContain('gpu_provisioner_arm_refusals_total{operation="create",reason="AwaitingAzure"} 1');
    expect(text).toContain('gpu_provisioner_arm_refusals_total{operation="create",reason="QuotaExceeded"} 0');
  });

  it('shows what Azure says is left as it falls and recovers, and nothing that it said long ago', async () => {
    const clock = new FakeClock();
    const metrics = createMetrics();
    const observer = createArmMetrics(metrics, clock);
    const shown = async (): Promise<readonly string[]> =>
      (await metrics.text()).split('\n').filter((line) => line.startsWith('gpu_provisioner_arm_remaining_requests{'));
    expect(await shown()).toEqual([]);
    observer.observeRequest({ operation: 'delete', code: '202', remaining: { deletes: 3 } });
    observer.observeRequest({ operation: 'list', code: '200', remaining: { reads: 40 } });
    expect(await shown()).toEqual([
      'gpu_provisioner_arm_remaining_requests{kind="deletes"} 3',
      'gpu_provisioner_arm_remaining_requests{kind="reads"} 40',
    ]);
    await clock.advance(400_000);
    observer.observeRequest({ operation: 'list', code: '200', remaining: { reads: 249 } });
    await clock.advance(400_000);
    expect(await shown()).toEqual(['gpu_provisioner_arm_remaining_requests{kind="reads"} 249']);
  });

  it('shows what our own limiter has left, and for how long Azure closed a lane', async () => {
    const clock = new FakeClock();
    const metrics = createMetrics();
    const limiter = new ArmLimiter({ clock, limits: { pools: { burst: 10, perSecond: 1 } } });
    createArmMetrics(metrics, clock).observeLanes(() => limiter.lanes());
    const shown = async (name: string): Promise<string | undefined> =>
      (await metrics.text()).split('\n').find((line) => line.startsWith(`gpu_provisioner_arm_${name}{lane="pools"}`));
    expect(await shown('budget')).toMatch(/ 10$/);
    for (let calls = 0; calls < 4; calls += 1) limiter.admit({ operation: 'get', pool: 'a' });
    expect(await shown('budget')).toMatch(/ 6$/);
    await clock.advance(2000);
    expect(await shown('budget')).toMatch(/ 8$/);
    expect(await shown('closed_seconds')).toMatch(/ 0$/);
    const failure = { status: 429, code: 'Throttled', armMessage: 'x', retryAfterMs: 30_000 };
    limiter.noteAnswer({ operation: 'get' }, failure);
    await clock.advance(10_000);
    expect(await shown('closed_seconds')).toMatch(/ 20$/);
    await clock.advance(20_000);
    expect(await shown('closed_seconds')).toMatch(/ 0$/);
    expect(await shown('budget')).toMatch(/ 10$/);
  });
});
