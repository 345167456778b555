// Tuning a model: its settings, its Service, its Job, and what becomes of them (pure).
import { hashOf } from './hash.ts';
import type { Plan, PlanInput, Wanted } from './plan.ts';
import { troubleOf } from './pod-trouble.ts';
import type { Preset } from './presets.ts';
import { reasons } from './reasons.ts';
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
      // What the user asked for alone: a new release of ours must not tune, and bill, once more.
      hash: hashOf({ tuning, resource: workspace.resource }),
    },
  ];
  const conditions = job === undefined ? waiting('The tuning job is being created') : ofJob(input, job);
  return { ...plan, write, conditions };
}

function waiting(message: string): Plan['conditions'] {
  return workloadWaits({ reason: reasons.WorkspaceTuningJobStatusPending, message }, true, false);
}

function ofJob({ workspace, workload }: PlanInput, job: NonNullable<PlanInput['workload']['job']>): Plan['conditions'] {
  const is = (type: string): boolean =>
    job.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;
  if (is('Complete')) return tuned(workspace.tuning?.output.image ?? '');
  const trouble = troubleOf(workload.pods);
  if (is('Failed') || (job.status?.failed ?? 0) > 0) {
    const message = trouble?.message ?? `job ${job.metadata.name} has failed ${job.status?.failed ?? 1} pods`;
    return workloadWaits({ reason: reasons.WorkspaceTuningJobStatusFailed, message }, true, true);
  }
  if (trouble !== undefined) return workloadWaits(trouble, true, trouble.fatal);
  const { active = 0, ready = 0 } = job.status ?? {};
  return ready > 0 ? tuningRuns(active, ready) : waiting('Tuning job has not started');
}
