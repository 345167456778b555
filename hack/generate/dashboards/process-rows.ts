// The process: how the API server answers it, and what it takes of its machine.
import type { Row } from './dashboard.ts';
import { most, rate, slowest } from './series.ts';

export const apiServerRow: Row = {
  title: 'API server',
  panels: [
    {
      draw: 'lines',
      title: 'Requests to the API server by answer',
      description: '409 is a conflict that was seen and solved. <error>: no answer came.',
      unit: 'reqps',
      width: 8,
      queries: [
        { expr: `sum by (method, code) (${rate('rest_client_requests_total')})`, legend: '{{method}} {{code}}' },
      ],
    },
    {
      draw: 'lines',
      title: 'Duration of requests, nine of ten',
      description: 'Watches apart.',
      unit: 's',
      width: 8,
      queries: [{ expr: slowest('rest_client_request_duration_seconds', 'verb'), legend: '{{verb}}' }],
    },
    {
      draw: 'lines',
      title: 'Waited for our own limit',
      description: 'Share of the time that requests waited for KUBE_CLIENT_QPS.',
      unit: 'percentunit',
      width: 8,
      queries: [{ expr: `sum(${rate('rest_client_throttle_seconds_total')})`, legend: 'waited' }],
    },
    {
      draw: 'lines',
      title: 'Since the last news of each watch',
      description: 'A bookmark comes each minute; over 90 s the watch is being replaced.',
      unit: 's',
      width: 8,
      queries: [{ expr: most('reflector_last_progress_seconds', 'resource'), legend: '{{resource}}' }],
    },
    {
      draw: 'lines',
      title: 'Objects in the caches',
      description: 'As many as the cluster has.',
      unit: 'short',
      width: 8,
      queries: [{ expr: most('reflector_items', 'resource'), legend: '{{resource}}' }],
    },
    {
      draw: 'lines',
      title: 'Lists and watches that failed',
      description: 'Each is tried again.',
      unit: 'ops',
      width: 8,
      queries: [{ expr: `sum by (resource) (${rate('reflector_failures_total')})`, legend: '{{resource}}' }],
    },
  ],
};

export const processRow: Row = {
  title: 'Process',
  panels: [
    {
      draw: 'lines',
      title: 'Memory',
      description: 'Of the whole process, and of the heap in use.',
      unit: 'bytes',
      width: 8,
      queries: [
        { expr: most('process_resident_memory_bytes', 'instance'), legend: '{{instance}} process' },
        { expr: most('nodejs_heap_size_used_bytes', 'instance'), legend: '{{instance}} heap' },
      ],
    },
    {
      draw: 'lines',
      title: 'Processor',
      description: 'Share of one core.',
      unit: 'percentunit',
      width: 8,
      queries: [{ expr: `sum by (instance) (${rate('process_cpu_seconds_total')})`, legend: '{{instance}}' }],
    },
    {
      draw: 'lines',
      title: 'Event loop late by',
      description: 'Late: 99 of 100 times by no more. Seconds of it mean that the process has too little processor.',
      unit: 's',
      width: 8,
      queries: [{ expr: most('nodejs_eventloop_lag_p99_seconds', 'instance'), legend: '{{instance}}' }],
    },
    {
      draw: 'lines',
      title: 'Events that nobody will see',
      description: 'By the cause.',
      unit: 'ops',
      width: 24,
      queries: [{ expr: `sum by (cause) (${rate('events_dropped_total')})`, legend: '{{cause}}' }],
    },
  ],
};
