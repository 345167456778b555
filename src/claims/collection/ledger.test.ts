import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { createMetrics } from '../../observability/metrics.ts';
import { createLedgerMetrics } from './ledger-metrics.ts';
import { Ledger, usdPerHourOf } from './ledger.ts';

const base = { vmSize: 'Standard_NC6s_v3', count: 1 };

describe('Ledger', () => {
  test('an age goes on while the ownership lasts, and begins anew with another', () => {
    const ledger = new Ledger();
    ledger.replace([{ ...base, pool: 'a', ownership: 'owned', usdPerHour: 3 }], 1000);
    ledger.replace([{ ...base, pool: 'a', ownership: 'owned', usdPerHour: 3 }], 5000);
    expect(ledger.entries()[0]?.sinceMs).toBe(1000);
    ledger.replace([{ ...base, pool: 'a', ownership: 'orphan', usdPerHour: 3 }], 7000);
    expect(ledger.entries()[0]?.sinceMs).toBe(7000);
    ledger.replace([], 8000);
    expect(ledger.entries()).toEqual([]);
  });

  test('metrics: one line for each ownership, with ages, known prices, and pools without one', async () => {
    const clock = new FakeClock();
    const metrics = createMetrics();
    const ledger = new Ledger();
    const { deleted } = createLedgerMetrics(metrics, { clock, ledger });
    ledger.replace(
      [
        { ...base, pool: 'a', ownership: 'orphan', usdPerHour: 3.5 },
        { ...base, pool: 'b', ownership: 'orphan', usdPerHour: undefined },
      ],
      clock.monotonicMs(),
    );
    await clock.advance(90_000);
    deleted();
    const text = await metrics.text();
    expect(text).toContain('gpu_provisioner_pools{ownership="orphan"} 2');
    expect(text).toContain('gpu_provisioner_pools{ownership="ambiguous"} 0');
    expect(text).toContain('gpu_provisioner_pool_age_seconds{ownership="orphan"} 90');
    expect(text).toContain('gpu_provisioner_pools_usd_per_hour{ownership="orphan"} 3.5');
    expect(text).toContain('gpu_provisioner_pools_unpriced{ownership="orphan"} 1');
    expect(text).toContain('gpu_provisioner_orphan_pools_deleted_total 1');
  });
});

describe('usdPerHourOf', () => {
  const pool = { vmSize: 'Standard_NC6s_v3', count: 2, power: 'running' } as const;

  test('is the list price of all nodes', () => {
    const one = usdPerHourOf({ ...pool, count: 1 }) ?? 0;
    expect(one).toBeGreaterThan(0);
    expect(usdPerHourOf(pool)).toBe(one * 2);
  });

  test('is unknown for a size without a price, and nothing for nodes that are off', () => {
    expect(usdPerHourOf({ ...pool, vmSize: 'Standard_Unheard_Of' })).toBeUndefined();
    expect(usdPerHourOf({ ...pool, power: 'stopped' })).toBe(0);
    expect(usdPerHourOf({ ...pool, count: 0 })).toBe(0);
  });
});
