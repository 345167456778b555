// An API server small enough to be made to fail in any way: objects by path, list, watch and merge patch on a real socket.
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { type FakeObject, isFakeObject, keyOf, merged, placeOf, refuse, reply } from './fake-api-parts.ts';

export type { FakeObject } from './fake-api-parts.ts';

export interface SeenRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** What happens instead of an answer: the socket is cut, nothing ever comes, or this is said. */
export type Fault =
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
    };

type Stored = FakeObject & {
  readonly metadata: { readonly name: string; readonly uid: string; readonly resourceVersion: string };
};

interface LogEntry {
  readonly version: number;
  readonly collection: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: Stored;
}

interface OpenWatch {
  readonly collection: string;
  readonly response: ServerResponse;
}

export class FakeApi implements AsyncDisposable {
  /** Every request, in the order of arrival. */
  readonly requests: SeenRequest[] = [];
  readonly watches = new Set<OpenWatch>();
  /** Asked for each request. */
  fault: (request: SeenRequest) => Fault | undefined = () => undefined;
  /** Sockets that were ever opened. */
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #scheme: string;
  readonly #objects = new Map<string, Map<string, Stored>>();
  readonly #pages = new Map<string, { readonly items: readonly Stored[]; readonly version: number }>();
  #log: LogEntry[] = [];
  #version = 100;
  #oldest = 0;
  #uid = 0;
  #port = 0;

  private constructor(tls: { readonly cert: string; readonly key: string } | undefined) {
    const onRequest = (request: IncomingMessage, response: ServerResponse): void => void this.#serve(request, response);
    this.#server = tls === undefined ? createHttpServer(onRequest) : createHttpsServer(tls, onRequest);
    this.#scheme = tls === undefined ? 'http' : 'https';
    this.#server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
    });
  }

  static async start(tls?: { readonly cert: string; readonly key: string }): Promise<FakeApi> {
    const api = new FakeApi(tls);
    await api.listen();
    return api;
  }

  /** Listens, after `stop` on the same port again. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.listen(this.#port, '127.0.0.1', resolve);
    });
    const address = this.#server.address();
    this.#port = typeof address === 'object' && address !== null ? address.port : 0;
  }

  get url(): URL {
    return new URL(`${this.#scheme}://127.0.0.1:${this.#port}`);
  }

  get version(): string {
    return `${this.#version}`;
  }

  /** Sockets that are open now. */
  get openSockets(): number {
    return this.#sockets.size;
  }

  object(collection: string, key: string): FakeObject | undefined {
    return this.#objects.get(collection)?.get(key);
  }

  requestsTo(method: string, path: string): readonly SeenRequest[] {
    return this.requests.filter((request) => request.method === method && request.path === path);
  }

  /** Creates or replaces an object, and tells the watches. */
  put(collection: string, object: FakeObject): Stored {
    const objects = this.#collection(collection);
    const key = keyOf(object);
    const before = objects.get(key);
    this.#version += 1;
    const { uid: given } = object.metadata;
    const uid = typeof given === 'string' ? given : (before?.metadata.uid ?? `uid-${++this.#uid}`);
    const stored = {
      ...object,
      metadata: { ...object.metadata, uid, resourceVersion: `${this.#version}` },
    };
    objects.set(key, stored);
    this.#tell({
      version: this.#version,
      collection,
      type: before === undefined ? 'ADDED' : 'MODIFIED',
      object: stored,
    });
    return stored;
  }

  remove(collection: string, key: string): void {
    const object = this.#collection(collection).get(key);
    if (object === undefined) return;
    this.#collection(collection).delete(key);
    this.#version += 1;
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: `${this.#version}` } };
    this.#tell({ version: this.#version, collection, type: 'DELETED', object: last });
  }

  /** Forgets what happened so far, as etcd's compaction does. */
  compact(): void {
    this.#log = [];
    this.#pages.clear();
    this.#version += 1;
    this.#oldest = this.#version;
  }

  bookmark(): void {
    this.send(`${JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: this.version } } })}\n`);
  }

  /** Writes to all open watches, whatever it is. */
  send(raw: string): void {
    for (const { response } of this.watches) response.write(raw);
  }

  endWatches(): void {
    for (const { response } of this.watches) response.end();
  }

  resetWatches(): void {
    for (const { response } of this.watches) response.socket?.destroy();
  }

  /** Closes everything; objects stay. */
  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', 'http://fake');
    const sent = await text(incoming);
    const body: unknown = sent === '' ? undefined : JSON.parse(sent);
    const { method = '', headers } = incoming;
    const request = { method, path: url.pathname, query: url.searchParams, headers, body };
    this.requests.push(request);
    const fault = this.fault(request);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'reset') incoming.socket.destroy();
    else if (fault !== undefined) reply(response, fault.status, fault.body ?? {}, fault.headers);
    else this.#answer(request, response);
  }

  #answer(request: SeenRequest, response: ServerResponse): void {
    const { collection, key, subresource } = placeOf(request.path);
    const object = key === undefined ? undefined : this.#collection(collection).get(key);
    if (request.method === 'GET' && key === undefined) {
      if (request.query.has('watch')) this.#watch(collection, request, response);
      else this.#list(collection, request, response);
    } else if (request.method === 'POST') {
      if (subresource !== undefined) reply(response, 201, { kind: 'Status', status: 'Success' });
      else this.#create(collection, request.body, response);
    } else if (key === undefined || object === undefined) {
      refuse(response, 404, 'NotFound');
    } else if (request.method === 'GET') {
      reply(response, 200, object);
    } else if (request.method === 'PATCH') {
      this.#patch(collection, object, request.body, response);
    } else {
      this.remove(collection, key);
      reply(response, 200, { kind: 'Status', status: 'Success' });
    }
  }

  #create(collection: string, body: unknown, response: ServerResponse): void {
    if (!isFakeObject(body)) refuse(response, 400, 'BadRequest');
    else if (this.#collection(collection).has(keyOf(body))) refuse(response, 409, 'AlreadyExists');
    else reply(response, 201, this.put(collection, body));
  }

  #patch(collection: string, object: Stored, body: unknown, response: ServerResponse): void {
    const patched = merged(object, body);
    if (!isFakeObject(patched)) refuse(response, 400, 'BadRequest');
    else if (patched.metadata['resourceVersion'] !== object.metadata.resourceVersion) refuse(response, 409, 'Conflict');
    else reply(response, 200, this.put(collection, patched));
  }

  #list(collection: string, { query }: SeenRequest, response: ServerResponse): void {
    const token = query.get('continue');
    const page = token === null ? this.#snapshot(collection) : this.#pages.get(token);
    if (page === undefined) {
      refuse(response, 410, 'Expired');
      return;
    }
    const limit = Number(query.get('limit') ?? page.items.length);
    const rest = page.items.slice(limit);
    const next = rest.length === 0 ? '' : `token-${this.#pages.size + 1}`;
    if (next !== '') this.#pages.set(next, { items: rest, version: page.version });
    // As the API server does: the items of a list do not say what they are.
    const items = page.items.slice(0, limit).map(({ kind: _kind, apiVersion: _apiVersion, ...item }) => item);
    reply(response, 200, { items, metadata: { resourceVersion: `${page.version}`, continue: next } });
  }

  #snapshot(collection: string): { readonly items: readonly Stored[]; readonly version: number } {
    return { items: [...this.#collection(collection).values()], version: this.#version };
  }

  #watch(collection: string, { query }: SeenRequest, response: ServerResponse): void {
    const from = Number(query.get('resourceVersion'));
    if (from < this.#oldest) {
      refuse(response, 410, 'Expired');
      return;
    }
    const watch = { collection, response };
    this.watches.add(watch);
    response.on('close', () => this.watches.delete(watch));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    for (const entry of this.#log) {
      if (entry.version > from && entry.collection === collection) response.write(lineOf(entry));
    }
  }

  #tell(entry: LogEntry): void {
    this.#log.push(entry);
    for (const { collection, response } of this.watches) {
      if (collection === entry.collection) response.write(lineOf(entry));
    }
  }

  #collection(name: string): Map<string, Stored> {
    const known = this.#objects.get(name);
    if (known !== undefined) return known;
    const created = new Map<string, Stored>();
    this.#objects.set(name, created);
    return created;
  }
}

function lineOf({ type, object }: LogEntry): string {
  return `${JSON.stringify({ type, object })}\n`;
}
