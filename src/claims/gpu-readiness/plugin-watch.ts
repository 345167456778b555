// Which device plugins the cluster has, asked only while a Node lacks GPUs: a LIST now and then, and nothing is kept of it after.
import { daemonSets as daemonSetsResource } from '../../apis/resource.ts';
import type { Clock } from '../../clock.ts';
import type { KubeClient } from '../../kube/client.ts';
import { KubeError } from '../../kube/errors.ts';
import type { Logger } from '../../observability/logger.ts';
import { pause } from '../../runtime/pause.ts';
import { devicePluginOf } from './device-plugin.ts';
import type { DevicePlugin } from './device-plugin.ts';

export interface PluginWatchOptions {
  readonly kube: Pick<KubeClient, 'list'>;
  readonly clock: Clock;
  readonly log: Logger;
}

const pageSize = 100;
const intervalMs = 30_000;

/** One for the process, to be run while it leads. */
export class PluginWatch {
  readonly #options: PluginWatchOptions;
  readonly #listeners: ((pool: string) => void)[] = [];
  /** Pools with a Node that lacks GPUs, since the last LIST. */
  readonly #asked = new Set<string>();
  #plugins: readonly DevicePlugin[] | undefined;

  constructor(options: PluginWatchOptions) {
    this.#options = options;
  }

  /** As of half a minute ago at most; undefined: nobody has asked for longer. Who asks is told when there is news. */
  ask(pool: string): readonly DevicePlugin[] | undefined {
    this.#asked.add(pool);
    return this.#plugins;
  }

  /** Calls `listener` with each pool that was asked for, after each LIST. */
  subscribe(listener: (pool: string) => void): void {
    this.#listeners.push(listener);
  }

  /** Ends when `signal` aborts, and never throws. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (await pause(intervalMs, { clock, signal })) {
      const pools = [...this.#asked];
      this.#asked.clear();
      this.#plugins = pools.length === 0 ? undefined : await this.#list(signal);
      for (const pool of pools) for (const listener of this.#listeners) listener(pool);
    }
  }

  /** What cannot be listed is unknown: nobody is blamed for that. */
  async #list(signal: AbortSignal): Promise<readonly DevicePlugin[] | undefined> {
    const { kube, log } = this.#options;
    const plugins: DevicePlugin[] = [];
    let continueToken: string | undefined;
    try {
      do {
        const from = continueToken === undefined ? {} : { continueToken };
        const page = await kube.list(daemonSetsResource, { limit: pageSize, signal, ...from });
        plugins.push(...page.items.flatMap((one) => devicePluginOf(one) ?? []));
        ({ continueToken } = page);
      } while (continueToken !== undefined);
      return plugins;
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!(error instanceof KubeError)) throw error;
      log.warn({ err: error }, 'DaemonSets not listed');
      return undefined;
    }
  }
}
