// The fleet in numbers: how many claims are how far, for how long they wait, and how many GPUs come of it.
import { Gauge } from 'prom-client';
import type { Claim } from '../apis/claim.ts';
import { conditionOf } from '../apis/conditions.ts';
import type { Node } from '../apis/wire.ts';
import { gpuCatalogue } from '../azure/catalogue.ts';
import { conditionTypes } from '../claims/faces.ts';
import { offeredGpus } from '../claims/gpu-readiness/offered.ts';
import { amountOf, isGpuResource } from '../claims/gpu-resources.ts';
import { guideOf } from '../claims/reason-guide.ts';
import { reasons } from '../claims/reasons.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Store } from '../runtime/store.ts';
import { sizeOf } from './claim-rows.ts';
import { timelineOf } from './timeline.ts';
import type { Phase } from './timeline.ts';

export interface FleetMetricsSources {
  /** By kind: the claims that we serve, as the caches have them. */
  readonly claims: Readonly<Record<Claim['kind'], () => Iterable<Claim>>>;
  readonly nodes: Pick<Store<Node>, 'get'>;
  /** By the API server's clock, which conditions are stamped with. */
  readonly now: () => Date;
}

/** Reasons that other software wrote into a condition are of any number. */
const otherReason = 'Other';
const phaseNames = [
  'launching',
  'registering',
  'initializing',
  'ready',
  'deleting',
] as const satisfies readonly Phase['name'][];
const kinds = ['Machine', 'NodeClaim'] as const satisfies readonly Claim['kind'][];

/** Registers them, once for a registry. They are read off the caches at each scrape, so that a standby tells them as well. */
export function createFleetMetrics(
  { onScrape, registry }: Pick<Metrics, 'onScrape' | 'registry'>,
  { claims, nodes, now }: FleetMetricsSources,
): void {
  const gauge = <L extends string>(name: string, labelNames: readonly L[], help: string): Gauge<L> =>
    new Gauge({ name, help, labelNames: [...labelNames], registers: [registry] });
  const count = gauge(
    'gpu_provisioner_claims',
    ['kind', 'phase', 'reason'],
    'Claims by how far they are and by what they say of it. Every claim is in one series, so that sums are the fleet.',
  );
  const notReady = gauge(
    'gpu_provisioner_claim_not_ready_seconds',
    ['kind', 'reason'],
    'For how long the claim that has waited longest has not been Ready, by what it says now. The one to alert on: somebody waits for a GPU.',
  );
  const deleting = gauge(
    'gpu_provisioner_claim_deleting_seconds',
    ['kind', 'reason'],
    'For how long the claim whose deletion has lasted longest is being deleted, by what it says now. A pool that does not go is billed meanwhile.',
  );
  const gpus = gauge(
    'gpu_provisioner_gpus',
    ['kind', 'state'],
    'GPUs that claims ask for, by their sizes, and those that Nodes of Ready claims offer to pods. What is asked and not ready is what people wait for.',
  );
  onScrape(() => {
    for (const one of [count, notReady, deleting]) one.reset();
    const at = now();
    for (const kind of kinds) {
      const sums = new Sums();
      for (const claim of claims[kind]()) sums.add(claim, at, nodes);
      for (const phase of phaseNames) {
        const byReason = sums.counts.get(phase) ?? new Map([['', 0]]);
        for (const [reason, value] of byReason) count.set({ kind, phase, reason }, value);
      }
      for (const [reason, ms] of sums.notReadyMs) notReady.set({ kind, reason }, ms / 1000);
      for (const [reason, ms] of sums.deletingMs) deleting.set({ kind, reason }, ms / 1000);
      gpus.set({ kind, state: 'asked' }, sums.asked);
      gpus.set({ kind, state: 'ready' }, sums.ready);
    }
  });
}

/** Of the claims of one kind. */
class Sums {
  readonly counts = new Map<Phase['name'], Map<string, number>>();
  readonly notReadyMs = new Map<string, number>();
  readonly deletingMs = new Map<string, number>();
  asked = 0;
  ready = 0;

  add(claim: Claim, now: Date, nodes: FleetMetricsSources['nodes']): void {
    const { current } = timelineOf(claim, now);
    const phase = current?.name ?? 'launching';
    const isReady = conditionOf(claim.status.conditions, 'Ready')?.status === 'True';
    const reason = reasonLabelOf(current?.reason ?? (phase === 'ready' ? reasons.Ready : ''));
    const byReason = this.counts.get(phase) ?? new Map<string, number>();
    this.counts.set(phase, byReason.set(reason, (byReason.get(reason) ?? 0) + 1));
    if (claim.deletingSince !== undefined) {
      longest(this.deletingMs, reason, now.getTime() - claim.deletingSince.getTime());
      return;
    }
    if (!isReady) longest(this.notReadyMs, reason, now.getTime() - notReadySinceMs(claim));
    this.asked += gpusAskedBy(claim);
    if (isReady) this.ready += gpusReadyFor(claim, nodes);
  }
}

function longest(times: Map<string, number>, reason: string, ms: number): void {
  times.set(reason, Math.max(times.get(reason) ?? 0, ms));
}

function reasonLabelOf(reason: string): string {
  return reason === '' || guideOf(reason) !== undefined ? reason : otherReason;
}

/** By Initialized, since Ready turns from Unknown to False and back with each answer of Azure. */
function notReadySinceMs({ createdAt, kind, status }: Claim): number {
  const initialized = conditionOf(status.conditions, conditionTypes[kind].initialized);
  const turned = initialized?.status === 'True' ? conditionOf(status.conditions, 'Ready') : initialized;
  const ms = Date.parse(turned?.lastTransitionTime ?? '');
  return Number.isNaN(ms) ? createdAt.getTime() : ms;
}

/** Of a size that nobody knows, what its resources ask for. */
function gpusAskedBy(claim: Claim): number {
  const known = gpuCatalogue.find(sizeOf(claim) ?? '')?.gpuCount;
  if (known !== undefined) return known;
  const asked = Object.entries(claim.spec.requests).filter(([name]) => isGpuResource(name));
  return asked.reduce((sum, [, amount]) => sum + amountOf(amount), 0);
}

function gpusReadyFor(claim: Claim, nodes: FleetMetricsSources['nodes']): number {
  const { nodeName } = claim.status;
  const node = nodeName === undefined ? undefined : nodes.get(nodeName);
  return node === undefined ? 0 : offeredGpus(node, gpuCatalogue.find(sizeOf(claim) ?? ''));
}
