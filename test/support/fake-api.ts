// An API server small enough to be made to fail in any way: objects by path, list, watch and merge patch on a real socket.
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { type FakeObject, isFakeObject, keyOf, merged, placeOf, refuse, reply } from './fake-api-parts.ts';
import { FakeStorage, type LogEntry, type Stored } from './fake-storage.ts';

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

interface OpenWatch {
  readonly collection: string;
  readonly response: ServerResponse;
}

export class FakeApi {
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
  readonly #storage = new FakeStorage((entry) => this.#tell(entry));
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
    return this.#storage.version;
  }

  /** Sockets that are open now. */
  get openSockets(): number {
    return this.#sockets.size;
  }

  object(collection: string, key: string): Stored | undefined {
    return this.#storage.get(collection, key);
  }

  requestsTo(method: string, path: string): readonly SeenRequest[] {
    return this.requests.filter((request) => request.method === method && request.path === path);
  }

  /** Creates or replaces an object, and tells the watches. */
  put(collection: string, object: FakeObject): Stored {
    return this.#storage.put(collection, object);
  }

  remove(collection: string, key: string): void {
    this.#storage.remove(collection, key);
  }

  /** Forgets what happened so far, as etcd's compaction does. */
  compact(): void {
    this.#storage.compact();
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

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', 'http://fake');
    let sent: string;
    try {
      sent = await text(incoming);
    } catch {
      // The client left in the middle of its request.
      return;
    }
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
    const object = key === undefined ? undefined : this.object(collection, key);
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
    else if (this.object(collection, keyOf(body)) !== undefined) refuse(response, 409, 'AlreadyExists');
    else reply(response, 201, this.put(collection, body));
  }

  #patch(collection: string, object: Stored, body: unknown, response: ServerResponse): void {
    const patched = merged(object, body);
    if (!isFakeObject(patched)) refuse(response, 400, 'BadRequest');
    else if (patched.metadata['resourceVersion'] !== object.metadata.resourceVersion) refuse(response, 409, 'Conflict');
    else reply(response, 200, this.put(collection, patched));
  }

  #list(collection: string, { query }: SeenRequest, response: ServerResponse): void {
    const page = this.#storage.page(collection, query.get('continue'), Number(query.get('limit') ?? Infinity));
    if (page === undefined) {
      refuse(response, 410, 'Expired');
      return;
    }
    // As the API server does: the items of a list do not say what they are.
    const items = page.items.map(({ kind: _kind, apiVersion: _apiVersion, ...item }) => item);
    reply(response, 200, { items, metadata: { resourceVersion: `${page.version}`, continue: page.next } });
  }

  #watch(collection: string, { query }: SeenRequest, response: ServerResponse): void {
    const missed = this.#storage.changesSince(collection, Number(query.get('resourceVersion')));
    if (missed === undefined) {
      refuse(response, 410, 'Expired');
      return;
    }
    const watch = { collection, response };
    this.watches.add(watch);
    response.on('close', () => this.watches.delete(watch));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    for (const entry of missed) response.write(lineOf(entry));
  }

  #tell(entry: LogEntry): void {
    for (const { collection, response } of this.watches) {
      if (collection === entry.collection) response.write(lineOf(entry));
    }
  }
}

function lineOf({ type, object }: LogEntry): string {
  return `${JSON.stringify({ type, object })}\n`;
}
