// One of the Deployment's pods: the built controller, killed and started again as often as it takes.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { kubeconfigOf } from '../../hack/controlplane/identities.ts';
import type { BackEnd } from '../support/world-back-end.ts';
import type { WorldClock } from '../support/world-clock.ts';
import type { RunningController } from '../support/world-controller.ts';
import { ApiProxy } from '../support/world-proxy.ts';

export interface ReplicaOptions {
  readonly name: string;
  readonly backEnd: BackEnd;
  readonly clock: WorldClock;
  /** For its kubeconfig. */
  readonly folder: string;
}

const linesShown = 40;

export class Replica implements AsyncDisposable {
  readonly #start: () => Promise<RunningController>;
  readonly #proxy: ApiProxy;
  #running: Promise<RunningController>;
  #lines: readonly string[] = [];

  static async start({ name, backEnd, clock, folder }: ReplicaOptions): Promise<Replica> {
    const { startController } = backEnd;
    if (startController === undefined) throw new RangeError('This back end starts no controllers');
    const proxy = await ApiProxy.start({ target: backEnd.api, now: () => clock.now() });
    const kubeconfig = join(folder, `${name}.kubeconfig`);
    const server = { url: proxy.url, ca: '', token: backEnd.controllerToken };
    await writeFile(kubeconfig, kubeconfigOf(server), { mode: 0o600 });
    const env = {
      ...backEnd.controllerEnv,
      KUBECONFIG: kubeconfig,
      BIND_ADDRESS: '127.0.0.1',
      METRICS_PORT: '0',
      POD_NAME: name,
      ARM_POLL_FAST: '5s',
      ARM_POLL_IDLE: '60s',
      GATE_SETTLE: '30s',
    };
    return new Replica(proxy, () => startController({ env, api: proxy, clock }));
  }

  private constructor(proxy: ApiProxy, start: () => Promise<RunningController>) {
    this.#proxy = proxy;
    this.#start = start;
    this.#running = start();
  }

  /** SIGKILL; the next one starts after `downMs` real milliseconds. */
  kill(downMs: number): void {
    const before = this.#running;
    this.#running = (async () => {
      const controller = await before;
      await controller.kill();
      this.#lines = controller.lines.slice(-linesShown);
      await pause(downMs);
      return this.#start();
    })();
    // Told by whoever waits for it next.
    this.#running.catch(() => undefined);
  }

  /** Resolves when its process runs. */
  async up(): Promise<void> {
    await this.#running;
  }

  /** The end of its log, and of the process before. */
  async lines(): Promise<readonly string[]> {
    const controller = await this.#running;
    return [...this.#lines, '--- killed, and started again', ...controller.lines.slice(-linesShown)];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#proxy.cut();
    await this.#running.then(
      (controller) => controller.stop(),
      () => undefined,
    );
    await this.#proxy.close();
  }
}
