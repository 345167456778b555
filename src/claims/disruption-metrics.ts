// Counts what was taken from claims without anybody asking for it, under the names that Karpenter's dashboards ask for.
import type { ClaimKind } from '../apis/claim.ts';
import { counterBy } from '../observability/counters.ts';
import type { Metrics } from '../observability/metrics.ts';

/** Why: the claim is older than it may be, its Node was down for long, or its instance or Node was missing. */
const reasons = ['expired', 'unhealthy', 'instance_gone'] as const;
type Disruption = (typeof reasons)[number];
export type CountDisruption = (kind: ClaimKind, reason: Disruption) => void;

/** What is repaired on: no other condition of a Node gives it away. */
const conditions = ['Ready'] as const;

/** Registers them, once for a registry. */
export function createDisruptionMetrics(metrics: Pick<Metrics, 'registry'>): CountDisruption {
  const ofKind = (prefix: string): ((reason: Disruption) => void) => {
    const disrupted = counterBy(metrics, {
      name: `${prefix}_disrupted_total`,
      help: 'Claims that were deleted, or whose instance was replaced, without anybody asking for it, by the reason',
      label: 'reason',
      values: reasons,
    });
    const unhealthy = counterBy(metrics, {
      name: `${prefix}_unhealthy_disrupted_total`,
      help: 'Those of them whose Node was down for long, by the condition of the Node that told',
      label: 'condition',
      values: conditions,
    });
    return (reason) => {
      disrupted(reason);
      if (reason === 'unhealthy') unhealthy('Ready');
    };
  };
  const count = { Machine: ofKind('karpenter_machines'), NodeClaim: ofKind('karpenter_nodeclaims') };
  return (kind, reason) => count[kind](reason);
}
