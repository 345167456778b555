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

/** Whatever test/scenarios exports, in the order of its files, without those that are listed as impossible here. */
export async function themes(): Promise<readonly Theme[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts')).toSorted();
  return Promise.all(
    files.map(async (file) => {
      const exported: Record<string, unknown> = await import(join(folder, file));
      const scenarios = Object.values(exported).filter(Array.isArray).flat().filter(isScenario);
      return {
        name: file.replace('.ts', ''),
        scenarios: scenarios.filter(({ name }) => !notHere.some((impossible) => impossible.name === name)),
      };
    }),
  );
}

function isScenario(value: unknown): value is Scenario {
  return typeof value === 'object' && value !== null && 'play' in value && typeof value.play === 'function';
}
