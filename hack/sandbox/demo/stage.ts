// The sandbox and the built controller, each as a process of its own, with the files they need.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child } from './child.ts';
import type { AksScript } from '../aks/script.ts';
import type { ApiTarget } from '../nodes/api.ts';
import { isSandboxMessage, type SandboxMessage } from './messages.ts';
import type { AzureNews } from './world.ts';

const root = join(import.meta.dirname, '../../..');
const controllerFile = join(root, 'dist/main.js');
const sandboxFile = fileURLToPath(new URL('./sandbox-process.ts', import.meta.url));

// Two requests so often last for a minute; then the limiter would hold the controller back (src/azure/limiter.ts).
const leastPollMs = 1500;

class ProcessFailed extends Error {
  readonly code = 'ProcessFailed';
}

export interface StageOptions {
  /** Emulated seconds in one real second. */
  readonly timeScale: number;
  /** How the emulated region behaves. */
  readonly script?: AksScript;
  /** On a real control plane in place of the embedded API server. */
  readonly real?: boolean;
  readonly onAzure: (news: AzureNews) => void;
}

interface StartedController {
  /** Rejects with ProcessFailed when the controller ends. */
  readonly ended: Promise<never>;
  /** Where its page is, as soon as it listens; for ever pending of one that never does. */
  readonly statusPage: Promise<string>;
}

type Ready = Extract<SandboxMessage, { readonly type: 'ready' }>;

export class Stage implements AsyncDisposable {
  readonly #sandbox: Child;
  readonly #ready: Ready;
  readonly #timeScale: number;
  #controller: Child | undefined;
  /** For logs, keys and the kubeconfig; removed at the end. */
  readonly directory: string;
  #logsAreKept = false;

  private constructor(sandbox: Child, ready: Ready, directory: string, timeScale: number) {
    this.#sandbox = sandbox;
    this.#ready = ready;
    this.directory = directory;
    this.#timeScale = timeScale;
  }

  /** Resolves when the sandbox answers. */
  static async set({ timeScale, script = {}, real = false, onAzure }: StageOptions): Promise<Stage> {
    const directory = await mkdtemp(join(tmpdir(), 'gpu-provisioner-'));
    const { promise: isReady, resolve } = Promise.withResolvers<Ready>();
    const sandbox = new Child({
      argv: [sandboxFile, directory, String(timeScale), JSON.stringify(script), real ? 'real' : 'embedded'],
      env: surroundings(),
      logFile: join(directory, 'sandbox.log'),
      onMessage: (message) => {
        if (!isSandboxMessage(message)) return;
        if (message.type === 'ready') resolve(message);
        else onAzure(message);
      },
    });
    const failed = sandbox.ended.then((how) => {
      throw new ProcessFailed([`The sandbox ended with ${how}; its last lines were:`, ...sandbox.lastWords].join('\n'));
    });
    try {
      const ready = await Promise.race([isReady, failed]);
      failed.catch(() => {});
      return new Stage(sandbox, ready, directory, timeScale);
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  get api(): ApiTarget {
    return this.#ready.api;
  }

  get kubeconfig(): string {
    return this.#ready.controllerEnv['KUBECONFIG'] ?? '';
  }

  get controllerLog(): string {
    return join(this.directory, 'controller.log');
  }

  /** Leaves the directory where it is, for somebody to find out what went wrong. */
  keepLogs(): void {
    this.#logsAreKept = true;
  }

  get controllerPid(): number | undefined {
    return this.#controller?.pid;
  }

  /** The newest lines of the controller's log. */
  get controllerWords(): readonly string[] {
    return this.#controller?.lastWords ?? [];
  }

  /** Starts the built controller, as fast as the emulated time; `env` has the last word. */
  startController(env: Readonly<Record<string, string>> = {}): StartedController {
    const { promise: statusPage, resolve } = Promise.withResolvers<string>();
    const controller = new Child({
      // As npm start does.
      argv: ['--max-semi-space-size=4', controllerFile],
      env: {
        ...surroundings(),
        ...this.#ready.controllerEnv,
        BIND_ADDRESS: '127.0.0.1',
        METRICS_PORT: '0',
        STATUS_PAGE: 'true',
        HEALTH_PROBE_PORT: '0',
        // Waits for Azure go as fast as the emulated time, but the controller's allowance of requests does not.
        ARM_POLL_FAST: this.#scaled(15_000, leastPollMs),
        TERM_QUARANTINE: this.#scaled(60_000),
        ...env,
      },
      logFile: this.controllerLog,
      onLine: (line) => {
        const port = metricsPortIn(line);
        if (port !== undefined) resolve(`http://127.0.0.1:${port}/`);
      },
    });
    this.#controller = controller;
    const ended = controller.ended.then((how): never => {
      throw new ProcessFailed(`The controller ended with ${how}`);
    });
    return { ended, statusPage };
  }

  #scaled(ms: number, leastMs = 1): string {
    return `${Math.max(leastMs, Math.ceil(ms / this.#timeScale))}ms`;
  }

  /** As a node that loses its power: no lease is released, nothing is finished. */
  async killController(): Promise<void> {
    this.#controller?.kill('SIGKILL');
    await this.#controller?.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#controller?.stop();
    await this.#sandbox.stop();
    if (!this.#logsAreKept) await rm(this.directory, { recursive: true, force: true });
  }
}

const listening = /"metricsPort":(\d+).*"listening"/;

/** The controller says once on which ports it listens. */
function metricsPortIn(line: string): string | undefined {
  return listening.exec(line)?.[1];
}

/** No proxy, no kubeconfig and no Azure login of the person who runs this reaches the processes. */
function surroundings(): Record<string, string> {
  const passed = ['PATH', 'HOME', 'TMPDIR', 'TZ'];
  return Object.fromEntries(
    passed.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
