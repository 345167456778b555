// `npm run sandbox` as a process: what it prints, and that it ends when told.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

describe('npm run sandbox', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sandbox-main-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  function run(...args: string[]): ChildProcessByStdio<null, Readable, Readable> {
    return spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async function result(...args: string[]): Promise<{ readonly code: unknown; readonly errors: string }> {
    const child = run(...args);
    const ended = once(child, 'exit');
    let errors = '';
    for await (const chunk of child.stderr) errors += String(chunk);
    const [code] = await ended;
    return { code, errors };
  }

  it('says how to use it, serves, and ends with 0 on SIGTERM', async () => {
    const script = join(folder, 'script.yaml');
    await writeFile(script, 'retired: refuse');
    const child = run('--time-scale', '100', '--http', '--script', script);
    const ended = once(child, 'exit');
    let output = '';
    for await (const chunk of child.stdout) {
      output += String(chunk);
      if (output.includes('/admin/pools')) break;
    }
    const [, arm = ''] = /export ARM_ENDPOINT=(\S+)/.exec(output) ?? [];
    expect(output).toContain(`export KUBECONFIG=${join(folder, '.sandbox', 'kubeconfig')}`);
    const answer = await fetch(`${arm}/admin/script`);
    expect(await answer.json()).toEqual({ throttling: 'on', retired: 'refuse' });
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it.each([
    [['--nope'], "Unknown option '--nope'"],
    [['--time-scale', '0'], 'Cannot use --time-scale "0"'],
    [['--port', 'x'], 'Cannot use --port "x"'],
    [['--script', 'missing.yaml'], 'missing.yaml'],
  ])('exits 2 and names what is wrong with %j', async (args, message) => {
    const { code, errors } = await result(...args);
    expect(code).toBe(2);
    expect(errors).toContain(message);
  });
});
