// Metrics of ARM: our own count of requests, and Karpenter's pair for cloud providers, which its dashboards know.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ArmOperation } from './arm-errors.ts';
import type { ArmObserver } from './arm-observer.ts';
import { causeReasons } from './cause-table.ts';

const methods: Readonly<Record<ArmOperation, string>> = {
  list: 'List',
  get: 'Get',
  create: 'Create',
  delete: 'Delete',
  cluster: 'GetCluster',
  machines: 'ListMachines',
};
// What each is answered on an ordinary day.
const usual = { list: '200', get: '200', create: '201', delete: '202', cluster: '200', machines: '200' } as const;
const kinds = ['reads', 'writes', 'deletes'] as const;
// A call is one short request, or two: ARM answers within seconds, and our deadline is 30 s.
const seconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const owner = { controller: 'gpu-provisioner', provider: 'azure' } as const;

/** Registers the metrics of ARM, once for a registry, and returns what feeds them. */
export function createArmMetrics(registry: Registry): ArmObserver {
  const registers = [registry];
  const requests = new Counter({
    name: 'gpu_provisioner_arm_requests_total',
    help: 'Requests to Azure Resource Manager by operation and by status or error code',
    labelNames: ['operation', 'code'] as const,
    registers,
  });
  const remaining = new Gauge({
    name: 'gpu_provisioner_arm_remaining_requests',
    help: 'Requests that Azure Resource Manager last said are left to this subscription, by kind',
    labelNames: ['kind'] as const,
    registers,
  });
  const labelNames = ['controller', 'method', 'provider'] as const;
  const duration = new Histogram({
    name: 'karpenter_cloudprovider_duration_seconds',
    help: 'Duration of cloud provider calls by method',
    labelNames,
    buckets: seconds,
    registers,
  });
  const errors = new Counter({
    name: 'karpenter_cloudprovider_errors_total',
    help: 'Cloud provider calls that failed, by method and error code',
    labelNames: [...labelNames, 'error'] as const,
    registers,
  });
  const refusals = new Counter({
    name: 'gpu_provisioner_arm_refusals_total',
    help: 'Calls to Azure Resource Manager that failed, by operation and by what the answer, or its absence, means',
    labelNames: ['operation', 'reason'] as const,
    registers,
  });
  // Each series exists from the start, so that a rate over the first request is not lost.
  for (const [operation, code] of Object.entries(usual)) requests.inc({ operation, code }, 0);
  for (const reason of causeReasons) refusals.inc({ operation: 'create', reason }, 0);
  return {
    observeRequest({ operation, code, remaining: left }) {
      requests.inc({ operation, code });
      for (const kind of kinds) if (left[kind] !== undefined) remaining.set({ kind }, left[kind]);
    },
    observeCall({ operation, durationMs, error, reason }) {
      const labels = { ...owner, method: methods[operation] };
      duration.observe(labels, durationMs / 1000);
      if (error !== undefined) errors.inc({ ...labels, error });
      if (reason !== undefined) refusals.inc({ operation, reason });
    },
  };
}
