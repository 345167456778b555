// What is wrong with a Workspace, by its CRD's rules and others: found before a GPU is paid for, and said in KAITO's words.
import type { Workspace } from '../apis/workspace.gen.ts';
import { countOf, sizeOf } from '../apis/workspace.ts';
import { gpuCatalogue } from '../azure/catalogue.ts';
import { sizeWarnings } from '../azure/vm-size.ts';
import { takenName } from './container-names.ts';
import { shortfallOf } from './gpu-needs.ts';
import { imageMistake } from './image-reference.ts';
import type { Preset, Presets } from './presets.ts';
import { reasons, type WorkspaceReason } from './reasons.ts';
import { brokenRule } from './spec-rules.ts';

export interface Finding {
  /** A WorkspaceReason, or one that is repeated from a claim or a pod. */
  readonly reason: string;
  readonly message: string;
}

export type CheckedSpec =
  | { readonly ok: true; readonly preset: Preset | undefined; readonly warnings: readonly Finding[] }
  | { readonly ok: false; readonly refusal: Finding };

/** Of Services, of which each Workspace has one of its name; a distributed one has another that is longer. */
const serviceName = /^[a-z]([-a-z0-9]{0,52}[a-z0-9])?$/;
/**
 * Pods of a StatefulSet have its name, a dash and a number of 32 bits as the label controller-revision-hash, which takes 63
 * characters (kubernetes/pkg/controller/history, ControllerRevisionName).
 */
const longestSetName = 63 - 1 - '4294967295'.length;
const knownFamilies = /^standard_[nd]/i;

/** `preset` is undefined for a template. */
export function checkSpec(workspace: Workspace, presets: Presets): CheckedSpec {
  // First, for all that comes after it leans on them.
  const broken = brokenRule(workspace);
  if (broken !== undefined) return refused(reasons.InvalidWorkspace, broken);
  const { metadata, inference, tuning } = workspace;
  const size = sizeOf(workspace);
  if (!serviceName.test(metadata.name))
    return refused(
      reasons.InvalidName,
      `The name "${metadata.name}" cannot be a Service's: it must begin with a letter, have only lower case letters, digits and dashes, and at most 54 of them`,
    );
  if (gpuCatalogue.find(size) === undefined && !knownFamilies.test(size))
    return refused(
      reasons.UnsupportedInstanceType,
      `Unsupported instance type ${size}. Supported SKUs begin with Standard_N or Standard_D`,
    );
  const taken = takenName(workspace);
  if (taken !== undefined) return refused(reasons.InvalidName, taken);
  const image = imagesOf(workspace).find(({ name }) => imageMistake(name) !== undefined);
  if (image !== undefined)
    return refused(
      reasons.InvalidImageName,
      `${image.where} "${image.name}" cannot name an image: ${imageMistake(image.name) ?? ''}. Put the name of yours there`,
    );
  const warnings = sizeWarnings(size, gpuCatalogue);
  const named = inference?.preset ?? tuning?.preset;
  if (named === undefined) return { ok: true, preset: undefined, warnings };
  const preset = presets.find(named.name);
  const kind = tuning === undefined ? 'inference' : 'tuning';
  if (preset === undefined)
    return refused(
      reasons.UnsupportedPreset,
      `Unsupported ${kind} preset name ${named.name}; release ${presets.release} of the presets does not have it`,
    );
  if (tuning === undefined && preset.workload === 'StatefulSet' && metadata.name.length > longestSetName)
    return refused(
      reasons.InvalidName,
      `The name "${metadata.name}" has ${metadata.name.length} characters, and that of a model which is distributed, such as ${preset.name}, ${longestSetName} at most`,
    );
  const needs = tuning === undefined ? preset.inference : preset.tuning;
  if (needs === undefined)
    return refused(
      reasons.UnsupportedPreset,
      `Unsupported tuning preset name ${named.name}: it can be served, not tuned`,
    );
  if (needs.access === 'private' && named.accessMode !== 'private')
    return refused(
      reasons.PrivateImageRequired,
      'This preset only supports private AccessMode, AccessMode must be private to continue, with an image in presetOptions',
    );
  // Every pod of a model that is not distributed holds the whole of it.
  const count = preset.workload === 'StatefulSet' ? countOf(workspace) : 1;
  const short = shortfallOf(preset.name, needs, { vmSize: size, count, catalogue: gpuCatalogue });
  if (short === undefined) return { ok: true, preset, warnings };
  // Tuning may do with less: its data and its settings decide.
  if (tuning !== undefined)
    return { ok: true, preset, warnings: [...warnings, { reason: reasons.InsufficientGPU, message: short }] };
  return refused(reasons.InsufficientGPU, short);
}

interface NamedImage {
  readonly where: string;
  readonly name: string;
}

function imagesOf({ inference, tuning }: Workspace): readonly NamedImage[] {
  return [
    ...given('inference.preset.presetOptions.image', inference?.preset?.presetOptions?.image),
    ...(inference?.adapters ?? []).flatMap(({ source }, index) =>
      given(`inference.adapters[${index}].source.image`, source.image),
    ),
    ...given('tuning.preset.presetOptions.image', tuning?.preset.presetOptions?.image),
    ...given('tuning.input.image', tuning?.input.image),
    ...given('tuning.output.image', tuning?.output.image),
  ];
}

function given(where: string, name: string | undefined): readonly NamedImage[] {
  return name === undefined || name === '' ? [] : [{ where, name }];
}

/** Secrets of the namespace without which its pods do not come up; of a Workspace that breaks no rule of its CRD. */
export function secretsOf({ inference, tuning }: Workspace): readonly string[] {
  const names = [
    ...(inference?.preset?.presetOptions?.imagePullSecrets ?? []),
    ...(inference?.adapters ?? []).flatMap(({ source }) => source.imagePullSecrets ?? []),
    ...(tuning?.preset.presetOptions?.imagePullSecrets ?? []),
    ...(tuning?.input.imagePullSecrets ?? []),
    ...(tuning?.output.imagePushSecret === undefined ? [] : [tuning.output.imagePushSecret]),
  ];
  return [...new Set(names)].filter((name) => name !== '').toSorted();
}

function refused(reason: WorkspaceReason, message: string): CheckedSpec {
  return { ok: false, refusal: { reason, message } };
}
