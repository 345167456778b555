// The numbers of termination, under the names that Karpenter's dashboards ask for.
import { Counter, Histogram, Summary } from 'prom-client';
import type { Metrics } from '../observability/metrics.ts';
import type { DrainedBy } from './drain.ts';
import { nodeRows } from './node-decision.ts';
import type { NodeRow } from './node-decision.ts';

export interface TerminationMetrics {
  /** The last of a Node went: how old it became, and for how long its claim had been being deleted. All in milliseconds. */
  readonly nodeTerminated: (node: { readonly ageMs: number; readonly deletingForMs: number }) => void;
  readonly podDrained: (by: DrainedBy) => void;
  /** A pass over a Node that is being deleted took this row of table D. */
  readonly nodeDecided: (row: NodeRow) => void;
}

const hour = 3600;
const lifetimeBuckets = [0.25, 0.5, 1, 2, 4, 8, 12, 24, 48, 168, 336, 720, 1440, 2160].map((hours) => hours * hour);
/** Quantiles are those of the last ten minutes, as in client_golang's default. */
const quantiles = { percentiles: [0, 0.5, 0.9, 0.99, 1], maxAgeSeconds: 600, ageBuckets: 5 };

/** Registers them, once for a registry. */
export function createTerminationMetrics({ registry }: Pick<Metrics, 'registry'>): TerminationMetrics {
  const registers = [registry];
  const terminated = new Counter({
    name: 'karpenter_nodes_terminated_total',
    help: 'Nodes that went with their pool',
    registers,
  });
  const duration = new Summary({
    name: 'karpenter_nodes_termination_duration_seconds',
    help: 'From the deletion of a claim until its Node was gone',
    ...quantiles,
    registers,
  });
  const lifetime = new Histogram({
    name: 'karpenter_nodes_lifetime_duration_seconds',
    help: 'From the creation of a Node until it was gone with its pool',
    buckets: lifetimeBuckets,
    registers,
  });
  const drained = new Counter({
    name: 'karpenter_pods_drained_total',
    help: 'Pods that were asked to leave a Node: evicted, or deleted because the end of the Node was near',
    labelNames: ['reason'] as const,
    registers,
  });
  const decided = new Counter({
    name: 'gpu_provisioner_node_decisions_total',
    help: 'Passes over Nodes that are being deleted, by the row of the state table that they took',
    labelNames: ['row'] as const,
    registers,
  });
  for (const row of nodeRows) decided.inc({ row }, 0);
  const reasons = ['evicted', 'deadline'] as const satisfies readonly DrainedBy[];
  for (const reason of reasons) drained.inc({ reason }, 0);
  return {
    nodeTerminated({ ageMs, deletingForMs }) {
      terminated.inc();
      duration.observe(deletingForMs / 1000);
      lifetime.observe(ageMs / 1000);
    },
    podDrained: (reason) => drained.inc({ reason }),
    nodeDecided: (row) => decided.inc({ row }),
  };
}
