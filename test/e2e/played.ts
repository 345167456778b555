// The scenarios of the integration suite, each of which is played on the real control plane, too.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scenario } from '../support/scenario.ts';
import { notHere } from './not-here.ts';

export interface Theme {
  /** As its file is called. */
  readonly name: string;
  readonly scenarios: readonly Scenario[];
}

const folder = join(import.meta.dirname, '../scenarios');

/**
 * Whatever test/scenarios exports, in the order of its files, without what is listed as impossible here. Throws
 * RangeError when something is listed that does not exist (any more).
 */
export async function themes(): Promise<readonly Theme[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts')).toSorted();
  const all = await Promise.all(
    files.map(async (file) => ({ name: file.replace('.ts', ''), scenarios: await read(file) })),
  );
  const names = new Set(all.flatMap(({ scenarios }) => scenarios.map(({ name }) => name)));
  for (const { name } of notHere) if (!names.has(name)) throw new RangeError(`There is no scenario "${name}"`);
  const impossible = new Set(notHere.map(({ name }) => name));
  return all.map(({ name, scenarios }) => ({
    name,
    scenarios: scenarios.filter((each) => !impossible.has(each.name)),
  }));
}

async function read(file: string): Promise<readonly Scenario[]> {
  const exported: Record<string, unknown> = await import(join(folder, file));
  return Object.values(exported).filter(Array.isArray).flat().filter(isScenario);
}

function isScenario(value: unknown): value is Scenario {
  return typeof value === 'object' && value !== null && 'play' in value && typeof value.play === 'function';
}
