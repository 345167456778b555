// The scenarios of the integration suite, each of which is played on the real control plane, too.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scenario } from '../support/scenario.ts';

export interface Theme {
  /** As its file is called. */
  readonly name: string;
  readonly scenarios: readonly Scenario[];
}

const folder = join(import.meta.dirname, '../scenarios');

/** Whatever test/scenarios exports, in the order of its files. */
export async function themes(): Promise<readonly Theme[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts')).toSorted();
  return Promise.all(files.map(async (file) => ({ name: file.replace('.ts', ''), scenarios: await read(file) })));
}

async function read(file: string): Promise<readonly Scenario[]> {
  const exported: Record<string, unknown> = await import(join(folder, file));
  return Object.values(exported).filter(Array.isArray).flat().filter(isScenario);
}

function isScenario(value: unknown): value is Scenario {
  return typeof value === 'object' && value !== null && 'play' in value && typeof value.play === 'function';
}
