// Metrics of ARM: our own count of requests, and Karpenter's pair for cloud providers, which its dashboards know.
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Clock } from '../clock.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { ArmOperation } from './arm-errors.ts';
import type { ArmObserver, LaneState, RemainingRequests } from './arm-observer.ts';
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
/**
 * What Azure said of its budget longer ago is forgotten: ARM's buckets are full again within half a minute (200 at 10 a
 * second). At rest a LIST comes each five minutes, and its word must not come and go.
 */
export const saidForMs = 600_000;
const owner = { controller: 'gpu-provisioner', provider: 'azure' } as const;

/** Registers the metrics of ARM, once for a registry, and returns what feeds them. */
export function createArmMetrics(
  { onScrape, registry }: Pick<Metrics, 'onScrape' | 'registry'>,
  clock: Pick<Clock, 'monotonicMs'>,
): ArmObserver {
  const registers = [registry];
  const requests = new Counter({
    name: 'gpu_provisioner_arm_requests_total',
    help: 'Requests to Azure Resource Manager by operation and by status or error code. A rise of 429 is throttling, one of 401 or 403 refused credentials or a missing role.',
    labelNames: ['operation', 'code'] as const,
    registers,
  });
  const remaining = new Gauge({
    name: 'gpu_provisioner_arm_remaining_requests',
    help: 'Requests that Azure Resource Manager said within ten minutes are left to this identity, by kind (reads, writes, deletes). Near 0, something uses up the subscription: this controller or another client.',
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
    help: 'Calls to Azure Resource Manager that failed, by operation and by what the answer, or its absence, means. Tells quota from capacity, policy and rights, with the reasons that claims show.',
    labelNames: ['operation', 'reason'] as const,
    registers,
  });
  const budget = new Gauge({
    name: 'gpu_provisioner_arm_budget',
    help: 'Requests that our own limiter would let out now, by lane (pools, creates, cluster). At 0 claims wait for us and not for Azure.',
    labelNames: ['lane'] as const,
    registers,
  });
  const closed = new Gauge({
    name: 'gpu_provisioner_arm_closed_seconds',
    help: 'For how much longer Azure asked us to send nothing on this lane (pools, creates, cluster). Above 0 it throttles; nothing on the lane moves until then.',
    labelNames: ['lane'] as const,
    registers,
  });
  let lanes: (() => readonly LaneState[]) | undefined;
  const said = new Map<keyof RemainingRequests, { readonly left: number; readonly atMs: number }>();
  onScrape(() => {
    for (const lane of lanes?.() ?? []) {
      budget.set({ lane: lane.lane }, lane.budget);
      closed.set({ lane: lane.lane }, lane.closedMs / 1000);
    }
    remaining.reset();
    for (const [kind, { atMs, left }] of said)
      if (clock.monotonicMs() - atMs < saidForMs) remaining.set({ kind }, left);
  });
  // Each series exists from the start, so that a rate over the first request is not lost.
  for (const [operation, code] of Object.entries(usual)) requests.inc({ operation, code }, 0);
  for (const reason of causeReasons) refusals.inc({ operation: 'create', reason }, 0);
  return {
    observeLanes(read) {
      lanes = read;
    },
    observeRequest({ operation, code, remaining: left }) {
      requests.inc({ operation, code });
      const atMs = clock.monotonicMs();
      for (const kind of kinds) if (left[kind] !== undefined) said.set(kind, { left: left[kind], atMs });
    },
    observeCall({ operation, durationMs, error, reason }) {
      const labels = { ...owner, method: methods[operation] };
      duration.observe(labels, durationMs / 1000);
      if (error !== undefined) errors.inc({ ...labels, error });
      if (reason !== undefined) refusals.inc({ operation, reason });
    },
  };
}
