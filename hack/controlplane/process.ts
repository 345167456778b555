// One program of the control plane: started in a process group of its own, its output in a file, ended for certain.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { systemClock } from '../../src/clock.ts';
import type { Guard } from './guard.ts';

// What the slowest of them needs to flush its files; all of their data is thrown away anyway.
const graceMs = 3000;
const shownLogBytes = 2000;

export class ProcessEnded extends Error {
  readonly code = 'ProcessEnded';
}

export interface Running {
  /** Rejects with ProcessEnded, and the end of the log, when the program exits before `stop` was called. */
  readonly failed: Promise<never>;
  /** SIGTERM, then SIGKILL for the whole group. Resolves when it is gone; twice does nothing. */
  stop(): Promise<void>;
}

export function start(
  program: string,
  args: readonly string[],
  options: { readonly name: string; readonly logFile: string; readonly guard: Guard },
): Running {
  const log = openSync(options.logFile, 'a');
  const child = spawn(program, args, { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  if (child.pid !== undefined) options.guard.watch(child.pid);
  let stopping = false;
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(`ended with ${signal ?? code}`));
    child.once('error', (error) => resolve(`did not start: ${error.message}`));
  });
  const failed = ended.then((how) => {
    if (stopping) return new Promise<never>(() => undefined);
    const tail = readFileSync(options.logFile, 'utf8').slice(-shownLogBytes);
    throw new ProcessEnded(`"${options.name}" ${how}; the end of its log:\n${tail}`);
  });
  // Somebody may look only later, or never.
  failed.catch(() => undefined);
  return {
    failed,
    async stop(): Promise<void> {
      stopping = true;
      await end(child);
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  const timer = systemClock.after(graceMs, () => killGroup(child.pid, 'SIGKILL'));
  killGroup(child.pid, 'SIGTERM');
  await exited;
  timer.cancel();
}

function killGroup(id: number | undefined, signal: NodeJS.Signals): void {
  if (id === undefined) return;
  try {
    process.kill(-id, signal);
  } catch (error) {
    // The group may have ended by itself in this very moment.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
