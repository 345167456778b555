// The numbers of the lifecycle: which rows of the state table fire, how old our knowledge of Azure is, and whether the gate is open.
import { Counter, Gauge } from 'prom-client';
import type { ClaimKind } from '../apis/claim.ts';
import { causeReasons } from '../azure/cause-table.ts';
import type { Inventory } from '../azure/inventory.ts';
import { counterBy } from '../observability/counters.ts';
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
  /** For how long it has not been open; 0 while it is. */
  readonly gateNotOpenMs: () => number;
  /** A standby sees the same pools fail, and they count once. */
  readonly leads: () => boolean;
  readonly restraint: Pick<Restraint, 'wishes' | 'tripped'>;
}

/** Registers them, once for a registry. */
export function createClaimMetrics(metrics: Metrics, sources: ClaimMetricsSources): ClaimMetrics {
  const { inventory, gate, gateNotOpenMs, leads, restraint } = sources;
  const registers = [metrics.registry];
  const decisions = new Counter({
    name: 'gpu_provisioner_decisions_total',
    help: 'Passes over claims, by their kind and by the row of the state table that they took. Tells which rule holds a fleet, in the words of docs/lifecycle.md.',
    labelNames: ['row', 'kind'] as const,
    registers,
  });
  for (const kind of claimKinds) for (const row of rows) decisions.inc({ row, kind }, 0);
  const age = new Gauge({
    name: 'gpu_provisioner_inventory_age_seconds',
    help: 'Since the last complete LIST of agent pools began; absent before the first. At rest it grows to --arm-poll-idle (five minutes); well past that, Azure does not answer.',
    registers,
  });
  const up = new Gauge({
    name: 'gpu_provisioner_azure_up',
    help: 'Whether Azure answered the last LIST: 1 it did, 0 it did not. At 0 look at credentials, rights and the network first.',
    registers,
  });
  const failures = counterBy(metrics, {
    name: 'gpu_provisioner_pool_failures_total',
    help: 'Agent pools for claims that Azure accepted and that failed later, by what Azure says of the cause. A size or a region that Azure promises and does not deliver shows here.',
    label: 'reason',
    values: causeReasons,
  });
  tellPoolFailures(inventory, (reason) => {
    if (leads()) failures(reason);
  });
  const open = new Gauge({
    name: 'gpu_provisioner_gate_open',
    help: 'Whether what nobody asked for may be done: 1 open; 0 not, with the reason. While it is not, nothing is cleaned up or replaced.',
    labelNames: ['reason'] as const,
    registers,
  });
  const notOpen = new Gauge({
    name: 'gpu_provisioner_gate_not_open_seconds',
    help: 'For how long the gate has not been open; 0 while it is. Long, it needs somebody: orphans are billed meanwhile.',
    registers,
  });
  const wished = new Gauge({
    name: 'gpu_provisioner_disruptions_wished',
    help: 'Pools that are due to be deleted or replaced unasked. They wait for the gate, for a pause to end, or for their turn.',
    registers,
  });
  const tripped = new Gauge({
    name: 'gpu_provisioner_mass_disruption',
    help: 'Whether so many pools are due to be deleted or replaced that none is: 1 until a person allows it or they become fewer. One cause lies behind them all: look for it.',
    registers,
  });
  metrics.onScrape(() => {
    const now = gate();
    open.reset();
    open.set({ reason: now.state === 'open' ? '' : now.reason }, now.state === 'open' ? 1 : 0);
    notOpen.set(gateNotOpenMs() / 1000);
    wished.set(restraint.wishes);
    tripped.set(restraint.tripped ? 1 : 0);
    up.set(inventory.health.ok ? 1 : 0);
    // Without labels, `reset` would say 0.
    if (inventory.ageMs === undefined) age.remove();
    else age.set(inventory.ageMs / 1000);
  });
  return { decided: (row, kind) => decisions.inc({ row, kind }) };
}
