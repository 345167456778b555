// The ledger in numbers: how many pools of which ownership there are, for how long, and what they cost.
import { Gauge } from 'prom-client';
import type { Clock } from '../../clock.ts';
import { counterOf } from '../../observability/counters.ts';
import type { Metrics } from '../../observability/metrics.ts';
import type { Ledger } from './ledger.ts';

export interface LedgerMetrics {
  /** Azure accepted the deletion of an orphan. */
  readonly deleted: () => void;
}

/** Registers them, once for a registry. A process that does not lead has no pools in its ledger. */
export function createLedgerMetrics(
  metrics: Pick<Metrics, 'onScrape' | 'registry'>,
  { clock, ledger }: { readonly clock: Pick<Clock, 'monotonicMs'>; readonly ledger: Ledger },
): LedgerMetrics {
  const gauge = (name: string, help: string): Gauge<'ownership'> =>
    new Gauge({ name, help, labelNames: ['ownership'] as const, registers: [metrics.registry] });
  const pools = gauge(
    'gpu_provisioner_pools',
    'Agent pools by whose they are. Orphans have lost their claim and cost money until they go; told by the leader.',
  );
  const age = gauge(
    'gpu_provisioner_pool_age_seconds',
    'For how long the longest known pool of this ownership has been so. An orphan that is older than its grace is held back by something.',
  );
  const price = gauge(
    'gpu_provisioner_pools_usd_per_hour',
    'List price of the running nodes of these pools, where it is known. What the fleet costs, and what leaks cost.',
  );
  const unpriced = gauge(
    'gpu_provisioner_pools_unpriced',
    'Pools that run on a size without a known price. By so many the sum of prices is too low.',
  );
  const deleted = counterOf(metrics, {
    name: 'gpu_provisioner_orphan_pools_deleted_total',
    help: 'Deletions of pools without a claim that Azure accepted. Each is a leak that was stopped; many ask where they come from.',
  });
  metrics.onScrape(() => {
    for (const sum of ledger.sums(clock.monotonicMs())) {
      const { ownership } = sum;
      pools.set({ ownership }, sum.pools);
      age.set({ ownership }, sum.oldestMs / 1000);
      price.set({ ownership }, sum.usdPerHour);
      unpriced.set({ ownership }, sum.unpriced);
    }
  });
  return { deleted };
}
