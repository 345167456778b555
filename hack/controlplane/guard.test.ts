import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test, vi } from 'vitest';
import { startGuard } from './guard.ts';

// Starts a program that sleeps for good under a guard, says its process id, and waits.
const guarded = `
  import { spawn } from 'node:child_process';
  import { startGuard } from '${new URL('guard.ts', import.meta.url).href}';
  const guard = startGuard(process.argv[1]);
  const child = spawn('sleep', ['100000'], { detached: true, stdio: 'ignore' });
  guard.watch(child.pid);
  console.log(child.pid);
`;

async function aDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'guard-test-'));
}

/** A process that nobody has waited for yet is still there, as a zombie, and counts as gone. */
function isAlive(pid: number): boolean {
  const state = spawnState(pid);
  return state !== undefined && state !== 'Z';
}

function spawnState(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0];
  } catch {
    // No such process.
    return undefined;
  }
}

test('startGuard ends the process groups and removes the directory when its process is killed', async () => {
  const directory = await aDirectory();
  const parent = spawn(process.execPath, ['--input-type=module', '-e', guarded, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: parent.stdout }), 'line');
  const pid = Number(line);
  expect(isAlive(pid)).toBe(true);

  parent.kill('SIGKILL');

  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000 });
  await vi.waitFor(() => expect(existsSync(directory)).toBe(false), { timeout: 10_000 });
});

test('Guard.dismiss leaves everything as it is', async () => {
  const directory = await aDirectory();
  const child = spawn('sleep', ['100000'], { detached: true, stdio: 'ignore' });
  try {
    const guard = startGuard(directory);
    guard.watch(child.pid ?? 0);

    await guard.dismiss();

    expect(child.exitCode ?? child.signalCode).toBe(null);
    expect(existsSync(directory)).toBe(true);
  } finally {
    child.kill();
    await rm(directory, { recursive: true });
  }
});
