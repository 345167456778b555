// One replica's way to the API server: the project's KubeClient, with latencies, faults, and watches that lag behind.
import { labelMatcher } from '../../src/apis/label-selector.ts';
import type { Resource } from '../../src/apis/resource.ts';
import type { KubeObject } from '../../src/apis/wire.ts';
import { checkObject } from '../../src/kube/answer.ts';
import type {
  CallOptions,
  DeleteOptions,
  KubeClient,
  ListOptions,
  Name,
  ObjectList,
  Patch,
  WatchEvent,
  WatchOptions,
} from '../../src/kube/client.ts';
import { Gone, NotFound, Timeout } from '../../src/kube/errors.ts';
import { ServerTime } from '../../src/kube/server-time.ts';
import type { ApiServer } from './api-server.ts';
import { SimWatch } from './kube-watch.ts';
import type { SimProcess } from './process.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import { isNewThing, keyOf, type Thing } from './thing.ts';
import type { Fate, Wire } from './wire.ts';

export type KubeVerb = 'get' | 'list' | 'watch' | 'create' | 'patch' | 'delete' | 'evict' | 'serves';

export interface KubeCall {
  readonly verb: KubeVerb;
  readonly plural: string;
  readonly name: string;
}

/** What goes wrong between replicas and the API server. */
export interface KubeFaults {
  fateOf(process: SimProcess, call: KubeCall): Fate;
  /** By how much this replica's watch of this kind lags behind now. */
  watchLagMs(process: SimProcess): number;
}

export interface KubeConnectionOptions {
  readonly server: ApiServer;
  readonly scheduler: Scheduler;
  readonly process: SimProcess;
  readonly wire: Wire;
  readonly faults: KubeFaults;
  readonly random: Random;
  /** Every watch that is opened, so that a fault can break it. */
  readonly watches: Set<SimWatch>;
  /** Told of each request that the server itself refuses. */
  readonly refused: (by: string, what: string, error: unknown) => void;
  /** Told of each object that comes in a list or a watch. */
  readonly saw: (object: Thing) => void;
}

const deadlineMs = 30_000;
// Pages are small here, so that a handful of objects takes several.
const mostInPage = 4;

export class KubeConnection implements KubeClient {
  readonly #options: KubeConnectionOptions;
  readonly #time: ServerTime;
  readonly #pages = new Map<string, { readonly rest: readonly Thing[]; readonly version: string }>();

  constructor(options: KubeConnectionOptions) {
    this.#options = options;
    this.#time = new ServerTime(options.process.clock);
  }

  get<T extends KubeObject>(resource: Resource<T>, name: Name, { signal }: CallOptions): Promise<T> {
    const { server } = this.#options;
    return this.#send(resource, 'get', keyOf({ metadata: name }), signal, (key) =>
      checkObject(server.get(resource.plural, key), resource, 'get'),
    );
  }

  list<T extends KubeObject>(resource: Resource<T>, options: ListOptions): Promise<ObjectList<T>> {
    return this.#send(resource, 'list', '', options.signal, () => this.#page(resource, options));
  }

  watch<T extends KubeObject>(resource: Resource<T>, options: WatchOptions): AsyncIterable<WatchEvent<T>> {
    return this.#watch(resource, options);
  }

  create<T extends KubeObject>(resource: Resource<T>, object: object, { signal }: CallOptions): Promise<T> {
    if (!isNewThing(object)) throw new TypeError('An object without a name was created');
    const { server } = this.#options;
    return this.#send(resource, 'create', keyOf(object), signal, () =>
      checkObject(server.create(resource.plural, object, this.#by), resource, 'create'),
    );
  }

  patch<T extends KubeObject>(
    resource: Resource<T>,
    name: Name,
    { type, body }: Patch,
    { signal, subresource }: CallOptions & { readonly subresource?: 'status' },
  ): Promise<T> {
    if (type !== 'merge') throw new TypeError(`A ${type} patch was sent; the simulation knows merge patches`);
    const { server } = this.#options;
    return this.#send(resource, 'patch', keyOf({ metadata: name }), signal, (key) => {
      const patched = server.patch(resource.plural, key, body, { status: subresource === 'status', by: this.#by });
      return checkObject(patched, resource, 'patch');
    });
  }

  delete<T extends KubeObject>(
    resource: Resource<T>,
    name: Name,
    { signal, preconditions = {} }: DeleteOptions,
  ): Promise<void> {
    const { server } = this.#options;
    return this.#send(resource, 'delete', keyOf({ metadata: name }), signal, (key) =>
      server.delete(resource.plural, key, { ...preconditions, by: this.#by }),
    );
  }

  evict({ uid, ...name }: Name & { readonly uid: string }, { signal }: CallOptions): Promise<void> {
    const { server } = this.#options;
    const pods = { plural: 'pods', kind: 'Pod', group: '', version: 'v1', namespaced: true } as const;
    return this.#send(pods, 'evict', keyOf({ metadata: name }), signal, (key) =>
      server.evict(key, { by: this.#by, uid }),
    );
  }

  serves(resource: Resource<KubeObject>, { signal }: CallOptions): Promise<boolean> {
    const { server } = this.#options;
    return this.#send({ ...resource, plural: 'discovery' }, 'serves', resource.plural, signal, (plural) =>
      server.serves(plural),
    );
  }

  serverNow(): Date {
    return this.#time.now();
  }

  get #by(): string {
    return this.#options.process.name;
  }

  #send<T>(
    { plural }: Pick<Resource<KubeObject>, 'plural'>,
    verb: KubeVerb,
    name: string,
    signal: AbortSignal,
    carryOut: (name: string) => T,
  ): Promise<T> {
    const { process, wire, faults, random, server } = this.#options;
    const { clock } = process;
    const sentAt = clock.now();
    const isLease = plural === 'leases';
    const answer = wire.send({
      label: `kube ${verb} ${plural}${name === '' ? '' : ` ${name}`}`,
      fate: faults.fateOf(process, { verb, plural, name }),
      toMs: 1 + random.below(10),
      // Leases are most of all requests; one event is enough for each.
      backMs: isLease ? 0 : 1 + random.below(10),
      signal,
      deadlineMs,
      carryOut: () => {
        if (!server.serves(plural))
          throw new NotFound('the server could not find the requested resource', { status: 404, reason: 'NotFound' });
        try {
          return { value: carryOut(name), date: server.date };
        } catch (error) {
          if (!isLease) this.#options.refused(this.#by, `${verb} ${plural} ${name}`, error);
          throw error;
        }
      },
      aborted: () => signal.reason,
      timedOut: () => new Timeout(`Cannot ${verb} ${plural} "${name}": no answer within 30 s`, { status: 0 }),
    });
    return answer.then(({ value, date }) => {
      this.#time.saw(date, sentAt);
      return value;
    });
  }

  #page<T extends KubeObject>(resource: Resource<T>, options: ListOptions): ObjectList<T> {
    const { server } = this.#options;
    const { limit = Number.POSITIVE_INFINITY, continueToken } = options;
    const known = continueToken === undefined ? undefined : this.#pages.get(continueToken);
    if (continueToken !== undefined && known === undefined) throw new Gone('the token is too old', { status: 410 });
    // A list of pages is one state of the server, as etcd keeps it.
    const { rest, version } = known ?? {
      rest: server.list(resource.plural).filter(selectorOf(options)),
      version: String(server.version),
    };
    const most = Math.min(limit, mostInPage);
    const page = rest.slice(0, most);
    page.forEach(this.#options.saw);
    const items = page.map((object) => checkObject(object, resource, 'list'));
    if (rest.length <= most) return { items, resourceVersion: version };
    const token = `${version}-${rest.length}-${resource.plural}`;
    this.#pages.set(token, { rest: rest.slice(most), version });
    return { items, resourceVersion: version, continueToken: token };
  }

  async *#watch<T extends KubeObject>(
    resource: Resource<T>,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>, void, void> {
    const { process, server, scheduler, faults, random, watches, saw } = this.#options;
    const { signal, resourceVersion } = options;
    const { plural } = resource;
    // The connection itself is a request that can fail as any other. It hears from the moment on at which the server answered: what changes on the answer's way is not missed.
    let watch: SimWatch | undefined;
    try {
      watch = await this.#send(resource, 'watch', '', signal, () => {
        const missed = server.since(plural, Number(resourceVersion));
        watch = new SimWatch({ process, server, scheduler, faults, random, plural, missed, options });
        return watch;
      });
      watches.add(watch);
      for (let event = await watch.next(); event !== undefined; event = await watch.next()) {
        if (event.type === 'BOOKMARK') yield event;
        else {
          saw(event.object);
          yield { type: event.type, object: checkObject(event.object, resource, 'watch') };
        }
      }
    } finally {
      if (watch !== undefined) {
        watch.close();
        watches.delete(watch);
      }
    }
  }
}

function selectorOf({ labelSelector = '', fieldSelector = '', namespace }: ListOptions): (object: Thing) => boolean {
  const matchesLabels = labelMatcher(labelSelector);
  const fields = fieldSelector.split(',').filter((term) => term !== '');
  return (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) &&
    matchesLabels(object.metadata.labels ?? {}) &&
    fields.every((term) => {
      const [path = '', wanted = ''] = term.split(/==?/);
      return (valueAt(object, path.split('.')) ?? '') === wanted;
    });
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const name of path) found = typeof found === 'object' && found !== null ? Reflect.get(found, name) : undefined;
  return found;
}
