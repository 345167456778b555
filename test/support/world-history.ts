// Everything that a watcher of the API server saw in a world, in its order.
import { setTimeout as pause } from 'node:timers/promises';
import { ApiRefusal, type Api } from '../../hack/sandbox/nodes/api.ts';
import { busyStatus, claimKinds, isThing, kinds, type KindName, type Thing } from './world-things.ts';

export interface Sight {
  readonly kind: KindName;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly thing: Thing;
  /** Of the world's clock, when it was seen. */
  readonly at: Date;
}

/** Leases and events of every namespace: those of the controller are where it is installed. */
const watched: readonly (readonly [KindName, path: string])[] = [
  ['Machine', kinds.Machine],
  ['NodeClaim', kinds.NodeClaim],
  ['Node', kinds.Node],
  ['Event', '/apis/events.k8s.io/v1/events'],
  ['Lease', '/apis/coordination.k8s.io/v1/leases'],
  ['Pod', kinds.Pod],
];

const unservedMs = 50;

/** Of claims alone: scenarios take their definitions away, and bring them back. */
function isRemoved(kind: KindName, error: unknown): boolean {
  return claimKinds.some((one) => one === kind) && error instanceof ApiRefusal && error.status !== 200;
}

interface Watching {
  readonly kind: KindName;
  readonly path: string;
  readonly api: Api;
  readonly signal: AbortSignal;
}

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
    await Promise.all(watched.map(([kind, path]) => this.#watch({ kind, path, api, signal })));
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

  async #watch({ kind, path, api, signal }: Watching): Promise<void> {
    let version = '0';
    while (!signal.aborted) {
      try {
        for await (const { type, object } of api.watch(path, version, signal)) {
          if (!isThing(object)) continue;
          version = object.metadata.resourceVersion;
          this.#note(kind, type, object);
        }
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ApiRefusal && error.status === busyStatus) {
          await pause(unservedMs);
          continue;
        }
        if (isRemoved(kind, error)) {
          this.#forget(kind);
          version = '0';
          await pause(unservedMs);
          continue;
        }
        this.#failure = new Error(`Cannot watch ${kind} objects any more`, { cause: error });
        return;
      }
    }
  }

  /** Its definition was removed, and all that was of it. */
  #forget(kind: KindName): void {
    for (const thing of this.list(kind)) this.#note(kind, 'DELETED', thing);
  }

  #note(kind: KindName, type: string, thing: Thing): void {
    if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED') return;
    const key = `${kind}/${thing.metadata.name}`;
    if (type === 'DELETED') this.#objects.delete(key);
    else this.#objects.set(key, thing);
    this.sights.push({ kind, type, thing, at: this.#now() });
  }
}
