import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { uptimeMs, type WorldTime } from '../support/world-clock.ts';
import { timeVariable } from './world-time.ts';

/** A program under the preload, in a world that is an hour old by jumps and runs so fast. */
async function play(program: string, { rate = 1 }: { readonly rate?: number } = {}): Promise<ChildProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'world-time-'));
  const file = join(folder, 'program.mjs');
  await writeFile(file, program);
  const time: WorldTime = { rate, beganAt: Date.now(), beganAtUptimeMs: uptimeMs(), jumpedMs: 3_600_000 };
  const child = fork(file, [], {
    execArgv: ['--import', join(import.meta.dirname, 'world-time.ts')],
    env: { [timeVariable]: JSON.stringify(time) },
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });
  return child;
}

async function told(child: ChildProcess): Promise<unknown> {
  const [message] = await once(child, 'message');
  return message;
}

test('the preload: Date, Date.now and performance.now are the time of the world', async () => {
  const child = await play(`process.send([new Date().getTime(), Date.now(), new Date(5).getTime()]);`);

  const [made = 0, now = 0, given] = Object(await told(child));

  expect(Math.abs(made - Date.now() - 3_600_000)).toBeLessThan(60_000);
  expect(now).toBeGreaterThanOrEqual(made);
  expect(given).toBe(5);
});

test('the preload: a timer fires when the time of the world has come, not before', async () => {
  const child = await play(
    `const began = performance.now();
     setTimeout((word) => process.send([word, performance.now() - began]), 500_000, 'fired');`,
    { rate: 10_000 },
  );

  const [word, waitedMs] = Object(await told(child));

  expect(word).toBe('fired');
  expect(waitedMs).toBeGreaterThanOrEqual(500_000);
});

test('the preload: a jump fires what has fallen due, an interval goes on, what was cleared stays silent', async () => {
  const child = await play(`
    let ticks = 0;
    const interval = setInterval(() => {
      ticks += 1;
      process.send(ticks);
      if (ticks === 2) clearInterval(interval);
    }, 3_600_000);
    clearTimeout(setTimeout(() => process.send('cleared'), 1_800_000));
    process.send('waiting');
  `);
  const messages: unknown[] = [];
  child.on('message', (message) => {
    messages.push(message);
    if (message === 'waiting' || message === 1) child.send({ jumpMs: 3_600_000 });
    if (message === 2) child.send({ jumpMs: 36_000_000 });
  });

  // Nothing is left to wait for but its parent.
  await new Promise((resolve) => {
    child.on('message', (message) => message === 2 && resolve(undefined));
  });
  child.disconnect();
  await once(child, 'exit');

  expect(messages).toEqual(['waiting', 1, 2]);
});

test('the preload: whoever started the program is gone, and it ends', async () => {
  const child = await play(`setInterval(() => {}, 1000); process.send('up');`);
  await told(child);

  child.disconnect();
  const [code] = await once(child, 'exit');

  expect(code).toBe(1);
});
