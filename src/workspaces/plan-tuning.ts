// Tuning a model: its settings, its Service, its Job, and what becomes of them (pure).
import { conditionOf } from '../apis/conditions.ts';
import type { Job } from '../apis/wire.ts';
import type { Workspace } from '../apis/workspace.gen.ts';
import { hashAnnotation, hashOf } from './hash.ts';
import { hintAt } from './missing-pods.ts';
import type { Plan, PlanInput, Wanted, Workload } from './plan.ts';
import { podsOf, troubleOf } from './pod-trouble.ts';
import type { Preset } from './presets.ts';
import { reasons, types } from './reasons.ts';
import { serviceFor } from './services.ts';
import { methodOf, methodTemplate, tuningConfigOf } from './tuning-config.ts';
import { tuningJob } from './tuning.ts';
import { tuned, tuningRuns, workloadWaits } from './verdict.ts';

/** Of the method's own settings, which are written where they are missing. */
const templateOutput = '/mnt/results';

export function planTuning(input: PlanInput, preset: Preset | undefined, plan: Plan): Plan {
  const { workspace, workload, prerequisites, images } = input;
  const { metadata, tuning } = workspace;
  const { job } = workload;
  const needs = preset?.tuning;
  if (tuning === undefined || needs === undefined) return plan;
  const config = tuningConfigOf(workspace);
  const outputDir = prerequisites.tuningConfig?.ok === true ? prerequisites.tuningConfig.outputDir : templateOutput;
  const service = serviceFor(workspace, { distributed: false });
  const template = methodTemplate(methodOf(workspace), metadata.namespace ?? '');
  const write: readonly Wanted[] = [
    { kind: 'Service', name: metadata.name, object: service, hash: hashOf(service) },
    ...(config.own && prerequisites.tuningConfig === undefined && job === undefined
      ? [{ kind: 'ConfigMap' as const, name: config.name, object: template, hash: hashOf(template) }]
      : []),
    {
      kind: 'Job',
      name: metadata.name,
      object: tuningJob(workspace, needs, { images, config: config.name, outputDir }),
      hash: tuningHash(workspace),
    },
  ];
  const conditions = job === undefined ? waiting('The tuning job is being created') : ofJob(input, job);
  return { ...plan, write, conditions };
}

/** What the user asked for alone: neither a new release of ours nor other nodes to prefer may tune, and bill, once more. */
function tuningHash({ tuning, resource }: Workspace): string {
  const { preferredNodes: _, ...asked } = resource;
  return hashOf({ tuning, resource: asked });
}

/** It has pushed its adapter or it has failed; neither is run again as it is. */
export function isOver(job: Job | undefined): boolean {
  return isTrue(job, 'Complete') || isTrue(job, 'Failed');
}

/**
 * Its adapter was pushed and its Job removed since, such as by a cleaner of Jobs. By what KAITO says from v0.3.1 on: v0.3.0
 * has WorkspaceReady as soon as the tuning begins (contract/kaito.md 6.4).
 */
export function wasTuned({ tuning, metadata, status }: Workspace, { job }: Pick<Workload, 'job'>): boolean {
  if (tuning === undefined || job !== undefined) return false;
  const said = conditionOf(status?.conditions ?? [], types.WorkspaceSucceeded);
  return said?.status === 'True' && said.observedGeneration === metadata.generation;
}

function isTrue(job: Job | undefined, condition: string): boolean {
  return job?.status?.conditions?.some(({ type, status }) => type === condition && status === 'True') ?? false;
}

function waiting(message: string): Plan['conditions'] {
  return workloadWaits({ reason: reasons.WorkspaceTuningJobStatusPending, message }, true, false);
}

function ofJob({ workspace, workload, nowMs }: PlanInput, job: Job): Plan['conditions'] {
  const hash = job.metadata.annotations?.[hashAnnotation];
  // KAITO's has none, and is left as it is.
  if (hash !== undefined && hash !== tuningHash(workspace))
    return waiting('The tuning was edited: its earlier job is being removed');
  if (isTrue(job, 'Complete')) return tuned(workspace.tuning?.output.image ?? '');
  const pods = podsOf(workspace, workload.pods);
  const trouble = troubleOf(pods);
  if (isTrue(job, 'Failed') || (job.status?.failed ?? 0) > 0) {
    const message = trouble?.message ?? `job ${job.metadata.name} has failed ${job.status?.failed ?? 1} pods`;
    return workloadWaits({ reason: reasons.WorkspaceTuningJobStatusFailed, message }, true, true);
  }
  if (trouble !== undefined) return workloadWaits(trouble, true, trouble.fatal);
  const { active = 0, ready = 0 } = job.status ?? {};
  return ready > 0
    ? tuningRuns(active, ready)
    : waiting(`Tuning job has not started${pods.length === 0 ? hintAt('job', job, nowMs) : ''}`);
}
