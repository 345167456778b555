// The registry: the names that dashboards know, zeros from the start, and gauges that are fresh when they are read.
import { Counter } from 'prom-client';
import { expect, test } from 'vitest';
import { collectProcessMetrics, createMetrics } from './metrics.ts';

test('createMetrics has the names that conventions ask for', async () => {
  const names = (await createMetrics().registry.getMetricsAsJSON()).map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      'controller_runtime_reconcile_total',
      'controller_runtime_reconcile_errors_total',
      'controller_runtime_terminal_reconcile_errors_total',
      'controller_runtime_reconcile_panics_total',
      'controller_runtime_reconcile_time_seconds',
      'controller_runtime_reconcile_timeouts_total',
      'controller_runtime_max_concurrent_reconciles',
      'controller_runtime_active_workers',
      'workqueue_depth',
      'workqueue_adds_total',
      'workqueue_queue_duration_seconds',
      'workqueue_work_duration_seconds',
      'workqueue_unfinished_work_seconds',
      'workqueue_longest_running_processor_seconds',
      'workqueue_retries_total',
      'rest_client_requests_total',
      'rest_client_request_duration_seconds',
      'leader_election_master_status',
    ]),
  );
});

test('createMetrics makes a registry of its own each time', async () => {
  const [one, two] = [createMetrics(), createMetrics()];
  one.leader.set({ name: 'lease' }, 1);
  expect(await two.text()).not.toContain('leader_election_master_status{');
});

test('Metrics.registry takes the families of other rooms', async () => {
  const metrics = createMetrics();
  const requests = new Counter({
    name: 'gpu_provisioner_arm_requests_total',
    help: 'x',
    registers: [metrics.registry],
  });
  requests.inc();
  expect(await metrics.text()).toContain('gpu_provisioner_arm_requests_total 1');
});

test('Metrics.text refreshes what asked for it', async () => {
  const metrics = createMetrics();
  let age = 0;
  metrics.onScrape(() => metrics.reflector.lastProgressSeconds.set({ resource: 'nodes' }, ++age));
  await metrics.text();
  expect(await metrics.text()).toContain('reflector_last_progress_seconds{resource="nodes"} 2');
});

test('collectProcessMetrics adds what Node knows of the process', async () => {
  const metrics = createMetrics();
  collectProcessMetrics(metrics);
  expect(await metrics.text()).toMatch(/^process_resident_memory_bytes \d+$/m);
});
