import { describe, expect, test } from 'vitest';
import { createMetrics } from '../observability/metrics.ts';
import { createTerminationMetrics } from './termination-metrics.ts';

describe('createTerminationMetrics', () => {
  test('K17-EV08 K17-EV09 pods that were drained are counted by why they went', async () => {
    const metrics = createMetrics();
    const { podDrained } = createTerminationMetrics(metrics);
    podDrained('evicted');
    podDrained('evicted');
    podDrained('deadline');
    const text = await metrics.text();
    expect(text).toContain('karpenter_pods_drained_total{reason="evicted"} 2');
    expect(text).toContain('karpenter_pods_drained_total{reason="deadline"} 1');
  });

  test('answers to evictions are counted by their status, and no answer is none', async () => {
    const metrics = createMetrics();
    const { evictionAnswered } = createTerminationMetrics(metrics);
    for (const status of [200, 429, 429, 503, 0]) evictionAnswered(status);
    const lines = (await metrics.text()).split('\n').filter((line) => line.includes('eviction_requests_total{'));
    const counts = lines.map((line) => /code="(\d+)"\} (\d)/.exec(line)?.slice(1).join(' '));
    expect(counts).toEqual(['200 1', '403 0', '404 0', '409 0', '429 2', '500 1']);
  });

  test('a Node that went is counted with its age and with how long its claim had been ending', async () => {
    const metrics = createMetrics();
    createTerminationMetrics(metrics).nodeTerminated({ ageMs: 7_200_000, deletingForMs: 90_000 });
    const text = await metrics.text();
    expect(text).toContain('karpenter_nodes_terminated_total 1');
    expect(text).toContain('karpenter_nodes_termination_duration_seconds_sum 90');
    expect(text).toContain('karpenter_nodes_lifetime_duration_seconds_sum 7200');
    expect(text).toContain('karpenter_nodes_lifetime_duration_seconds_bucket{le="3600"} 0');
  });

  test('what became of deleted Nodes is counted by row', async () => {
    const metrics = createMetrics();
    createTerminationMetrics(metrics).nodeDecided('D3a');
    const text = await metrics.text();
    expect(text).toContain('gpu_provisioner_node_decisions_total{row="D3a"} 1');
    expect(text).toContain('gpu_provisioner_node_decisions_total{row="D4"} 0');
  });
});
