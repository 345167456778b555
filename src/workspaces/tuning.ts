// The Job that tunes a model: data comes in, an adapter goes out as an image, and the Job is done when that was pushed.
import type { Workspace, WorkspaceTuning } from '../apis/workspace.gen.ts';
import { gpusOf, imageOf, type ImageSource } from './inference.ts';
import {
  argumentsOf,
  emptyDir,
  gpuResources,
  nodeAffinity,
  ownedMetadata,
  podLabels,
  port,
  secretsNamed,
  shell,
  tolerations,
  type VolumeUse,
} from './pod-parts.ts';
import type { PresetNeeds } from './presets.ts';
import { downloadScript, pushScript, reportingFailure } from './tuning-scripts.ts';

export interface TuningImages extends ImageSource {
  /** With curl and a shell. */
  readonly downloaderImage: string;
  /** With oras, tar and a shell. */
  readonly pusherImage: string;
}

const dataFolder = '/mnt/data';
const secretFile = '/root/.docker/config.json';

/** Names of containers that the status speaks of. */
const tuningContainers = { download: 'data-downloader', extract: 'data-extractor', push: 'pusher' } as const;

/** Of the containers beside the one that tunes, which has the Workspace's name. */
export function namesBesideTuning({ input }: Pick<WorkspaceTuning, 'input'>): readonly string[] {
  const { download, extract, push } = tuningContainers;
  return [isGiven(input.image) ? extract : download, push];
}

export function tuningJob(
  workspace: Workspace,
  needs: PresetNeeds,
  { images, config, outputDir }: { readonly images: TuningImages; readonly config: string; readonly outputDir: string },
): object {
  const { image, pullSecrets } = imageOf(workspace, needs, images);
  const { input, output, preset } = workspace.tuning ?? {};
  const data = emptyDir('data-volume', dataFolder);
  const results = emptyDir('results-volume', outputDir);
  const settings: VolumeUse = {
    volume: { name: 'config-volume', configMap: { name: config } },
    mount: { name: 'config-volume', mountPath: '/mnt/config' },
  };
  const credentials = {
    volume: {
      name: 'docker-config',
      secret: {
        secretName: output?.imagePushSecret ?? '',
        items: [{ key: '.dockerconfigjson', path: 'config.json' }],
      },
    },
    mount: { name: 'docker-config', mountPath: secretFile, subPath: 'config.json', readOnly: true },
  };
  const secrets = secretsNamed([
    ...pullSecrets,
    ...(input?.imagePullSecrets ?? []),
    ...(output?.imagePushSecret === undefined ? [] : [output.imagePushSecret]),
  ]);
  const main = {
    name: workspace.metadata.name,
    image,
    command: shell(reportingFailure(tuneCommand(workspace, needs, images), outputDir)),
    ...(preset?.name.toLowerCase().startsWith('phi-3') === true ? { env: [phi3Targets] } : {}),
    resources: gpuResources(gpusOf(workspace, needs, images)),
    ports: [{ containerPort: port }],
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [settings.mount, results.mount, data.mount],
  };
  const pusher = {
    name: tuningContainers.push,
    image: images.pusherImage,
    command: shell(pushScript),
    env: [
      { name: 'OUTPUT_DIR', value: outputDir },
      { name: 'IMAGE', value: output?.image ?? '' },
      { name: 'REGISTRY_CONFIG', value: secretFile },
    ],
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [results.mount, credentials.mount],
  };
  const volumes = [settings, results, data, credentials];
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: ownedMetadata(workspace),
    spec: {
      // A failed tuning is a person's matter: it is told at once, and does not pay for six more tries.
      backoffLimit: 0,
      template: {
        metadata: { labels: podLabels(workspace) },
        spec: {
          restartPolicy: 'Never',
          // So that the pusher sees when the tuning was killed and will never write its result.
          shareProcessNamespace: true,
          ...(secrets.length === 0 ? {} : { imagePullSecrets: secrets }),
          affinity: nodeAffinity(workspace),
          tolerations: [...tolerations, { key: 'gpu', operator: 'Equal', effect: 'NoSchedule' }],
          initContainers: [inputContainer(workspace, images, data)],
          containers: [main, pusher],
          volumes: volumes.map(({ volume }) => volume),
        },
      },
    },
  };
}

const phi3Targets = {
  name: 'DEFAULT_TARGET_MODULES',
  value: 'k_proj,q_proj,v_proj,o_proj,gate_proj,down_proj,up_proj',
} as const;

/** One process for each GPU of the pod: KAITO v0.3.0 starts one for each of the size, and those without a GPU fail. */
function tuneCommand(workspace: Workspace, needs: PresetNeeds, images: ImageSource): string {
  const { presets } = images;
  const processes = gpusOf(workspace, needs, images);
  const file = presets.release === 'v0.3.0' ? 'fine_tuning.py' : '/workspace/tfs/fine_tuning.py';
  return `${needs.command} ${argumentsOf({ num_processes: `${processes}` })} ${file}`;
}

function inputContainer({ tuning }: Workspace, { downloaderImage }: TuningImages, data: VolumeUse): object {
  const { urls = [], image } = tuning?.input ?? {};
  const common = { terminationMessagePolicy: 'FallbackToLogsOnError', volumeMounts: [data.mount] };
  if (isGiven(image))
    return {
      name: tuningContainers.extract,
      image,
      command: shell(`cp -r /data/* ${dataFolder}`),
      ...common,
    };
  return {
    name: tuningContainers.download,
    image: downloaderImage,
    command: shell(downloadScript),
    env: [
      { name: 'DATA_URLS', value: urls.join(' ') },
      { name: 'DATA_VOLUME_PATH', value: dataFolder },
    ],
    ...common,
  };
}

function isGiven(image: string | undefined): image is string {
  return image !== undefined && image !== '';
}
