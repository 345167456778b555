// From options to what the controller of Workspaces works with: presets are read once, at start.
import { readFile } from 'node:fs/promises';
import type { ClaimKind } from '../apis/claim.ts';
import { InvalidPresets, presetsOf, type PresetRelease, type Presets } from './presets.ts';
import type { TuningImages } from './tuning.ts';

export interface WorkspaceOptions {
  readonly workspaces: boolean;
  readonly workspaceClaims: 'machine' | 'nodeclaim';
  readonly presetRelease: PresetRelease;
  readonly presetRegistry: string;
  /** A JSON list of presets, beside those of the release. */
  readonly presetsFile?: string;
  readonly downloaderImage: string;
  readonly pusherImage: string;
}

export interface WorkspaceSettings {
  /** Which kind of claim is created; claims of both count. */
  readonly claimKind: ClaimKind;
  readonly presets: Presets;
  readonly images: TuningImages;
}

/** Undefined when the module is off. Throws InvalidPresets. */
export async function workspaceSettings(options: WorkspaceOptions): Promise<WorkspaceSettings | undefined> {
  if (!options.workspaces) return undefined;
  const { presetRelease, presetRegistry, presetsFile, downloaderImage, pusherImage, workspaceClaims } = options;
  const presets = presetsOf(presetRelease, presetsFile === undefined ? undefined : await textOf(presetsFile));
  return {
    claimKind: workspaceClaims === 'machine' ? 'Machine' : 'NodeClaim',
    presets,
    images: { registry: presetRegistry, presets, downloaderImage, pusherImage },
  };
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new InvalidPresets(
      `Cannot read the presets of ${path}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
