// The numbers of Nodes and their ends, under the names that Karpenter's dashboards ask for.
import { Histogram, Summary } from 'prom-client';
import { counterBy, counterOf } from '../observability/counters.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { DrainedBy } from './drain.ts';
import { nodeRows } from './node-decision.ts';
import type { NodeRow } from './node-decision.ts';

export interface TerminationMetrics {
  /** A Node became a claim's. */
  readonly nodeCreated: () => void;
  /** Nothing of a claim's is left on its Node that has to be waited for. */
  readonly nodeDrained: () => void;
  /** The last of a Node went: how old it became, and for how long its claim had been being deleted. All in milliseconds. */
  readonly nodeTerminated: (node: { readonly ageMs: number; readonly deletingForMs: number }) => void;
  readonly podDrained: (by: DrainedBy) => void;
  /** The API server answered an eviction with this status. */
  readonly evictionAnswered: (status: number) => void;
  /** A pass over a Node that is being deleted took this row of table D. */
  readonly nodeDecided: (row: NodeRow) => void;
}

const hour = 3600;
const lifetimeBuckets = [0.25, 0.5, 1, 2, 4, 8, 12, 24, 48, 168, 336, 720, 1440, 2160].map((hours) => hours * hour);
/** Quantiles are those of the last ten minutes, as in client_golang's default. */
const quantiles = { percentiles: [0, 0.5, 0.9, 0.99, 1], maxAgeSeconds: 600, ageBuckets: 5 };
/** What an API server says to an eviction: done, forbidden, gone, another pod by now, a budget forbids it, its own fault. */
const evictionCodes = ['200', '403', '404', '409', '429', '500'] as const;

/** Registers them, once for a registry. */
export function createTerminationMetrics(metrics: Pick<Metrics, 'registry'>): TerminationMetrics {
  const registers = [metrics.registry];
  const created = counterOf(metrics, {
    name: 'karpenter_nodes_created_total',
    earlierName: 'karpenter_nodes_created',
    help: 'Nodes that joined for a claim',
  });
  const terminated = counterOf(metrics, {
    name: 'karpenter_nodes_terminated_total',
    earlierName: 'karpenter_nodes_terminated',
    help: 'Nodes that went with their pool',
  });
  const durations = [
    {
      name: 'karpenter_nodes_termination_duration_seconds',
      help: 'From the deletion of a claim until its Node was gone',
    },
    {
      name: 'karpenter_nodes_termination_time_seconds',
      help: 'As karpenter_nodes_termination_duration_seconds, under its earlier name',
    },
  ].map((text) => new Summary({ ...text, ...quantiles, registers }));
  const lifetime = new Histogram({
    name: 'karpenter_nodes_lifetime_duration_seconds',
    help: 'From the creation of a Node until it was gone with its pool',
    buckets: lifetimeBuckets,
    registers,
  });
  const evictions = counterBy(metrics, {
    name: 'karpenter_nodes_eviction_requests_total',
    help: 'Evictions that were asked of the API server, by the status of its answer',
    label: 'code',
    values: evictionCodes,
  });
  return {
    nodeCreated: created,
    nodeDrained: counterOf(metrics, {
      name: 'karpenter_nodes_drained_total',
      help: 'Nodes that were drained to the end before their pool went',
    }),
    nodeTerminated({ ageMs, deletingForMs }) {
      terminated();
      for (const duration of durations) duration.observe(deletingForMs / 1000);
      lifetime.observe(ageMs / 1000);
    },
    podDrained: counterBy<DrainedBy>(metrics, {
      name: 'karpenter_pods_drained_total',
      help: 'Pods that were asked to leave a Node: evicted, or deleted because the end of the Node was near',
      label: 'reason',
      values: ['evicted', 'deadline'],
    }),
    evictionAnswered(status) {
      const code = evictionCodes.find((one) => one === String(Math.min(status, 500)));
      if (code !== undefined) evictions(code);
    },
    nodeDecided: counterBy(metrics, {
      name: 'gpu_provisioner_node_decisions_total',
      help: 'Passes over Nodes that are being deleted, by the row of the state table that they took. A row that grows without end is a Node that does not go.',
      label: 'row',
      values: nodeRows,
    }),
  };
}
