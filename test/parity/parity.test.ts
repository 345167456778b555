import { afterAll, describe, expect, inject, test } from 'vitest';
import { areas } from './areas.ts';
import type { Area, Case } from './case.ts';
import { knownDifferences } from './known-differences.ts';
import { play } from './play.ts';
import { Server } from './server.ts';

const real = new Server(inject('real'));
const sandbox = new Server(inject('sandbox'));

afterAll(async () => {
  await real.close();
  await sandbox.close();
});

interface Identified extends Case {
  readonly id: string;
}

async function playBoth(
  one: Identified,
  signal: AbortSignal,
): Promise<{ expected: readonly unknown[]; answered: readonly unknown[] }> {
  const options = { id: one.id, signal };
  const [expected, answered] = await Promise.all([play(real, one, options), play(sandbox, one, options)]);
  return { expected, answered };
}

function isKnown({ area }: Area, { name }: Case): boolean {
  return knownDifferences.some((difference) => difference.area === area && difference.name === name);
}

describe.for(areas.map((area, index) => ({ ...area, index })))('$area', (area) => {
  const cases = area.cases.map((one, index) => ({ ...one, id: `a${area.index}-${index}` }));

  test.for(cases.filter((one) => !isKnown(area, one)))(
    'the sandbox answers as the API server: $name',
    async (one, { signal }) => {
      const { expected, answered } = await playBoth(one, signal);

      expect(answered).toEqual(expected);
    },
  );

  // One that is gone must leave the list.
  test.for(cases.filter((one) => isKnown(area, one)))(
    'the sandbox is known to differ: $name',
    async (one, { signal }) => {
      const { expected, answered } = await playBoth(one, signal);

      expect(answered).not.toEqual(expected);
    },
  );
});
