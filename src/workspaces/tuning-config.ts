// The settings of a tuning: the method's own, or a ConfigMap of the user's, read and checked before a GPU is paid for.
import { parse, YAMLParseError } from 'yaml';
import type { Workspace } from '../apis/workspace.gen.ts';
import { sharedMetadata } from './pod-parts.ts';

export type TuningMethod = 'lora' | 'qlora';

const key = 'training_config.yaml';
const sections = new Set([
  'ModelConfig',
  'QuantizationConfig',
  'LoraConfig',
  'TrainingArguments',
  'DatasetConfig',
  'DataCollator',
]);
const usualOutput = '/mnt/output';

export function methodOf({ tuning }: Workspace): TuningMethod {
  return tuning?.method.toLowerCase() === 'lora' ? 'lora' : 'qlora';
}

/** The ConfigMap that the tuning container reads; `own` when it is ours to make where it is missing. */
export function tuningConfigOf(workspace: Workspace): { readonly name: string; readonly own: boolean } {
  const { config } = workspace.tuning ?? {};
  return config === undefined || config === ''
    ? { name: `${methodOf(workspace)}-params-template`, own: true }
    : { name: config, own: false };
}

/** KAITO's own settings (contract/kaito.md 4.5): bf16, rank 8, batches of one, results under /mnt/results. */
export function methodTemplate(method: TuningMethod, namespace: string): object {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: sharedMetadata(`${method}-params-template`, namespace),
    data: { [key]: method === 'qlora' ? `${commonText}${quantizationText}` : commonText },
  };
}

const commonText = `training_config:
  ModelConfig:
    torch_dtype: "bfloat16"
    local_files_only: true
    device_map: "auto"
  LoraConfig:
    r: 8
    lora_alpha: 8
    lora_dropout: 0.0
  TrainingArguments:
    output_dir: "/mnt/results"
    ddp_find_unused_parameters: false
    save_strategy: "epoch"
    per_device_train_batch_size: 1
  DataCollator:
    mlm: true
  DatasetConfig:
    shuffle_dataset: true
    train_test_split: 1
`;
const quantizationText = `  QuantizationConfig:
    load_in_4bit: true
    bnb_4bit_quant_type: "nf4"
    bnb_4bit_compute_dtype: "bfloat16"
    bnb_4bit_use_double_quant: true
`;

export type CheckedConfig =
  | { readonly ok: true; readonly outputDir: string }
  | { readonly ok: false; readonly message: string };

/** Checks what KAITO's webhook checks, in its words (contract/kaito.md 3.3). */
export function checkTuningConfig(
  data: Readonly<Record<string, string>>,
  { name, method }: { readonly name: string; readonly method: TuningMethod },
): CheckedConfig {
  const text = data[key];
  if (text === undefined) return refused(`ConfigMap '${name}' has no key '${key}'`);
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    return refused(`ConfigMap '${name}': ${key} is not YAML: ${error.message.split('\n')[0] ?? ''}`);
  }
  const config = isObject(value) ? value['training_config'] : undefined;
  if (!isObject(config)) return refused(`ConfigMap '${name}': ${key} has no 'training_config'`);
  const unknown = Object.keys(config).find((section) => !sections.has(section));
  if (unknown !== undefined) return refused(`Unrecognized section: ${unknown}`);
  const quantization = config['QuantizationConfig'];
  const isOn = (field: string): boolean => isObject(quantization) && quantization[field] === true;
  const [in4, in8] = [isOn('load_in_4bit'), isOn('load_in_8bit')];
  if (in4 && in8) return refused("Cannot set both 'load_in_4bit' and 'load_in_8bit' to true");
  if (method === 'lora' && (in4 || in8))
    return refused("For method 'lora', 'load_in_4bit' or 'load_in_8bit' in ConfigMap must not be true");
  if (method === 'qlora' && !(in4 || in8))
    return refused("For method 'qlora', either 'load_in_4bit' or 'load_in_8bit' must be true in ConfigMap");
  const args = config['TrainingArguments'];
  return outputDirOf(isObject(args) ? args['output_dir'] : undefined);
}

function outputDirOf(value: unknown): CheckedConfig {
  if (value === undefined || value === '') return { ok: true, outputDir: usualOutput };
  if (typeof value !== 'string') return refused('output_dir is not a string');
  // The folder stands in a shell script and in a mount, so that only plain names are taken.
  const named = value.split('/').filter((part) => part !== '' && part !== '.');
  const parts = value.startsWith('/') && named[0] === 'mnt' ? named.slice(1) : named;
  const isPlain = parts.length > 0 && parts.every((part) => part !== '..' && /^[\w.-]+$/.test(part));
  return isPlain
    ? { ok: true, outputDir: `/mnt/${parts.join('/')}` }
    : refused(`Invalid output_dir specified: '${value}', must be a directory`);
}

function refused(message: string): CheckedConfig {
  return { ok: false, message };
}

interface Json {
  readonly [key: string]: unknown;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
