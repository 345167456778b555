// AKS's node auto-repair: a Node that stays NotReady has its machine booted again, then imaged anew, and again.
import type { JsonObject } from '../aks/json.ts';
import type { Timeline } from '../timeline.ts';
import type { Api } from './api.ts';
import { tell } from './node-events.ts';
import type { NodeCache } from './node-cache.ts';
import { nameOf, uidOf } from './watched.ts';
import { readiness } from './node-reading.ts';

export interface AutoRepairOptions {
  readonly api: Api;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
  readonly nodes: NodeCache;
  /** False when AKS has no such machine, or is busy with its pool. */
  readonly repair: (nodeName: string, how: 'reboot' | 'reimage') => boolean;
  readonly onError: (error: unknown) => void;
}

// learn.microsoft.com/azure/aks/node-auto-repair: NotReady on consecutive checks within ten minutes.
const patienceSeconds = 600;
const everySeconds = 30;

interface Case {
  /** When it was first seen, or last treated, in emulated seconds. */
  readonly since: number;
  readonly isTreated: boolean;
}

export class AutoRepair {
  readonly #options: AutoRepairOptions;
  /** By the Node's name; forgotten when it is Ready or gone. */
  readonly #cases = new Map<string, Case>();

  constructor(options: AutoRepairOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { timeline, signal, nodes, onError } = this.#options;
    while (!signal.aborted) {
      await timeline.sleep(everySeconds, signal).catch(() => undefined);
      const down = nodes.all().filter((node) => readiness(node) !== 'True');
      const names = new Set(down.map(nameOf));
      for (const name of this.#cases.keys()) if (!names.has(name)) this.#cases.delete(name);
      for (const node of down) {
        try {
          await this.#attend(node);
        } catch (error) {
          if (!signal.aborted) onError(error);
        }
      }
    }
  }

  async #attend(node: JsonObject): Promise<void> {
    const { timeline, repair } = this.#options;
    const now = timeline.seconds();
    const name = nameOf(node);
    const found = this.#cases.get(name) ?? { since: now, isTreated: false };
    this.#cases.set(name, found);
    if (now - found.since < patienceSeconds) return;
    const how = found.isTreated ? 'reimage' : 'reboot';
    if (!repair(name, how)) return;
    this.#cases.set(name, { since: now, isTreated: true });
    await tell(this.#options, {
      source: 'aks-auto-repair',
      reason: how === 'reboot' ? 'NodeRebootStart' : 'NodeReimageStart',
      message: `Node auto-repair is initiating a ${how} action due to NotReady status persisting for more than 10 minutes.`,
      node: { name, uid: uidOf(node) },
    });
  }
}
