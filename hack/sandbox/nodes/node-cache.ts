// All Nodes as an informer has them: whoever looks at them every few seconds asks the API server nothing.
import { objectAt, textAt, type JsonObject } from '../aks/json.ts';
import { nameOf, Watched, type WatchedOptions } from './watched.ts';

export type NodeCacheOptions = Omit<WatchedOptions, 'onChange'>;

export class NodeCache {
  readonly #nodes = new Watched('/api/v1/nodes');

  all(): readonly JsonObject[] {
    return this.#nodes.all();
  }

  get(name: string): JsonObject | undefined {
    return this.all().find((node) => nameOf(node) === name);
  }

  /** Follows the Nodes until the signal ends; a lost watch begins anew with a list. */
  async run(options: NodeCacheOptions): Promise<void> {
    await this.#nodes.run({ ...options, onChange: () => undefined });
  }
}

export function providerIdOf(node: JsonObject): string | undefined {
  return textAt(objectAt(node, 'spec'), 'providerID');
}
