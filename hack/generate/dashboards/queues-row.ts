// Controllers and their work queues, under the names that controller-runtime gives their metrics.
import type { Row } from './dashboard.ts';
import { most, rate, slowest } from './series.ts';

export const queuesRow: Row = {
  title: 'Controllers and queues',
  panels: [
    {
      draw: 'lines',
      title: 'Passes by controller and result',
      description: 'error: it is tried again.',
      unit: 'ops',
      width: 8,
      queries: [
        {
          expr: `sum by (controller, result) (${rate('controller_runtime_reconcile_total')})`,
          legend: '{{controller}} {{result}}',
        },
      ],
    },
    {
      draw: 'lines',
      title: 'Passes that failed',
      description: 'Failed: tried again. Panics are bugs. Time-outs were still running at their deadline.',
      unit: 'ops',
      width: 8,
      queries: [
        {
          expr: `sum by (controller) (${rate('controller_runtime_reconcile_errors_total')})`,
          legend: '{{controller}} failed',
        },
        {
          expr: `sum by (controller) (${rate('controller_runtime_reconcile_panics_total')})`,
          legend: '{{controller}} panicked',
        },
        {
          expr: `sum by (controller) (${rate('controller_runtime_reconcile_timeouts_total')})`,
          legend: '{{controller}} timed out',
        },
      ],
    },
    {
      draw: 'lines',
      title: 'Duration of a pass, nine of ten',
      description: 'No pass waits for Azure to carry something out.',
      unit: 's',
      width: 8,
      queries: [{ expr: slowest('controller_runtime_reconcile_time_seconds', 'controller'), legend: '{{controller}}' }],
    },
    {
      draw: 'lines',
      title: 'Keys that wait for a worker',
      description: 'On a replica that stands by, everything waits.',
      unit: 'short',
      width: 8,
      queries: [{ expr: 'sum by (name, instance) (workqueue_depth{job=~"$job"})', legend: '{{name}} {{instance}}' }],
    },
    {
      draw: 'lines',
      title: 'Wait for a worker, nine of ten',
      description: 'From the moment a key was due until a worker took it.',
      unit: 's',
      width: 8,
      queries: [{ expr: slowest('workqueue_queue_duration_seconds', 'name'), legend: '{{name}}' }],
    },
    {
      draw: 'lines',
      title: 'Workers that are busy',
      description: 'Share of the workers that are at work.',
      unit: 'percentunit',
      width: 8,
      queries: [
        {
          expr: `${most('controller_runtime_active_workers', 'controller')} / ${most('controller_runtime_max_concurrent_reconciles', 'controller')}`,
          legend: '{{controller}}',
        },
      ],
    },
    {
      draw: 'lines',
      title: 'Longest pass under way',
      description: 'Over a minute: a worker hangs.',
      unit: 's',
      width: 12,
      queries: [{ expr: most('workqueue_longest_running_processor_seconds', 'name'), legend: '{{name}}' }],
    },
    {
      draw: 'lines',
      title: 'Added again after a failure',
      description: 'Keys whose pass failed; each comes again, later and later.',
      unit: 'ops',
      width: 12,
      queries: [{ expr: `sum by (name) (${rate('workqueue_retries_total')})`, legend: '{{name}}' }],
    },
  ],
};
