// The scripts that shells load: bash's is run by bash; zsh and fish are not everywhere, so theirs are read.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { aDirectory } from '../../test/support/kubeconfig-files.ts';
import { everyCommand, type Shell } from '../options.ts';

const main = new URL('../main.ts', import.meta.url).pathname;
const scripts = new Map<Shell, Promise<{ readonly stdout: string }>>();

/** As the program writes it, which is asked once. */
async function scriptOf(shell: Shell): Promise<string> {
  const asked = scripts.get(shell) ?? promisify(execFile)(process.execPath, [main, 'completion', shell]);
  scripts.set(shell, asked);
  return (await asked).stdout;
}

/** What bash offers for the last of these words. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const file = join(await aDirectory(), 'completion.bash');
  const run = [
    await scriptOf('bash'),
    'COMP_WORDS=("$@")',
    'COMP_CWORD=$(($# - 1))',
    '_gpu_provisioner',
    String.raw`printf '%s\n' "${'$'}{COMPREPLY[@]}"`,
  ].join('\n');
  await writeFile(file, run);
  const { stdout, stderr } = await promisify(execFile)('bash', ['-u', file, ...words]);
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

describe('completion bash', () => {
  const program = 'gpu-provisioner';
  const commands = everyCommand.map(({ name }) => name);

  test.each<[readonly string[], readonly string[]]>([
    [[''], commands],
    [['do'], ['doctor']],
    [['nothing'], []],
    [['doctor', '--outp'], ['--output']],
    [
      ['doctor', '-o', ''],
      ['text', 'json'],
    ],
    [['doctor', '--output', 'j'], ['json']],
    [
      ['doctor', '--output', '='],
      ['text', 'json'],
    ],
    [['doctor', '--output', '=', 't'], ['text']],
    [['doctor', '--namespace', ''], []],
    [['why', 'm'], ['machine/']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [
      ['--on-instance-gone', ''],
      ['recreate', 'hold', 'delete-claim'],
    ],
    [['run', '--on-instance-gone', 'h'], ['hold']],
    [['status', '--on-instance-gone', ''], []],
    [['--metrics-po'], ['--metrics-port']],
  ])('of %j offers %j', async (words, expected) => {
    expect(await offered(program, ...words)).toEqual(expected);
  });

  test('offers files for what names a file', async () => {
    const file = join(await aDirectory(), 'kubeconfig');
    await writeFile(file, '');
    expect(await offered(program, 'status', '--kubeconfig', file.slice(0, -3))).toEqual([file]);
  });
});

describe('completion zsh and fish', () => {
  const flags = everyCommand.flatMap(({ table }) => Object.values(table).map(({ flag }) => flag));

  test.each<[Shell, (flag: string) => string]>([
    ['zsh', (flag) => `--${flag}`],
    ['fish', (flag) => ` -l ${flag}`],
  ])('%s knows every command, every flag and both names of the program', async (shell, spelling) => {
    const script = await scriptOf(shell);
    for (const { name } of everyCommand) expect(script).toContain(name);
    for (const flag of flags) expect(script).toContain(spelling(flag));
    for (const name of ['gpu-provisioner', 'kubectl-gpu_provisioner']) expect(script).toContain(name);
  });

  test('quotes what a help text has of apostrophes, colons and brackets', async () => {
    const zsh = await scriptOf('zsh');
    expect(zsh).toContain(String.raw`'release-nodes:before it is uninstalled\: stops it`);
    expect(zsh).toContain(String.raw`The controller'\''s`);
    expect(await scriptOf('fish')).toContain(String.raw`The controller\'s`);
    // Nothing is left open: each line of fish has its quotes in pairs.
    const lines = (await scriptOf('fish')).split('\n');
    for (const line of lines.slice(1))
      expect((line.replaceAll(String.raw`\'`, '').match(/'/g) ?? []).length % 2).toBe(0);
  });
});
