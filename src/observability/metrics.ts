// The numbers for the operator: one registry, with the names that dashboards for controller-runtime already know.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

// client-go's own buckets for requests: 4 ms to 60 s.
const requestSeconds = [0.004, 0.016, 0.064, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];
// controller-runtime has 39 of them; these keep its range up to our reconcile deadline.
const reconcileSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
// client-go's workqueue: powers of ten from a nanosecond; below a tenth of a millisecond nothing here can be told apart.
const queueSeconds = [0.0001, 0.001, 0.01, 0.1, 1, 10, 100, 1000];

/** The values of the label `result`; each exists from the start, so that a rate over the first one is not lost. */
export const reconcileResults = ['success', 'error', 'requeue_after'] as const;
export type ReconcileResult = (typeof reconcileResults)[number];

/**
 * What every room receives. A room with metrics of its own registers them on `registry`, once, when it is built:
 * `new Counter({ name, help, registers: [metrics.registry] })`.
 */
export interface Metrics {
  readonly registry: Registry;
  readonly controller: ControllerMetrics;
  readonly queue: QueueMetrics;
  readonly client: ClientMetrics;
  readonly reflector: ReflectorMetrics;
  readonly leader: Gauge<'name'>;
  readonly events: EventMetrics;
  /** Calls `refresh` before each exposition: for gauges that are an age or a size. */
  onScrape(refresh: () => void): void;
  /** The exposition, in the text format that `registry.contentType` names. */
  text(): Promise<string>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const refreshers: (() => void)[] = [];
  return {
    registry,
    controller: controllerMetrics(registry),
    queue: queueMetrics(registry),
    client: clientMetrics(registry),
    reflector: reflectorMetrics(registry),
    leader: new Gauge({
      name: 'leader_election_master_status',
      help: 'Whether this process holds the lease: 1 it does, 0 it does not',
      labelNames: ['name'],
      registers: [registry],
    }),
    events: eventMetrics(registry),
    onScrape(refresh) {
      refreshers.push(refresh);
    },
    text() {
      for (const refresh of refreshers) refresh();
      return registry.metrics();
    },
  };
}

/** Adds what Node knows of this process (memory, CPU, event loop lag). Once a process: it observes garbage collections. */
export function collectProcessMetrics(metrics: Metrics): void {
  collectDefaultMetrics({ register: metrics.registry });
}

/** Which build this is, under Karpenter's name for it. Once a registry. */
export function tellBuild({ registry }: Pick<Metrics, 'registry'>, version: string): void {
  const info = new Gauge({
    name: 'karpenter_build_info',
    help: 'Always 1: its label says which version of this controller runs',
    labelNames: ['version'] as const,
    registers: [registry],
  });
  info.set({ version }, 1);
}

type ControllerMetrics = ReturnType<typeof controllerMetrics>;
type QueueMetrics = ReturnType<typeof queueMetrics>;
type ClientMetrics = ReturnType<typeof clientMetrics>;
type ReflectorMetrics = ReturnType<typeof reflectorMetrics>;
type EventMetrics = ReturnType<typeof eventMetrics>;

function controllerMetrics(registry: Registry) {
  const registers = [registry];
  const labelNames = ['controller'] as const;
  return {
    total: new Counter({
      name: 'controller_runtime_reconcile_total',
      help: 'Reconciles by controller and result',
      labelNames: ['controller', 'result'] as const,
      registers,
    }),
    errors: new Counter({
      name: 'controller_runtime_reconcile_errors_total',
      help: 'Reconciles that failed and will be retried, or failed for good',
      labelNames,
      registers,
    }),
    terminalErrors: new Counter({
      name: 'controller_runtime_terminal_reconcile_errors_total',
      help: 'Reconciles that failed in a way that a retry does not cure',
      labelNames,
      registers,
    }),
    panics: new Counter({
      name: 'controller_runtime_reconcile_panics_total',
      help: 'Reconciles that a bug ended: a TypeError and its like, or something thrown that is not an Error',
      labelNames,
      registers,
    }),
    seconds: new Histogram({
      name: 'controller_runtime_reconcile_time_seconds',
      help: 'How long a reconcile took',
      labelNames,
      buckets: reconcileSeconds,
      registers,
    }),
    timeouts: new Counter({
      name: 'controller_runtime_reconcile_timeouts_total',
      help: 'Reconciles that were still running at their deadline',
      labelNames,
      registers,
    }),
    maxConcurrent: new Gauge({
      name: 'controller_runtime_max_concurrent_reconciles',
      help: 'Workers that a controller has',
      labelNames,
      registers,
    }),
    active: new Gauge({
      name: 'controller_runtime_active_workers',
      help: 'Workers that are reconciling now',
      labelNames,
      registers,
    }),
  };
}

function queueMetrics(registry: Registry) {
  const registers = [registry];
  const labelNames = ['name', 'controller'] as const;
  return {
    depth: new Gauge({
      name: 'workqueue_depth',
      help: 'Keys that wait for a worker',
      labelNames: ['name', 'controller', 'priority'] as const,
      registers,
    }),
    adds: new Counter({ name: 'workqueue_adds_total', help: 'Keys that were added', labelNames, registers }),
    waitSeconds: new Histogram({
      name: 'workqueue_queue_duration_seconds',
      help: 'How long a key waited for a worker',
      labelNames,
      buckets: queueSeconds,
      registers,
    }),
    workSeconds: new Histogram({
      name: 'workqueue_work_duration_seconds',
      help: 'How long a worker had a key',
      labelNames,
      buckets: queueSeconds,
      registers,
    }),
    unfinishedSeconds: new Gauge({
      name: 'workqueue_unfinished_work_seconds',
      help: 'Sum of the time that workers have had the keys they have now',
      labelNames,
      registers,
    }),
    longestSeconds: new Gauge({
      name: 'workqueue_longest_running_processor_seconds',
      help: 'How long the slowest worker has had its key',
      labelNames,
      registers,
    }),
    retries: new Counter({
      name: 'workqueue_retries_total',
      help: 'Keys that were added again after a failure',
      labelNames,
      registers,
    }),
  };
}

function clientMetrics(registry: Registry) {
  const registers = [registry];
  return {
    requests: new Counter({
      name: 'rest_client_requests_total',
      help: 'Requests to the API server by status code, method and host; code <error> for those without an answer',
      labelNames: ['code', 'method', 'host'] as const,
      registers,
    }),
    seconds: new Histogram({
      name: 'rest_client_request_duration_seconds',
      help: 'How long the API server took to answer',
      labelNames: ['verb', 'host'] as const,
      buckets: requestSeconds,
      registers,
    }),
    throttledSeconds: new Counter({
      name: 'rest_client_throttle_seconds_total',
      help: 'Time that requests waited for our own limit (KUBE_CLIENT_QPS, KUBE_CLIENT_BURST)',
      registers,
    }),
  };
}

function reflectorMetrics(registry: Registry) {
  const registers = [registry];
  const labelNames = ['resource'] as const;
  return {
    lists: new Counter({ name: 'reflector_lists_total', help: 'Complete lists', labelNames, registers }),
    watches: new Counter({
      name: 'reflector_watches_total',
      help: 'Watches that were asked for',
      labelNames,
      registers,
    }),
    failures: new Counter({
      name: 'reflector_failures_total',
      help: 'Lists and watches that failed; each is tried again',
      labelNames,
      registers,
    }),
    items: new Gauge({ name: 'reflector_items', help: 'Objects in the store', labelNames, registers }),
    lastProgressSeconds: new Gauge({
      name: 'reflector_last_progress_seconds',
      help: 'Time since the API server last sent a list, an event or a bookmark; over 90 the watch is being replaced',
      labelNames,
      registers,
    }),
  };
}

function eventMetrics(registry: Registry) {
  const dropped = new Counter({
    name: 'events_dropped_total',
    help: 'Events that nobody will see: the queue was full, the object had too many, or the API server refused them',
    labelNames: ['cause'] as const,
    registers: [registry],
  });
  for (const cause of ['queue', 'object', 'refused']) dropped.inc({ cause }, 0);
  return { dropped };
}
