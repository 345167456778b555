// All Nodes as an informer has them: whoever looks at them every few seconds asks the API server nothing.
import { objectAt, textAt, type JsonObject } from '../aks/json.ts';
import type { Timeline } from '../timeline.ts';
import { type Api, ApiRefusal, expectStatus, itemsOf, resourceVersionOf } from './api.ts';

export interface NodeCacheOptions {
  readonly api: Api;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
}

const path = '/api/v1/nodes';
const retryRealSeconds = 1;

export class NodeCache {
  readonly #nodes = new Map<string, JsonObject>();

  all(): readonly JsonObject[] {
    return [...this.#nodes.values()];
  }

  get(name: string): JsonObject | undefined {
    return this.#nodes.get(name);
  }

  /** Follows the Nodes until the signal ends; a lost watch begins anew with a list. */
  async run(options: NodeCacheOptions): Promise<void> {
    const { timeline, signal, onError } = options;
    while (!signal.aborted) {
      try {
        await this.#follow(options);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof ApiRefusal && error.status === 410)) onError(error);
        await timeline.sleep(retryRealSeconds * timeline.scale, signal).catch(() => undefined);
      }
    }
  }

  async #follow({ api, signal }: NodeCacheOptions): Promise<void> {
    const { body } = expectStatus(await api.get(path, signal), 'list nodes', 200);
    this.#nodes.clear();
    for (const node of itemsOf(body)) this.#nodes.set(nameOf(node), node);
    for await (const { type, object } of api.watch(path, resourceVersionOf(body), signal)) {
      if (type === 'DELETED') this.#nodes.delete(nameOf(object));
      if (type === 'ADDED' || type === 'MODIFIED') this.#nodes.set(nameOf(object), object);
    }
  }
}

export function nameOf(node: JsonObject): string {
  return textAt(objectAt(node, 'metadata'), 'name') ?? '';
}

export function uidOf(node: JsonObject): string {
  return textAt(objectAt(node, 'metadata'), 'uid') ?? '';
}

export function providerIdOf(node: JsonObject): string | undefined {
  return textAt(objectAt(node, 'spec'), 'providerID');
}
