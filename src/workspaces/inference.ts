// The workload that serves a model: a Deployment, or a StatefulSet where the model is distributed over its nodes.
import type { Workspace } from '../apis/workspace.gen.ts';
import { countOf, sizeOf } from '../apis/workspace.ts';
import { gpuCatalogue } from '../azure/catalogue.ts';
import { adapterParts } from './adapters.ts';
import { inferenceCommand, runtimeOf } from './inference-command.ts';
import {
  gpuResources,
  nodeAffinity,
  ownedMetadata,
  podLabels,
  port,
  secretsNamed,
  sharedMemory,
  tolerations,
  type VolumeUse,
} from './pod-parts.ts';
import type { Preset, PresetNeeds, Presets } from './presets.ts';
import { headlessName } from './services.ts';

export interface ImageSource {
  /** Where KAITO's images are. */
  readonly registry: string;
  readonly presets: Presets;
}

/** Where the user names none (KAITO v0.4). */
export const inferenceConfigTemplate = 'inference-params-template';

/** The ConfigMap that the vllm runtime reads; `own` when it is ours to make where it is missing. */
export function inferenceConfigOf({ inference }: Workspace): { readonly name: string; readonly own: boolean } {
  const { config = '' } = inference ?? {};
  return config === '' ? { name: inferenceConfigTemplate, own: true } : { name: config, own: false };
}

export function imageOf(
  workspace: Pick<Workspace, 'inference' | 'tuning'>,
  needs: PresetNeeds,
  { registry }: ImageSource,
): { readonly image: string; readonly pullSecrets: readonly string[] } {
  const { preset } = workspace.inference ?? workspace.tuning ?? {};
  const { image, imagePullSecrets = [] } = preset?.presetOptions ?? {};
  if (preset?.accessMode === 'private') return { image: image ?? '', pullSecrets: imagePullSecrets };
  return { image: needs.image ?? `${registry}/kaito-${preset?.name ?? ''}:${needs.tag ?? ''}`, pullSecrets: [] };
}

/**
 * Of one pod. v0.3.0 asks for what the preset needs, which a distributed model has on all its nodes together; later
 * releases ask for what the size has (contract/kaito.md 4.3, 4.5).
 */
export function gpusOf(workspace: Workspace, needs: PresetNeeds, { presets }: ImageSource): number {
  const { worldSize, gpus } = needs;
  const needed = worldSize === undefined ? gpus : Math.max(1, Math.ceil(worldSize / countOf(workspace)));
  return presets.release === 'v0.3.0' ? needed : (gpuCatalogue.find(sizeOf(workspace))?.gpuCount ?? needed);
}

/** `clusterIp`: of the Workspace's Service, where a distributed model meets; undefined: not known yet. */
export function presetWorkload(
  workspace: Workspace,
  preset: Preset,
  source: ImageSource,
  clusterIp: string | undefined,
): object {
  const { image, pullSecrets } = imageOf(workspace, preset.inference, source);
  const runtime = runtimeOf(workspace, preset);
  const gpus = gpusOf(workspace, preset.inference, source);
  const adapters = adapterParts(workspace);
  const volumes = [...sharedMemory(workspace), ...adapters.volumes, ...runtimeConfig(workspace, runtime)];
  const command = inferenceCommand(workspace, preset, { release: source.presets.release, runtime, gpus, clusterIp });
  const secrets = secretsNamed([...pullSecrets, ...adapters.pullSecrets]);
  const path = source.presets.release === 'v0.3.0' ? '/healthz' : '/health';
  const pod = {
    ...(secrets.length === 0 ? {} : { imagePullSecrets: secrets }),
    affinity: nodeAffinity(workspace),
    tolerations,
    ...(adapters.initContainers.length === 0 ? {} : { initContainers: adapters.initContainers }),
    containers: [
      {
        name: workspace.metadata.name,
        image,
        command,
        ...(adapters.env.length === 0 ? {} : { env: adapters.env }),
        resources: gpuResources(gpus),
        ports: [{ containerPort: port }],
        livenessProbe: probe(path, 600),
        readinessProbe: probe(path, 30),
        ...(volumes.length === 0 ? {} : { volumeMounts: volumes.map(({ mount }) => mount) }),
      },
    ],
    ...(volumes.length === 0 ? {} : { volumes: volumes.map(({ volume }) => volume) }),
  };
  return preset.workload === 'StatefulSet' ? statefulSet(workspace, pod) : deployment(workspace, pod);
}

/** The user's own pods; affinity is the Workspace's, tolerations are added to theirs (contract/kaito.md 4.3). */
export function templateWorkload(workspace: Workspace): object {
  const template = workspace.inference?.template ?? {};
  const metadata = objectOf(template['metadata']);
  const spec = objectOf(template['spec']);
  const theirs = spec['tolerations'];
  const pod = {
    ...spec,
    affinity: nodeAffinity(workspace),
    tolerations: [...(Array.isArray(theirs) ? theirs : []), ...tolerations],
  };
  return deployment(workspace, pod, metadata);
}

function probe(path: string, initialDelaySeconds: number): object {
  return { httpGet: { path, port }, initialDelaySeconds, periodSeconds: 10 };
}

function runtimeConfig(workspace: Workspace, runtime: 'transformers' | 'vllm'): readonly VolumeUse[] {
  if (runtime !== 'vllm') return [];
  const { name } = inferenceConfigOf(workspace);
  return [
    {
      volume: { name: 'config-volume', configMap: { name } },
      mount: { name: 'config-volume', mountPath: '/mnt/config' },
    },
  ];
}

function deployment(workspace: Workspace, pod: object, metadata: Json = {}): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: ownedMetadata(workspace),
    spec: {
      replicas: countOf(workspace),
      selector: { matchLabels: podLabels(workspace) },
      // There is no GPU to spare for a second pod while the first still runs.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      template: podTemplate(workspace, pod, metadata),
    },
  };
}

function statefulSet(workspace: Workspace, pod: object): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: ownedMetadata(workspace),
    spec: {
      replicas: countOf(workspace),
      serviceName: headlessName(workspace),
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: podLabels(workspace) },
      template: podTemplate(workspace, pod, {}),
    },
  };
}

function podTemplate(workspace: Workspace, pod: object, { labels, annotations }: Json): object {
  return {
    metadata: {
      labels: { ...objectOf(labels), ...podLabels(workspace) },
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec: pod,
  };
}

interface Json {
  readonly [key: string]: unknown;
  readonly labels?: unknown;
  readonly annotations?: unknown;
  readonly tolerations?: unknown;
  readonly metadata?: unknown;
  readonly spec?: unknown;
}

function objectOf(value: unknown): Json {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
