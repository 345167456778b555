import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Guard, startGuard } from './guard.ts';
import { ProcessEnded, type Running, start } from './process.ts';

let directory: string;
let guard: Guard;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'process-test-'));
  guard = startGuard(directory);
});

afterEach(async () => {
  await guard.dismiss();
  await rm(directory, { recursive: true });
});

function startShell(script: string): Running {
  return start('/bin/sh', ['-c', script], { name: 'shell', logFile: join(directory, 'log'), guard });
}

test('start reports a program that ends by itself, with the end of its log', async () => {
  const shell = startShell('echo no room for me; exit 3');

  await expect(shell.failed).rejects.toThrow(ProcessEnded);
  await expect(shell.failed).rejects.toThrow(/"shell" ended with 3; the end of its log:\nno room for me/);
});

test('start reports a program that does not exist', async () => {
  const missing = start(join(directory, 'nothing'), [], { name: 'missing', logFile: join(directory, 'log'), guard });

  await expect(missing.failed).rejects.toThrow(/"missing" did not start: .*ENOENT/);
});

test('Running.stop ends a program that ignores SIGTERM, and is quiet about it', async () => {
  const ready = join(directory, 'ready');
  const shell = startShell(`trap '' TERM; touch ${ready}; while :; do sleep 100000; done`);
  await vi.waitFor(() => expect(existsSync(ready)).toBe(true), { timeout: 10_000 });

  await shell.stop();
  await shell.stop();

  expect(await Promise.race([shell.failed, Promise.resolve('silent')])).toBe('silent');
});
