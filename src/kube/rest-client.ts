// The calls of KubeClient as requests: raw JSON, checked for its shape and otherwise left as the API server sent it.
import { apiVersionOf, pods, services, type Resource } from '../apis/resource.ts';
import type { KubeObject } from '../apis/wire.ts';
import { checkObject, isJsonObject, parseJson } from './answer.ts';
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
} from './client.ts';
import type { Lane } from './connections.ts';
import { MalformedAnswer, NotFound } from './errors.ts';
import { collectionPath, groupPath, objectPath, selectionQuery, withQuery } from './paths.ts';
import { Transport, type TransportOptions } from './transport.ts';
import { watchEvents } from './watch.ts';

/** A Service and one of its ports, by name or number. */
interface ServicePort {
  readonly namespace: string;
  readonly name: string;
  readonly port: string;
}

export interface RestClient extends KubeClient {
  /**
   * What a pod behind the Service answers to a GET, by the API server's proxy: for whoever reaches the API server alone.
   * Throws KubeError; ServerError where nobody is behind it, or the way to it is cut.
   */
  askService(service: ServicePort, path: string, options: CallOptions): Promise<string>;
  /**
   * What is no object of ours, as JSON and unchecked: a path below the server's address, its query included. `body` makes it
   * a POST: an access review, which stores nothing. Throws as the other calls do.
   */
  ask(path: string, options: CallOptions & { readonly body?: object }): Promise<unknown>;
  /** Ends all connections and the calls that run on them. The last thing a process does with it. */
  close(): Promise<void>;
}

export function createKubeClient(options: TransportOptions): RestClient {
  return new HttpKubeClient(new Transport(options));
}

const jsonType = 'application/json';

class HttpKubeClient implements RestClient {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async get<T extends KubeObject>(resource: Resource<T>, name: Name, { signal }: CallOptions): Promise<T> {
    const attempt = `Cannot get ${shown(resource, name)}`;
    const path = objectPath(resource, name);
    const text = await this.#transport.text({ method: 'GET', path, attempt, lane: laneOf(resource), signal });
    return checkObject(parseJson(text, attempt), resource, attempt);
  }

  async list<T extends KubeObject>(resource: Resource<T>, options: ListOptions): Promise<ObjectList<T>> {
    const { signal, namespace, limit, continueToken, resourceVersion } = options;
    const attempt = `Cannot list ${resource.plural}`;
    const path = withQuery(collectionPath(resource, namespace), {
      ...selectionQuery(options),
      limit,
      continue: continueToken,
      resourceVersion,
    });
    const text = await this.#transport.text({ method: 'GET', path, attempt, lane: laneOf(resource), signal });
    return readList(resource, parseJson(text, attempt), attempt);
  }

  watch<T extends KubeObject>(resource: Resource<T>, options: WatchOptions): AsyncIterable<WatchEvent<T>> {
    const { signal, namespace, resourceVersion, timeoutSeconds, idleMs } = options;
    const attempt = `Cannot watch ${resource.plural}`;
    const path = withQuery(collectionPath(resource, namespace), {
      ...selectionQuery(options),
      watch: true,
      allowWatchBookmarks: true,
      resourceVersion,
      timeoutSeconds,
    });
    const chunks = this.#transport.chunks({ method: 'GET', path, attempt, lane: laneOf(resource), signal }, idleMs);
    return watchEvents(chunks, resource, attempt);
  }

  async create<T extends KubeObject>(resource: Resource<T>, object: object, { signal }: CallOptions): Promise<T> {
    const { name, namespace } = nameOf(object);
    const attempt = `Cannot create ${resource.kind} "${name ?? ''}"`;
    const text = await this.#transport.text({
      method: 'POST',
      path: collectionPath(resource, namespace),
      attempt,
      lane: laneOf(resource),
      signal,
      body: { type: jsonType, value: { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object } },
    });
    return checkObject(parseJson(text, attempt), resource, attempt);
  }

  async patch<T extends KubeObject>(
    resource: Resource<T>,
    name: Name,
    patch: Patch,
    { signal, subresource }: CallOptions & { readonly subresource?: 'status' },
  ): Promise<T> {
    const attempt = `Cannot patch ${shown(resource, name)}`;
    const query = patch.type === 'apply' ? { fieldManager: patch.fieldManager, force: patch.force } : {};
    const text = await this.#transport.text({
      method: 'PATCH',
      path: withQuery(objectPath(resource, name, subresource), query),
      attempt,
      lane: laneOf(resource),
      signal,
      body: { type: patchTypes[patch.type], value: patch.body },
    });
    return checkObject(parseJson(text, attempt), resource, attempt);
  }

  async delete<T extends KubeObject>(resource: Resource<T>, name: Name, options: DeleteOptions): Promise<void> {
    const { signal, ...deleteOptions } = options;
    await this.#transport.text({
      method: 'DELETE',
      path: objectPath(resource, name),
      attempt: `Cannot delete ${shown(resource, name)}`,
      lane: laneOf(resource),
      signal,
      body: { type: jsonType, value: { apiVersion: 'v1', kind: 'DeleteOptions', ...deleteOptions } },
    });
  }

  async evict({ uid, ...name }: Name & { readonly uid: string }, { signal }: CallOptions): Promise<void> {
    await this.#transport.text({
      method: 'POST',
      path: objectPath(pods, name, 'eviction'),
      attempt: `Cannot evict ${shown(pods, name)}`,
      lane: 'main',
      signal,
      // 429 means that a budget forbids it now: the caller says so and comes back.
      impatient: true,
      body: {
        type: jsonType,
        value: {
          apiVersion: 'policy/v1',
          kind: 'Eviction',
          metadata: name,
          deleteOptions: { preconditions: { uid } },
        },
      },
    });
  }

  async askService({ namespace, name, port }: ServicePort, path: string, { signal }: CallOptions): Promise<string> {
    const attempt = `Cannot reach Service "${namespace}/${name}" by the API server's proxy`;
    // The colon between name and port stays as it is.
    const proxy = `${objectPath(services, { namespace, name })}:${encodeURIComponent(port)}/proxy${path}`;
    return this.#transport.text({ method: 'GET', path: proxy, attempt, lane: 'main', signal });
  }

  async serves(resource: Resource<KubeObject>, { signal }: CallOptions): Promise<boolean> {
    const attempt = `Cannot discover ${apiVersionOf(resource)}`;
    try {
      const path = groupPath(resource);
      const text = await this.#transport.text({ method: 'GET', path, attempt, lane: 'main', signal });
      const body = parseJson(text, attempt);
      const served = isJsonObject(body) && Array.isArray(body['resources']) ? body['resources'] : [];
      return served.some(
        (each) => isJsonObject(each) && each['name'] === resource.plural && takesChanges(each['verbs']),
      );
    } catch (error) {
      if (error instanceof NotFound) return false;
      throw error;
    }
  }

  async ask(path: string, { signal, body }: CallOptions & { readonly body?: object }): Promise<unknown> {
    const attempt = `Cannot ask ${path}`;
    const sent =
      body === undefined
        ? { method: 'GET' as const }
        : { method: 'POST' as const, body: { type: jsonType, value: body } };
    return parseJson(await this.#transport.text({ ...sent, path, attempt, lane: 'main', signal }), attempt);
  }

  serverNow(): Date {
    return this.#transport.serverNow();
  }

  async close(): Promise<void> {
    await this.#transport.close();
  }
}

/** While a CRD is being removed, discovery lists it with what reads and deletes alone. */
function takesChanges(verbs: unknown): boolean {
  return Array.isArray(verbs) && verbs.includes('patch');
}

const patchTypes = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  // JSON is YAML; the API server takes no other name for an apply before 1.34.
  apply: 'application/apply-patch+yaml',
} as const satisfies Record<Patch['type'], string>;

function laneOf({ group }: Pick<Resource<KubeObject>, 'group'>): Lane {
  return group === 'coordination.k8s.io' ? 'lease' : 'main';
}

function shown({ plural }: Resource<KubeObject>, { name, namespace }: Name): string {
  return `${plural} "${namespace === undefined ? name : `${namespace}/${name}`}"`;
}

function nameOf(object: object): { readonly name?: string; readonly namespace?: string } {
  const metadata: unknown = 'metadata' in object ? object.metadata : undefined;
  if (!isJsonObject(metadata)) return {};
  const { name, namespace } = metadata;
  return {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof namespace === 'string' ? { namespace } : {}),
  };
}

function readList<T extends KubeObject>(resource: Resource<T>, body: unknown, attempt: string): ObjectList<T> {
  if (!isJsonObject(body) || !Array.isArray(body['items']) || !isJsonObject(body['metadata'])) {
    throw new MalformedAnswer(`${attempt}: the answer is not a list`, { status: 0 });
  }
  const { resourceVersion, continue: continueToken } = body['metadata'];
  if (typeof resourceVersion !== 'string') {
    throw new MalformedAnswer(`${attempt}: the list has no resourceVersion`, { status: 0 });
  }
  // The items of a list of built-in kinds do not say what they are; those of a watch do.
  const kind = { apiVersion: apiVersionOf(resource), kind: resource.kind };
  const items = body['items'].map((item) => ({ ...kind, ...checkObject(item, resource, attempt) }));
  return {
    items,
    resourceVersion,
    ...(typeof continueToken === 'string' && continueToken !== '' ? { continueToken } : {}),
  };
}
