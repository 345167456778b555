// The numbers of the lifecycle: which rows of the state table fire, and how old our knowledge of Azure is.
import { Counter, Gauge } from 'prom-client';
import type { ClaimKind } from '../apis/claim.ts';
import type { Inventory } from '../azure/inventory.ts';
import type { Metrics } from '../observability/metrics.ts';
import { rows } from './decision.ts';

const claimKinds = ['Machine', 'NodeClaim'] as const satisfies readonly ClaimKind[];

export interface ClaimMetrics {
  readonly decided: (row: string, kind: ClaimKind) => void;
}

/** Registers them, once for a registry. */
export function createClaimMetrics(metrics: Metrics, { inventory }: { readonly inventory: Inventory }): ClaimMetrics {
  const registers = [metrics.registry];
  const decisions = new Counter({
    name: 'gpu_provisioner_decisions_total',
    help: 'Passes over claims, by their kind and by the row of the state table that they took',
    labelNames: ['row', 'kind'] as const,
    registers,
  });
  for (const kind of claimKinds) for (const row of rows) decisions.inc({ row, kind }, 0);
  const age = new Gauge({
    name: 'gpu_provisioner_inventory_age_seconds',
    help: 'Since the last complete LIST of agent pools began; absent before the first',
    registers,
  });
  const up = new Gauge({
    name: 'gpu_provisioner_azure_up',
    help: 'Whether Azure answered the last LIST: 1 it did, 0 it did not',
    registers,
  });
  metrics.onScrape(() => {
    up.set(inventory.health.ok ? 1 : 0);
    if (inventory.ageMs === undefined) age.reset();
    else age.set(inventory.ageMs / 1000);
  });
  return { decided: (row, kind) => decisions.inc({ row, kind }) };
}
