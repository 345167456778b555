import { afterEach, expect, it, vi } from 'vitest';
import { ToolMissing } from '../../tools/binaries.ts';
import type * as binaries from '../../tools/binaries.ts';
import { demoArguments } from './arguments.ts';

const missing = vi.hoisted(() => new Set<string>());

vi.mock('../../tools/binaries.ts', async (importOriginal) => ({
  ...(await importOriginal<typeof binaries>()),
  binaryOf(name: string): string {
    if (missing.has(name)) throw new ToolMissing(`Cannot run "${name}"`);
    return name;
  },
}));

afterEach(() => missing.clear());

it('demoArguments takes --real where the programs of the control plane are built', () => {
  expect(demoArguments(['--real'])).toMatchObject({ real: true });
  expect(demoArguments([])).toMatchObject({ real: false });
});

it('demoArguments says what to run where one of them is not', () => {
  missing.add('kube-scheduler');
  expect(() => demoArguments(['--real'])).toThrow('run `npm run tools -- etcd kube-apiserver');
});
