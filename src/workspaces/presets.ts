// The models that can be named: what each needs, and how its image is run. All of it is data, and users can add to it.
import { InvalidQuantity, parseQuantity } from '../apis/quantity.ts';
import data from './presets.json' with { type: 'json' };

export type PresetRelease = 'v0.3.0' | 'v0.4.1';

/** What serving, or tuning, a model takes. Quantities are texts of Kubernetes; a plain disk size is in GB. */
export interface PresetNeeds {
  readonly disk: string;
  readonly gpus: number;
  readonly totalGpuMemory: string;
  readonly perGpuMemory: string;
  /** `private`: no public image exists, so the user names one. */
  readonly access: 'public' | 'private';
  /** Of KAITO's image; absent where there is none. */
  readonly tag?: string;
  /** A whole image instead of KAITO's, for presets that users add. */
  readonly image?: string;
  /** In front of the arguments. */
  readonly command: string;
  readonly readyMinutes: number;
  /** Processes of a distributed model. */
  readonly worldSize?: number;
  readonly params?: Readonly<Record<string, string>>;
  /** Of the vllm runtime; absent where the model does not run in it. */
  readonly vllmParams?: Readonly<Record<string, string>>;
  readonly tensorParallel?: boolean;
}

export interface Preset {
  readonly name: string;
  /** A StatefulSet where the model is distributed over its nodes. */
  readonly workload: 'Deployment' | 'StatefulSet';
  readonly inference: PresetNeeds;
  /** Absent where the model cannot be tuned. */
  readonly tuning?: PresetNeeds;
}

export interface Presets {
  readonly release: PresetRelease;
  /** Names are as they are written: KAITO's lookup knows case. */
  find(name: string): Preset | undefined;
}

export class InvalidPresets extends Error {
  readonly code = 'INVALID_PRESETS';

  constructor(message: string, options?: { readonly cause: unknown }) {
    super(message, options);
    this.name = 'InvalidPresets';
  }
}

/** The presets of a release, and those that users add; theirs win. `added` is the text of a JSON list. */
export function presetsOf(release: PresetRelease, added = '[]'): Presets {
  const byName = new Map<string, Preset>();
  for (const each of data.releases[release].presets) byName.set(each.name, readPreset(each, `release ${release}`));
  for (const each of readList(added)) {
    const preset = readPreset(each, 'the added presets');
    byName.set(preset.name, preset);
  }
  return { release, find: (name) => byName.get(name) };
}

function readList(text: string): readonly unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InvalidPresets(`Cannot read the added presets: they are not JSON (${String(error)})`, { cause: error });
  }
  if (!Array.isArray(value)) throw new InvalidPresets('Cannot read the added presets: they are not a list');
  return value;
}

function readPreset(value: unknown, where: string): Preset {
  if (!isObject(value)) throw new InvalidPresets(`Cannot read a preset of ${where}: it is not an object`);
  const { name, workload = 'Deployment', inference, tuning } = value;
  if (typeof name !== 'string' || name === '')
    throw new InvalidPresets(`Cannot read a preset of ${where}: it has no name`);
  const at = `preset "${name}" of ${where}`;
  if (workload !== 'Deployment' && workload !== 'StatefulSet')
    throw new InvalidPresets(`Cannot read ${at}: workload is neither Deployment nor StatefulSet`);
  return {
    name,
    workload,
    inference: readNeeds(inference, `${at}: inference`),
    ...(tuning === undefined ? {} : { tuning: readNeeds(tuning, `${at}: tuning`) }),
  };
}

function readNeeds(value: unknown, at: string): PresetNeeds {
  if (!isObject(value)) throw new InvalidPresets(`Cannot read ${at}: it is not an object`);
  const { disk, gpus, totalGpuMemory, perGpuMemory = '0Gi', access = 'public', tag, image, command } = value;
  const { readyMinutes = 30, worldSize, params, vllmParams, tensorParallel } = value;
  const bad = (field: string, expected: string): InvalidPresets =>
    new InvalidPresets(`Cannot read ${at}: ${field} is not ${expected}`);
  if (!isQuantity(disk)) throw bad('disk', 'a quantity such as 50Gi');
  if (!isQuantity(totalGpuMemory)) throw bad('totalGpuMemory', 'a quantity such as 16Gi');
  if (!isQuantity(perGpuMemory)) throw bad('perGpuMemory', 'a quantity such as 16Gi');
  if (!isCount(gpus)) throw bad('gpus', 'a whole number above 0');
  if (!isCount(readyMinutes)) throw bad('readyMinutes', 'a whole number above 0');
  if (worldSize !== undefined && !isCount(worldSize)) throw bad('worldSize', 'a whole number above 0');
  if (access !== 'public' && access !== 'private') throw bad('access', 'public or private');
  if (typeof command !== 'string') throw bad('command', 'a text');
  if (tag !== undefined && typeof tag !== 'string') throw bad('tag', 'a text');
  if (image !== undefined && typeof image !== 'string') throw bad('image', 'a text');
  if (params !== undefined && !isTexts(params)) throw bad('params', 'texts by name');
  if (vllmParams !== undefined && !isTexts(vllmParams)) throw bad('vllmParams', 'texts by name');
  if (tensorParallel !== undefined && typeof tensorParallel !== 'boolean') throw bad('tensorParallel', 'true or false');
  return {
    disk,
    gpus,
    totalGpuMemory,
    perGpuMemory,
    access,
    command,
    readyMinutes,
    ...(tag === undefined ? {} : { tag }),
    ...(image === undefined ? {} : { image }),
    ...(worldSize === undefined ? {} : { worldSize }),
    ...(params === undefined ? {} : { params }),
    ...(vllmParams === undefined ? {} : { vllmParams }),
    ...(tensorParallel === undefined ? {} : { tensorParallel }),
  };
}

interface Json {
  readonly [key: string]: unknown;
  readonly name?: unknown;
  readonly workload?: unknown;
  readonly inference?: unknown;
  readonly tuning?: unknown;
  readonly disk?: unknown;
  readonly gpus?: unknown;
  readonly totalGpuMemory?: unknown;
  readonly perGpuMemory?: unknown;
  readonly access?: unknown;
  readonly tag?: unknown;
  readonly image?: unknown;
  readonly command?: unknown;
  readonly readyMinutes?: unknown;
  readonly worldSize?: unknown;
  readonly params?: unknown;
  readonly vllmParams?: unknown;
  readonly tensorParallel?: unknown;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}

function isTexts(value: unknown): value is Record<string, string> {
  return isObject(value) && Object.values(value).every((each) => typeof each === 'string');
}

function isQuantity(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  try {
    parseQuantity(value);
    return true;
  } catch (error) {
    if (error instanceof InvalidQuantity) return false;
    throw error;
  }
}
