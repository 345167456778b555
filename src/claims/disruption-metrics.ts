// Counts what was taken from claims without anybody asking for it, under the name that Karpenter's dashboards ask for.
import { Counter } from 'prom-client';
import type { Metrics } from '../observability/metrics.ts';

/** Why: the claim is older than it may be, its Node was down for long, or its instance or Node was missing. */
const reasons = ['expired', 'unhealthy', 'instance_gone'] as const;
type Disruption = (typeof reasons)[number];
export type CountDisruption = (reason: Disruption) => void;

/** Registers it, once for a registry. */
export function createDisruptionMetrics({ registry }: Pick<Metrics, 'registry'>): CountDisruption {
  const disrupted = new Counter({
    name: 'karpenter_nodeclaims_disrupted_total',
    help: 'Claims that were deleted, or whose instance was replaced, without anybody asking for it, by the reason',
    labelNames: ['reason'] as const,
    registers: [registry],
  });
  for (const reason of reasons) disrupted.inc({ reason }, 0);
  return (reason) => disrupted.inc({ reason });
}
