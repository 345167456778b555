// The ledger in numbers: how many pools of which ownership there are, for how long, and what they cost.
import { Counter, Gauge } from 'prom-client';
import type { Clock } from '../../clock.ts';
import type { Metrics } from '../../observability/metrics.ts';
import type { Ledger } from './ledger.ts';

export interface LedgerMetrics {
  /** Azure accepted the deletion of an orphan. */
  readonly deleted: () => void;
}

/** Registers them, once for a registry. A process that does not lead has no pools in its ledger. */
export function createLedgerMetrics(
  { onScrape, registry }: Pick<Metrics, 'onScrape' | 'registry'>,
  { clock, ledger }: { readonly clock: Pick<Clock, 'monotonicMs'>; readonly ledger: Ledger },
): LedgerMetrics {
  const gauge = (name: string, help: string): Gauge<'ownership'> =>
    new Gauge({ name, help, labelNames: ['ownership'] as const, registers: [registry] });
  const pools = gauge('gpu_provisioner_pools', 'Agent pools by whose they are');
  const age = gauge('gpu_provisioner_pool_age_seconds', 'Since when the longest known pool of this ownership is so');
  const price = gauge(
    'gpu_provisioner_pools_usd_per_hour',
    'List price of the running nodes of these pools, where it is known',
  );
  const unpriced = gauge('gpu_provisioner_pools_unpriced', 'Pools that run on a size without a known price');
  const deleted = new Counter({
    name: 'gpu_provisioner_orphan_pools_deleted_total',
    help: 'Deletions of pools without a claim that Azure accepted',
    registers: [registry],
  });
  onScrape(() => {
    for (const sum of ledger.sums(clock.monotonicMs())) {
      const { ownership } = sum;
      pools.set({ ownership }, sum.pools);
      age.set({ ownership }, sum.oldestMs / 1000);
      price.set({ ownership }, sum.usdPerHour);
      unpriced.set({ ownership }, sum.unpriced);
    }
  });
  return { deleted: () => deleted.inc() };
}
