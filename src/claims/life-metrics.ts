// The numbers of claims' lives: begun, how long each part took, ended. Told by the process that did it, so that none counts twice.
import { Histogram } from 'prom-client';
import type { Claim, ClaimKind } from '../apis/claim.ts';
import { gpuCatalogue } from '../azure/catalogue.ts';
import { PlanRefused } from '../azure/plan-refused.ts';
import { vmSizeOf } from '../azure/vm-size.ts';
import { counterBy, counterOf } from '../observability/counters.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Milestone } from './milestones.ts';

/** A pool was asked for, or one that was there was adopted. */
const beginnings = ['provisioned', 'adopted'] as const;
type Beginning = (typeof beginnings)[number];

export interface LifeMetrics {
  /** A claim was taken up. */
  readonly created: (claim: Claim, how: Beginning) => void;
  readonly passed: (claim: Claim, milestone: Milestone) => void;
  /** Our finalizer is off the claim. All in milliseconds; `instanceMs`: since Azure accepted the deletion of the pool, if it was asked. */
  readonly terminated: (claim: Claim, took: { readonly deletingMs: number; readonly instanceMs?: number }) => void;
}

// From what a spare machine needs to the hour after which AKS gives up; deletions are as slow.
const phaseSeconds = [10, 30, 60, 120, 180, 240, 300, 420, 600, 900, 1200, 1800, 2700, 3600, 7200];

const phaseNames = ['launching', 'registering', 'initializing', 'deleting'] as const;

/** Registers them, once for a registry. */
export function createLifeMetrics(metrics: Pick<Metrics, 'registry'>): LifeMetrics {
  const registers = [metrics.registry];
  const of = { Machine: lifeOf(metrics, 'karpenter_machines'), NodeClaim: lifeOf(metrics, 'karpenter_nodeclaims') };
  const passed = {
    launching: milestone(metrics, 'launched', 'a machine in Azure'),
    registering: milestone(metrics, 'registered', 'a Node'),
    initializing: milestone(metrics, 'initialized', 'a Node with all that was asked for'),
  };
  const phases = new Histogram({
    name: 'gpu_provisioner_phase_duration_seconds',
    help: 'How long claims took for each phase, by VM size (other: not in the catalogue). Shows which part of a cold start is slow, and for which size.',
    labelNames: ['kind', 'phase', 'size'],
    buckets: phaseSeconds,
    registers,
  });
  const ready = new Histogram({
    name: 'gpu_provisioner_time_to_ready_seconds',
    help: 'From the creation of claims until they were Ready for the first time, by VM size. What people wait for.',
    labelNames: ['kind', 'size'],
    buckets: phaseSeconds,
    registers,
  });
  const seen = new Set<string>();
  /** Series of a size begin at 0 when its first claim is seen, so that a rate over the first observation is not lost. */
  const labelsOf = (claim: Claim): { readonly kind: ClaimKind; readonly size: string } => {
    const labels = { kind: claim.kind, size: sizeLabelOf(claim) };
    const key = `${labels.kind} ${labels.size}`;
    if (!seen.has(key)) {
      for (const phase of phaseNames) phases.zero({ ...labels, phase });
      ready.zero(labels);
      seen.add(key);
    }
    return labels;
  };
  return {
    created(claim, how) {
      labelsOf(claim);
      of[claim.kind].created(how);
    },
    passed(claim, { phase, tookMs }) {
      const labels = labelsOf(claim);
      if (phase === 'ready') {
        ready.observe(labels, tookMs / 1000);
        return;
      }
      phases.observe({ ...labels, phase }, tookMs / 1000);
      if (claim.kind === 'Machine') passed[phase]();
    },
    terminated(claim, { deletingMs, instanceMs }) {
      const { terminated, termination, instance } = of[claim.kind];
      terminated();
      termination.observe(deletingMs / 1000);
      phases.observe({ ...labelsOf(claim), phase: 'deleting' }, deletingMs / 1000);
      if (instanceMs !== undefined) instance.observe(instanceMs / 1000);
    },
  };
}

function lifeOf(metrics: Pick<Metrics, 'registry'>, prefix: string) {
  const registers = [metrics.registry];
  // What Karpenter before v1 called claims were Machines, and only they had counters without a suffix.
  const earlier = (name: string): { readonly earlierName?: string } =>
    prefix === 'karpenter_machines' ? { earlierName: `${prefix}_${name}` } : {};
  return {
    created: counterBy<Beginning>(metrics, {
      name: `${prefix}_created_total`,
      ...earlier('created'),
      help: 'Claims that were taken up: a pool was asked for, or one that was there was adopted',
      label: 'reason',
      values: beginnings,
    }),
    terminated: counterOf(metrics, {
      name: `${prefix}_terminated_total`,
      ...earlier('terminated'),
      help: 'Claims that were deleted and let go',
    }),
    termination: new Histogram({
      name: `${prefix}_termination_duration_seconds`,
      help: 'From the deletion of a claim until it was let go',
      buckets: phaseSeconds,
      registers,
    }),
    instance: new Histogram({
      name: `${prefix}_instance_termination_duration_seconds`,
      help: 'From the moment Azure accepted the deletion of a pool until its claim was let go',
      buckets: phaseSeconds,
      registers,
    }),
  };
}

/** Of Machines alone: Karpenter has dropped them since. */
function milestone(metrics: Pick<Metrics, 'registry'>, name: string, what: string): () => void {
  return counterOf(metrics, { name: `karpenter_machines_${name}`, help: `Machines that got ${what}` });
}

/** Bounded: people may write anything as an instance type. */
function sizeLabelOf({ spec }: Claim): string {
  try {
    return gpuCatalogue.find(vmSizeOf(spec.requirements))?.size ?? 'other';
  } catch (error) {
    if (error instanceof PlanRefused) return 'other';
    throw error;
  }
}
