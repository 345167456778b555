// The command of a served model: what runs it, with the arguments that its preset and its number of nodes ask for.
import type { Workspace } from '../apis/workspace.gen.ts';
import { countOf } from '../apis/workspace.ts';
import { argumentsOf, shell } from './pod-parts.ts';
import type { Preset, PresetRelease } from './presets.ts';
import { headlessName } from './services.ts';

export type Runtime = 'transformers' | 'vllm';

export interface CommandOptions {
  readonly release: PresetRelease;
  readonly runtime: Runtime;
  readonly gpus: number;
  readonly clusterIp: string | undefined;
}

/** KAITO v0.4 serves with vllm unless the Workspace says otherwise; v0.3.0 knows transformers alone. */
export function runtimeOf({ metadata }: Workspace, { inference }: Preset): Runtime {
  if (inference.vllmParams === undefined) return 'transformers';
  return metadata.annotations?.['kaito.sh/runtime'] === 'transformers' ? 'transformers' : 'vllm';
}

export function inferenceCommand(workspace: Workspace, preset: Preset, options: CommandOptions): readonly string[] {
  const { inference } = preset;
  const { release, runtime, gpus } = options;
  if (runtime === 'vllm') {
    const params = {
      ...inference.vllmParams,
      'served-model-name': preset.name,
      'tensor-parallel-size': inference.tensorParallel === false ? '1' : `${gpus}`,
      'kaito-config-file': '/mnt/config/inference_config.yaml',
    };
    return shell(`python3 /workspace/vllm/inference_api.py ${argumentsOf(params)}`);
  }
  const torch = inference.worldSize === undefined ? accelerate : torchrun(workspace, inference.worldSize, options);
  // The images of v0.4 hold two runtimes; llama's command changes to its own folder.
  const file =
    release === 'v0.3.0' || inference.worldSize !== undefined ? 'inference_api.py' : '/workspace/tfs/inference_api.py';
  const model = argumentsOf(inference.params ?? {});
  return shell([inference.command, argumentsOf(torch), file, model].filter((part) => part !== '').join(' '));
}

const accelerate = { num_processes: '1', num_machines: '1', machine_rank: '0', gpu_ids: 'all' } as const;

function torchrun(workspace: Workspace, worldSize: number, { clusterIp }: CommandOptions): Record<string, string> {
  const nodes = countOf(workspace);
  const { name, namespace = '' } = workspace.metadata;
  const alone = { nnodes: `${nodes}`, nproc_per_node: `${Math.max(1, Math.floor(worldSize / nodes))}` };
  if (nodes === 1) return alone;
  return {
    ...alone,
    // The ordinal of the pod.
    node_rank: "$(echo $HOSTNAME | grep -o '[^-]*$')",
    ...(clusterIp === undefined ? {} : { master_addr: clusterIp }),
    master_port: '29500',
    max_restarts: '3',
    rdzv_id: 'job',
    rdzv_backend: 'c10d',
    rdzv_endpoint: `${name}-0.${headlessName(workspace)}.${namespace}.svc.cluster.local:29500`,
  };
}
