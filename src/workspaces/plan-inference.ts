// Serving a model: its Services and its workload, and what becomes of them (pure).
import type { Deployment, StatefulSet } from '../apis/wire.ts';
import type { Workspace } from '../apis/workspace.gen.ts';
import { countOf } from '../apis/workspace.ts';
import { hashAnnotation, hashOf } from './hash.ts';
import { inferenceConfigOf, inferenceConfigTemplate, presetWorkload, templateWorkload } from './inference.ts';
import { runtimeOf } from './inference-command.ts';
import { hintAt, refusalOf } from './missing-pods.ts';
import type { Plan, PlanInput, Wanted } from './plan.ts';
import { sharedMetadata } from './pod-parts.ts';
import { podsOf, troubleOf, unreadySince } from './pod-trouble.ts';
import type { Preset } from './presets.ts';
import { reasons } from './reasons.ts';
import { headlessName, headlessServiceFor, serviceFor } from './services.ts';
import { served, workloadWaits } from './verdict.ts';

/** KAITO waits so long for a template's pods. */
const templateReadyMinutes = 10;

export function planInference(input: PlanInput, preset: Preset | undefined, plan: Plan): Plan {
  const { workspace, workload } = input;
  const { name } = workspace.metadata;
  const distributed = preset?.workload === 'StatefulSet';
  const want = (kind: Wanted['kind'], object: object, at = name): Wanted => ({
    kind,
    name: at,
    object,
    hash: hashOf(object),
  });
  const services = [
    want('Service', serviceFor(workspace, { distributed })),
    ...(distributed ? [want('Service', headlessServiceFor(workspace), headlessName(workspace))] : []),
  ];
  const clusterIp = workload.service?.spec?.clusterIP;
  // Pods of a distributed model meet at the Service's address, so it is there first.
  const model =
    distributed && clusterIp === undefined
      ? undefined
      : preset === undefined
        ? want('Deployment', templateWorkload(workspace))
        : want(preset.workload, presetWorkload(workspace, preset, input.images, clusterIp));
  const running = distributed ? workload.statefulSet : workload.deployment;
  const isNew = running !== undefined && !isMadeOf(running, model);
  const write = [
    ...services,
    ...configOf(input, preset, isNew).map((object) => want('ConfigMap', object, inferenceConfigTemplate)),
    ...(model === undefined ? [] : [model]),
  ];
  const isServed = running !== undefined && isMadeOf(running, model) && isUp(workspace, running);
  return { ...plan, write, ...(isServed ? { conditions: served() } : waits(input, preset, running)) };
}

function isMadeOf({ metadata }: Deployment | StatefulSet, model: Wanted | undefined): boolean {
  return model !== undefined && metadata.annotations?.[hashAnnotation] === model.hash;
}

/** Every replica runs what was last written, and is ready. */
function isUp(workspace: Workspace, { metadata, status }: Deployment | StatefulSet): boolean {
  const wanted = countOf(workspace);
  return (
    (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0) &&
    (status?.updatedReplicas ?? 0) >= wanted &&
    (status?.readyReplicas ?? 0) >= wanted
  );
}

function waits(
  { workspace, workload, nowMs }: PlanInput,
  preset: Preset | undefined,
  running: Deployment | StatefulSet | undefined,
): Pick<Plan, 'conditions' | 'wakeAfterMs'> {
  const pods = podsOf(workspace, workload.pods);
  const trouble = troubleOf(pods) ?? refusalOf(running);
  const limitMs = (preset?.inference.readyMinutes ?? templateReadyMinutes) * 60_000;
  const begun = unreadySince(pods);
  const leftMs = running === undefined || begun === undefined ? limitMs : begun + limitMs - nowMs;
  const ready = running?.status?.readyReplicas ?? 0;
  const kind = preset?.workload === 'StatefulSet' ? 'statefulset' : 'deployment';
  const hint = pods.length === 0 ? hintAt(kind, running, nowMs) : '';
  const progress = `${ready}/${countOf(workspace)} pods ready${hint}`;
  if (trouble !== undefined)
    return { conditions: workloadWaits(trouble, false, trouble.fatal || leftMs <= 0), ...wake(leftMs) };
  const reason = leftMs > 0 ? reasons.WorkspaceInferenceStatusPending : reasons.WorkspaceInferenceStatusFailed;
  const message = leftMs > 0 ? progress : `${progress} after ${limitMs / 60_000} minutes; look at the logs of its pods`;
  return { conditions: workloadWaits({ reason, message }, false, leftMs <= 0), ...wake(leftMs) };
}

function wake(leftMs: number): Pick<Plan, 'wakeAfterMs'> {
  return leftMs > 0 ? { wakeAfterMs: leftMs } : {};
}

/**
 * The settings of the vllm runtime where the user names none: KAITO's own are empty. Nobody looks for them while a workload
 * is there, so pods that are to be others (`isNew`) get them in any case: one that is there is left as it is.
 */
function configOf(
  { workspace, prerequisites }: PlanInput,
  preset: Preset | undefined,
  isNew: boolean,
): readonly object[] {
  const needsOwn = preset !== undefined && runtimeOf(workspace, preset) === 'vllm' && inferenceConfigOf(workspace).own;
  if (!needsOwn || (prerequisites.inferenceConfig && !isNew)) return [];
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: sharedMetadata(inferenceConfigTemplate, workspace.metadata.namespace),
      data: { 'inference_config.yaml': 'vllm: {}\n' },
    },
  ];
}
