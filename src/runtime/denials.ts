// What the API server does not let this process do: kept until it is allowed, so that a missing role is seen without logs.
import type { Resource } from '../apis/resource.ts';
import type { KubeObject } from '../apis/wire.ts';
import type { Clock } from '../clock.ts';
import { adviceOn, isDenied } from '../kube/advice.ts';
import type { KubeClient, WatchEvent, WatchOptions } from '../kube/client.ts';

/** What is not tried again is not held against anybody for longer. */
const keptMs = 10 * 60_000;
const mostKept = 50;

type Verb = 'get' | 'list' | 'watch' | 'create' | 'patch' | 'delete';

interface Denial {
  readonly said: string;
  readonly atMs: number;
}

/** One for the process. Its `client` does what the other one does, and notes what RBAC refuses. */
export class Denials {
  readonly #clock: Clock;
  readonly #denials = new Map<string, Denial>();
  readonly client: KubeClient;

  constructor({ client, clock }: { readonly client: KubeClient; readonly clock: Clock }) {
    this.#clock = clock;
    const noted = <T>(verb: Verb, what: string, call: Promise<T>): Promise<T> => this.#noted(`${verb} ${what}`, call);
    this.client = {
      get: (resource, name, options) => noted('get', of(resource, name), client.get(resource, name, options)),
      list: (resource, options) => noted('list', of(resource, options), client.list(resource, options)),
      watch: (resource, options) => this.#watch(client, resource, options),
      create: (resource, object, options) =>
        noted('create', of(resource, placeOf(object)), client.create(resource, object, options)),
      patch: (resource, name, patch, options) => {
        const path = options.subresource === undefined ? '' : `/${options.subresource}`;
        return noted('patch', `${of(resource, name)}${path}`, client.patch(resource, name, patch, options));
      },
      delete: (resource, name, options) => noted('delete', of(resource, name), client.delete(resource, name, options)),
      evict: (pod, options) => noted('create', `pods/eviction ${pod.namespace ?? ''}`, client.evict(pod, options)),
      serves: (resource, options) => client.serves(resource, options),
      serverNow: () => client.serverNow(),
    };
  }

  /** In words, with what to do; the newest, and how many others there are. Undefined: nothing was refused lately. */
  get said(): string | undefined {
    const fresh = [...this.#denials.values()].filter(({ atMs }) => atMs >= this.#clock.monotonicMs() - keptMs);
    const [newest, ...others] = fresh.toReversed();
    if (newest === undefined) return undefined;
    return others.length === 0 ? newest.said : `${newest.said} (and ${others.length} more)`;
  }

  async #noted<T>(what: string, call: Promise<T>): Promise<T> {
    try {
      const answer = await call;
      this.#denials.delete(what);
      return answer;
    } catch (error) {
      this.#note(what, error);
      throw error;
    }
  }

  async *#watch<T extends KubeObject>(
    client: KubeClient,
    resource: Resource<T>,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>, void, void> {
    const what = `watch ${of(resource, options)}`;
    try {
      for await (const event of client.watch(resource, options)) {
        this.#denials.delete(what);
        yield event;
      }
    } catch (error) {
      this.#note(what, error);
      throw error;
    }
  }

  #note(what: string, error: unknown): void {
    if (!isDenied(error)) return;
    this.#denials.delete(what);
    this.#denials.set(what, { said: adviceOn(error), atMs: this.#clock.monotonicMs() });
    for (const oldest of this.#denials.keys()) {
      if (this.#denials.size <= mostKept) return;
      this.#denials.delete(oldest);
    }
  }
}

/** Rights are given by resource and namespace, seldom by name. */
function of({ group, plural }: Resource<KubeObject>, { namespace = '' }: { readonly namespace?: string } = {}): string {
  return `${group}/${plural} ${namespace}`;
}

/** Where an object that is to be created will be. */
function placeOf(object: object): { readonly namespace?: string } {
  if (!('metadata' in object)) return {};
  const { metadata } = object;
  const isPlaced = typeof metadata === 'object' && metadata !== null && 'namespace' in metadata;
  return isPlaced && typeof metadata.namespace === 'string' ? { namespace: metadata.namespace } : {};
}
