// The numbers of the lifecycle: which rows of the state table fire, how old our knowledge of Azure is, and whether the gate is open.
import { Counter, Gauge } from 'prom-client';
import type { ClaimKind } from '../apis/claim.ts';
import { causeReasons } from '../azure/cause-table.ts';
import type { Inventory } from '../azure/inventory.ts';
import type { Metrics } from '../observability/metrics.ts';
import { rows } from './decision.ts';
import type { Gate } from './gate.ts';
import { tellPoolFailures } from './pool-failures.ts';
import type { Restraint } from './restraint.ts';

const claimKinds = ['Machine', 'NodeClaim'] as const satisfies readonly ClaimKind[];

export interface ClaimMetrics {
  readonly decided: (row: string, kind: ClaimKind) => void;
}

export interface ClaimMetricsSources {
  readonly inventory: Inventory;
  readonly gate: () => Gate;
  readonly restraint: Pick<Restraint, 'wishes' | 'tripped'>;
}

/** Registers them, once for a registry. */
export function createClaimMetrics(metrics: Metrics, sources: ClaimMetricsSources): ClaimMetrics {
  const { inventory, gate, restraint } = sources;
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
  const failures = new Counter({
    name: 'gpu_provisioner_pool_failures_total',
    help: 'Agent pools for claims that Azure accepted and that failed later, by what Azure says of the cause',
    labelNames: ['reason'] as const,
    registers,
  });
  for (const reason of causeReasons) failures.inc({ reason }, 0);
  tellPoolFailures(inventory, (reason) => failures.inc({ reason }));
  const open = new Gauge({
    name: 'gpu_provisioner_gate_open',
    help: 'Whether what nobody asked for may be done: 1 open; 0 not, with the reason',
    labelNames: ['reason'] as const,
    registers,
  });
  const wished = new Gauge({
    name: 'gpu_provisioner_disruptions_wished',
    help: 'Pools that are due to be deleted or replaced unasked',
    registers,
  });
  const tripped = new Gauge({
    name: 'gpu_provisioner_mass_disruption',
    help: 'Whether so many pools are due to be deleted or replaced that none is: 1 until a person allows it or they become fewer',
    registers,
  });
  metrics.onScrape(() => {
    const now = gate();
    open.reset();
    open.set({ reason: now.state === 'open' ? '' : now.reason }, now.state === 'open' ? 1 : 0);
    wished.set(restraint.wishes);
    tripped.set(restraint.tripped ? 1 : 0);
    up.set(inventory.health.ok ? 1 : 0);
    if (inventory.ageMs === undefined) age.reset();
    else age.set(inventory.ageMs / 1000);
  });
  return { decided: (row, kind) => decisions.inc({ row, kind }) };
}
