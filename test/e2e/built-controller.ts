// The built controller as a process in a world: the bundle as it is, its clocks the world's, restarted as a kubelet does.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { healthPortIn } from '../support/health-port.ts';
import type { ControllerSetting, RunningController } from '../support/world-controller.ts';
import { timeVariable, type Jump } from './world-time.ts';

const linesKept = 80;
const listenPollMs = 20;
// Far longer than it takes to get a lease that nobody holds, or one whose holder was killed; without an API server there is none.
const leadMs = 15_000;
// The kubelet starts a container again at once, the first time.
const restartMs = 100;
/** Of a controller that lost its lease. Mistakes in its configuration (2) are not mended by a restart. */
const restartable = 1;

export interface BuiltOptions extends ControllerSetting {
  /** The bundle. */
  readonly file: string;
  /** Nobody else holds the lease: it is to lead before anything happens. */
  readonly leadsAtOnce: boolean;
}

/** Resolves when its health server answers, and it leads where it is to, or it has ended. */
export async function startBuilt({ leadsAtOnce, ...options }: BuiltOptions): Promise<RunningController> {
  const container = new Container(options);
  const ask = async (path: string): Promise<{ readonly status: number; readonly body: string }> => {
    const { healthPort } = container;
    if (healthPort === undefined) throw new RangeError('The controller does not say where it answers probes');
    const response = await fetch(`http://127.0.0.1:${healthPort}${path}`);
    return { status: response.status, body: await response.text() };
  };
  await until(container, async () => {
    await ask('/healthz');
    return true;
  });
  const deadline = performance.now() + leadMs;
  if (leadsAtOnce) {
    await until(container, () => container.leads || performance.now() > deadline);
    // Creation times have whole seconds: what is created in the second of the term's begin counts as older than the term.
    await pause(1000 / options.clock.time.rate);
  }
  return {
    ended: container.ended,
    api: options.api,
    lines: container.lines,
    leaseWasLost: () => container.leaseWasLost,
    // Between two processes nobody answers, as a probe finds.
    health: (path) => ask(path).catch(() => ({ status: 0, body: '' })),
    stop: () => container.end('SIGTERM'),
    async kill() {
      await container.end('SIGKILL');
    },
  };
}

/** A process, and the next one when it fails, until somebody ends it. */
class Container {
  /** The newest of its output. */
  readonly lines: string[] = [];
  /** Of the first process: resolves with its exit code, or null when it was killed. */
  readonly ended: Promise<number | null>;
  readonly #options: Omit<BuiltOptions, 'leadsAtOnce'>;
  #healthPort: number | undefined;
  #leads = false;
  #leaseWasLost = false;
  #child: ChildProcess;
  #closed: Promise<number | null>;
  #isEnding = false;

  constructor(options: Omit<BuiltOptions, 'leadsAtOnce'>) {
    this.#options = options;
    this.#child = this.#spawn();
    this.#closed = this.#watch(this.#child);
    this.ended = this.#closed;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Of the process that runs, which took it itself; undefined before it says so. */
  get healthPort(): number | undefined {
    return this.#healthPort;
  }

  /** Whether any of its processes has come to lead. */
  get leads(): boolean {
    return this.#leads;
  }

  /** Whether any of its processes said so. */
  get leaseWasLost(): boolean {
    return this.#leaseWasLost;
  }

  /** Resolves with the exit code of the process that ran; nothing follows it. */
  end(signal: NodeJS.Signals): Promise<number | null> {
    this.#isEnding = true;
    this.#child.kill(signal);
    return this.#closed;
  }

  #spawn(): ChildProcess {
    const { file, env, clock } = this.#options;
    const child = spawn(process.execPath, ['--import', join(import.meta.dirname, 'world-time.ts'), file], {
      env: {
        PATH: process.env['PATH'] ?? '',
        // The bundle is started some hundred times.
        NODE_COMPILE_CACHE: join(dirname(file), 'compile-cache'),
        ...env,
        // One that is free now may be somebody else's by the time that the process has started.
        HEALTH_PROBE_PORT: '0',
        [timeVariable]: JSON.stringify(clock.time),
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [child.stdout, child.stderr])
      if (stream !== null) createInterface(stream).on('line', (line) => this.#keep(line));
    return child;
  }

  async #watch(child: ChildProcess): Promise<number | null> {
    const stopFollowing = this.#options.clock.onJump((jumpMs) => {
      const jump: Jump = { jumpMs };
      // One that has died, and whose end is not known here yet, hears nothing: that is no error of the process that follows it.
      if (child.connected) child.send(jump, () => undefined);
    });
    const [code] = await once(child, 'close');
    this.#healthPort = undefined;
    stopFollowing();
    if (code === restartable && !this.#isEnding) void this.#restart(); // its end is nobody's business but `end`'s
    return typeof code === 'number' ? code : null;
  }

  async #restart(): Promise<void> {
    await pause(restartMs);
    if (this.#isEnding) return;
    this.#child = this.#spawn();
    this.#closed = this.#watch(this.#child);
  }

  #keep(line: string): void {
    this.#healthPort = healthPortIn(line) ?? this.#healthPort;
    if (line.includes('"message":"leading"')) this.#leads = true;
    if (line.includes('"message":"lease lost"')) this.#leaseWasLost = true;
    this.lines.push(line);
    if (this.lines.length > linesKept) this.lines.shift();
  }
}

/** Resolves when it is so, or the process has ended; a look that fails is one that was too early. */
async function until(container: Container, isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (container.isRunning) {
    try {
      if (await isSo()) return;
    } catch {
      // Not listening yet.
    }
    await pause(listenPollMs);
  }
}
