// The same for claims and pools.
import { a, b, ours, type RuleCase } from './rule-case.ts';

export const claimCases: readonly RuleCase[] = [
  {
    alert: 'GpuProvisionerClaimNotReady',
    when: 'a Machine is refused for quota, and both replicas say so',
    series: {
      [`gpu_provisioner_claim_not_ready_seconds{${a}, kind="Machine", reason="QuotaExceeded"}`]: '0+60x60',
      [`gpu_provisioner_claim_not_ready_seconds{${b}, kind="Machine", reason="QuotaExceeded"}`]: '0+60x60',
    },
    atMinute: 40,
    fires: [{ ...ours, kind: 'Machine', reason: 'QuotaExceeded' }],
  },
  {
    alert: 'GpuProvisionerClaimNotReady',
    when: 'a person paused it, and another one is being made',
    series: {
      [`gpu_provisioner_claim_not_ready_seconds{${a}, kind="Machine", reason="Paused"}`]: '0+60x60',
      [`gpu_provisioner_claim_not_ready_seconds{${a}, kind="Machine", reason="Creating"}`]: '0+60x10',
    },
    atMinute: 50,
    fires: [],
  },
  {
    alert: 'GpuProvisionerClaimDeletionStuck',
    when: 'a budget blocks the drain',
    series: { [`gpu_provisioner_claim_deleting_seconds{${a}, kind="NodeClaim", reason="DrainBlocked"}`]: '0+60x90' },
    atMinute: 70,
    fires: [{ ...ours, kind: 'NodeClaim', reason: 'DrainBlocked' }],
  },
  {
    alert: 'GpuProvisionerClaimDeletionStuck',
    when: 'a claim goes within its hour',
    series: { [`gpu_provisioner_claim_deleting_seconds{${a}, kind="NodeClaim", reason="Draining"}`]: '0+60x50' },
    atMinute: 70,
    fires: [],
  },
  {
    alert: 'GpuProvisionerPoolsFailing',
    when: 'one pool after the other fails',
    series: { [`gpu_provisioner_pool_failures_total{${a}, reason="NodeBootstrapFailed"}`]: '0x5 0+1x10 10x60' },
    atMinute: 30,
    fires: [{ ...ours, reason: 'NodeBootstrapFailed' }],
  },
  {
    alert: 'GpuProvisionerPoolsFailing',
    when: 'a pool fails now and then',
    series: { [`gpu_provisioner_pool_failures_total{${a}, reason="NodeBootstrapFailed"}`]: '0x5 1x30 2x60' },
    atMinute: 60,
    fires: [],
  },
  {
    alert: 'GpuProvisionerOrphanPool',
    when: 'a pool has lost its claim, and its size has no price',
    series: {
      [`gpu_provisioner_pools{${a}, ownership="orphan"}`]: '1x120',
      [`gpu_provisioner_pools_usd_per_hour{${a}, ownership="orphan"}`]: '0x120',
      [`gpu_provisioner_pools{${b}, ownership="orphan"}`]: '0x120',
    },
    atMinute: 70,
    fires: [{ ...ours, ownership: 'orphan' }],
  },
  {
    alert: 'GpuProvisionerOrphanPool',
    when: 'it was collected within the hour, and other people’s pools cost',
    series: {
      [`gpu_provisioner_pools{${a}, ownership="orphan"}`]: '1x30 0x90',
      [`gpu_provisioner_pools_usd_per_hour{${a}, ownership="orphan"}`]: '3.06x30 0x90',
      [`gpu_provisioner_pools{${a}, ownership="foreign"}`]: '2x120',
      [`gpu_provisioner_pools_usd_per_hour{${a}, ownership="foreign"}`]: '9x120',
    },
    atMinute: 90,
    fires: [],
  },
];
