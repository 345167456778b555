// A Node process of our own that is stopped with us, and whose last words are kept for when it fails.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

const lastLines = 12;
// As Kubernetes gives a pod by default.
const graceMs = 30_000;

export interface ChildOptions {
  /** Options of Node, the file and its arguments. */
  readonly argv: readonly string[];
  /** The whole environment of the process. */
  readonly env: Readonly<Record<string, string>>;
  /** Where its output goes. */
  readonly logFile: string;
  /** Messages to us; it notices by the end of the channel when we die. */
  readonly onMessage?: (message: unknown) => void;
  readonly onLine?: (line: string) => void;
}

export class Child {
  readonly #process: ChildProcess;
  readonly #log: WriteStream;
  readonly #last: string[] = [];
  /** Resolves when it has ended, with how it did. */
  readonly ended: Promise<string>;

  constructor({ argv, env, logFile, onMessage, onLine }: ChildOptions) {
    this.#log = createWriteStream(logFile);
    this.#process = spawn(process.execPath, [...argv], {
      env: { ...env },
      stdio: ['ignore', 'pipe', 'pipe', ...(onMessage === undefined ? [] : (['ipc'] as const))],
    });
    if (onMessage !== undefined) this.#process.on('message', onMessage);
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      if (stream === null) continue;
      createInterface(stream).on('line', (line) => {
        this.#keep(line);
        onLine?.(line);
      });
    }
    this.ended = once(this.#process, 'close').then(([code, signal]) => {
      this.#log.end();
      return signal === null ? `exit code ${String(code)}` : `signal ${String(signal)}`;
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** The newest lines of its output. */
  get lastWords(): readonly string[] {
    return this.#last;
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Asks it to end, and makes it end when its grace period is over. */
  async stop(): Promise<void> {
    this.#process.kill('SIGTERM');
    const forced = setTimeout(() => this.#process.kill('SIGKILL'), graceMs);
    await this.ended;
    clearTimeout(forced);
  }

  #keep(line: string): void {
    this.#log.write(`${line}\n`);
    this.#last.push(line);
    if (this.#last.length > lastLines) this.#last.shift();
  }
}
