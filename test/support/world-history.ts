// Everything that a watcher of the API server saw in a world, in its order.
import type { Api } from '../../hack/sandbox/nodes/api.ts';
import { isThing, kinds, type KindName, type Thing } from './world-things.ts';

export interface Sight {
  readonly kind: KindName;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly thing: Thing;
  /** Of the world's clock, when it was seen. */
  readonly at: Date;
}

const watched = ['Machine', 'Node', 'Event', 'Lease', 'Pod'] as const;

export class History {
  readonly sights: Sight[] = [];
  readonly #now: () => Date;
  readonly #objects = new Map<string, Thing>();
  #failure: Error | undefined;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Watches until the signal aborts. The API server is not expected to go away from under it. */
  async run(api: Api, signal: AbortSignal): Promise<void> {
    await Promise.all(watched.map((kind) => this.#watch(kind, api, signal)));
  }

  /** Throws what ended the watching. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  get(kind: KindName, name: string): Thing | undefined {
    return this.#objects.get(`${kind}/${name}`);
  }

  list(kind: KindName): readonly Thing[] {
    return [...this.#objects].filter(([key]) => key.startsWith(`${kind}/`)).map(([, thing]) => thing);
  }

  /** Every version of one object, the oldest first. */
  versions(kind: KindName, name: string): readonly Sight[] {
    return this.sights.filter((sight) => sight.kind === kind && sight.thing.metadata.name === name);
  }

  async #watch(kind: KindName, api: Api, signal: AbortSignal): Promise<void> {
    let version = '0';
    while (!signal.aborted) {
      try {
        for await (const { type, object } of api.watch(kinds[kind], version, signal)) {
          if (!isThing(object)) continue;
          version = object.metadata.resourceVersion;
          this.#note(kind, type, object);
        }
      } catch (error) {
        if (signal.aborted) return;
        this.#failure = new Error(`Cannot watch ${kind} objects any more`, { cause: error });
        return;
      }
    }
  }

  #note(kind: KindName, type: string, thing: Thing): void {
    if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED') return;
    const key = `${kind}/${thing.metadata.name}`;
    if (type === 'DELETED') this.#objects.delete(key);
    else this.#objects.set(key, thing);
    this.sights.push({ kind, type, thing, at: this.#now() });
  }
}
