// The built controller as a process in a world: dist/main.js as it is, with clocks that follow the world's.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { freePorts } from '../../hack/controlplane/ports.ts';
import type { ControllerSetting, RunningController } from '../support/world-controller.ts';
import { timeVariable, type Jump } from './world-time.ts';

const linesKept = 80;
const listenPollMs = 20;

// Far longer than it takes to get a lease that nobody holds; without an API server there is none.
const leadMs = 5000;

export interface BuiltOptions extends ControllerSetting {
  /** The bundle. */
  readonly file: string;
  /** Nobody else holds the lease: it is to lead before anything happens. */
  readonly leadsAtOnce: boolean;
}

/** Resolves when its health server answers, and it leads where it is to, or it has ended. */
export async function startBuilt(options: BuiltOptions): Promise<RunningController> {
  const { file, env, api, clock, leadsAtOnce } = options;
  const [port = 0] = await freePorts(1);
  const child = spawn(process.execPath, ['--import', join(import.meta.dirname, 'world-time.ts'), file], {
    env: {
      PATH: process.env['PATH'] ?? '',
      ...env,
      HEALTH_PROBE_PORT: String(port),
      [timeVariable]: JSON.stringify(clock.time),
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const lines = linesOf(child);
  const stopFollowing = clock.onJump((jumpMs) => {
    const jump: Jump = { jumpMs };
    if (child.connected) child.send(jump);
  });
  const ended = once(child, 'close').then(([code]): number | null => {
    stopFollowing();
    return typeof code === 'number' ? code : null;
  });
  const health = async (path: string): Promise<{ readonly status: number; readonly body: string }> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, body: await response.text() };
  };
  await listening(child, () => health('/healthz'));
  if (leadsAtOnce) await leading(child, lines);
  return {
    ended,
    api,
    lines,
    health,
    async stop() {
      child.kill('SIGTERM');
      return ended;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function listening(child: ChildProcess, ask: () => Promise<unknown>): Promise<void> {
  while (isRunning(child)) {
    try {
      await ask();
      return;
    } catch {
      // Not yet.
      await pause(listenPollMs);
    }
  }
}

async function leading(child: ChildProcess, lines: readonly string[]): Promise<void> {
  const deadline = performance.now() + leadMs;
  while (isRunning(child) && performance.now() < deadline) {
    if (lines.some((line) => line.includes('"message":"leading"'))) return;
    await pause(listenPollMs);
  }
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

/** The newest lines of its output, as they come. */
function linesOf(child: ChildProcess): readonly string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface(stream).on('line', (line) => {
      lines.push(line);
      if (lines.length > linesKept) lines.shift();
    });
  }
  return lines;
}
