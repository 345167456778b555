import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createArmMetrics } from './arm-metrics.ts';

describe('createArmMetrics', () => {
  it('counts requests by operation and code, and calls as Karpenter does', async () => {
    const registry = new Registry();
    const observer = createArmMetrics(registry);
    observer.observeRequest({ operation: 'list', code: '200', remaining: { reads: 11_999 } });
    observer.observeRequest({ operation: 'create', code: 'ECONNRESET', remaining: {} });
    observer.observeCall({ operation: 'list', durationMs: 300 });
    observer.observeCall({ operation: 'create', durationMs: 20, error: 'ECONNRESET', reason: 'AwaitingAzure' });
    const text = await registry.metrics();
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
});
