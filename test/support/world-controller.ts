// A controller in a world: in this process, or as one that can be killed; seen only through its doors.
import { once } from 'node:events';
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createLogger } from '../../src/observability/logger.ts';
import { runOperator } from '../../src/operator.ts';
import { parseOptions } from '../../src/options.ts';
import type { ApiProxy } from './world-proxy.ts';
import type { WorldClock } from './world-clock.ts';

export interface RunningController {
  /** Resolves with its exit code; with null when it was killed. */
  readonly ended: Promise<number | null>;
  /** Between it and the API server. */
  readonly api: ApiProxy;
  /** The newest lines of its log. */
  readonly lines: readonly string[];
  /** Whether it lost its lease at least once; absent: nobody took note. */
  readonly leaseWasLost?: () => boolean;
  /** Status and body of a path of its health server. */
  health(path: string): Promise<{ readonly status: number; readonly body: string }>;
  /** Asks it to end; resolves with its exit code. */
  stop(): Promise<number | null>;
  /** As a machine that loses its power: nothing is finished. Only of a process. */
  kill(): Promise<void>;
}

export interface ControllerSetting {
  readonly env: Readonly<Record<string, string>>;
  readonly api: ApiProxy;
  readonly clock: WorldClock;
}

class ControllerRefused extends Error {
  readonly code = 'ControllerRefused';
}

const linesKept = 80;

/** Resolves when its servers listen, or it has ended. */
export async function startInProcess({ env, api, clock }: ControllerSetting): Promise<RunningController> {
  const invocation = parseOptions({ argv: [], env });
  if (!invocation.ok) throw new ControllerRefused(invocation.message);
  if (invocation.command !== 'run') throw new ControllerRefused(`It would only print its ${invocation.command}`);
  const lines: string[] = [];
  const stop = new AbortController();
  const listening = Promise.withResolvers<number>();
  const log = createLogger({ level: 'debug', destination: { write: (line: string) => keep(lines, line) } });
  const ended = runOperator(invocation.options, {
    signal: stop.signal,
    log,
    env,
    clock,
    onListening: ({ health }) => listening.resolve(health),
  });
  const port = await Promise.race([listening.promise, ended.then(() => 0)]);
  return {
    ended,
    api,
    lines,
    health: (path) => ask(port, path),
    async stop() {
      stop.abort(new Error('Stopped by the test'));
      return ended;
    },
    kill() {
      throw new ControllerRefused('A controller in this process cannot be killed');
    },
  };
}

/** Resolves when its servers listen, or it has ended. */
export async function startAsProcess({ env, api, clock }: ControllerSetting): Promise<RunningController> {
  const child = fork(join(import.meta.dirname, 'controller-process.ts'), [JSON.stringify(clock.time)], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    if (stream !== null) createInterface(stream).on('line', (line) => keep(lines, line));
  const ended = once(child, 'close').then(([code]): number | null => (typeof code === 'number' ? code : null));
  const listening = once(child, 'message').then(([message]) => Number(message));
  const port = await Promise.race([listening, ended.then(() => 0)]);
  return {
    ended,
    api,
    lines,
    health: (path) => ask(port, path),
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

async function ask(port: number, path: string): Promise<{ readonly status: number; readonly body: string }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, body: await response.text() };
}

function keep(lines: string[], line: string): void {
  lines.push(line.trimEnd());
  if (lines.length > linesKept) lines.shift();
}
