// Stands between one controller and the API server: what it asked, what is held back, and a network that can be cut.
import { once } from 'node:events';
import { createServer, request as requestHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';
import type { ApiTarget } from '../../hack/sandbox/nodes/api.ts';

export interface KubeRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** As far as it was sent. */
  body: string;
  /** Of the answer; undefined while there is none. */
  status: number | undefined;
  /** Of the world's clock, when it came. */
  readonly at: Date;
}

/** A request that waits at the door. */
export interface Hold {
  /** Resolves when one has come. */
  readonly reached: Promise<KubeRequest>;
  /** Lets it pass, and those that follow. */
  release(): void;
}

export interface ApiProxyOptions {
  readonly target: ApiTarget;
  /** Answers carry this time as their Date, so that the server's clock is the world's. */
  readonly now: () => Date;
}

const apart = [/\/events(?:\/|\?|$)/u, /\/eviction(?:\?|$)/u, /\/leases(?:\/|\?|$)/u];

/** Whether it changes something, those about events, evictions and leases apart. */
export function isWrite({ method, path }: KubeRequest): boolean {
  return method !== 'GET' && !apart.some((pattern) => pattern.test(path));
}

export class ApiProxy {
  /** In the order of arrival. */
  readonly requests: KubeRequest[] = [];
  readonly #server = createServer((incoming, outgoing) => void this.#serve(incoming, outgoing));
  readonly #options: ApiProxyOptions;
  readonly #sockets = new Set<Socket>();
  readonly #holds = new Set<(request: KubeRequest) => Promise<void> | undefined>();
  #cut = false;

  static async start(options: ApiProxyOptions): Promise<ApiProxy> {
    const proxy = new ApiProxy(options);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  private constructor(options: ApiProxyOptions) {
    this.#options = options;
    // Watches stay open for as long as their clients want them.
    this.#server.requestTimeout = 0;
    this.#server.on('connection', (socket: Socket) => {
      if (this.#cut) {
        socket.destroy();
        return;
      }
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      socket.on('error', () => socket.destroy());
    });
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
  }

  /** Requests like this one wait from now on, until the hold is released. */
  hold(matches: (request: KubeRequest) => boolean): Hold {
    const reached = Promise.withResolvers<KubeRequest>();
    const open = Promise.withResolvers<void>();
    const gate = (request: KubeRequest): Promise<void> | undefined => {
      if (!matches(request)) return undefined;
      reached.resolve(request);
      return open.promise;
    };
    this.#holds.add(gate);
    return {
      reached: reached.promise,
      release: () => {
        this.#holds.delete(gate);
        open.resolve();
      },
    };
  }

  /** Every connection breaks, and new ones do as they open. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#cut = false;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const asked: KubeRequest = {
      method: incoming.method ?? '',
      path: incoming.url ?? '/',
      body: '',
      status: undefined,
      at: this.#options.now(),
    };
    this.requests.push(asked);
    for (const hold of this.#holds) await hold(asked);
    if (outgoing.destroyed) return;
    this.#forward(asked, incoming, outgoing);
  }

  #forward(asked: KubeRequest, incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { target, now } = this.#options;
    const { method, path } = asked;
    const url = new URL(path, target.url);
    const options = { method, headers: { ...incoming.headers, host: url.host } };
    const answered = (answer: IncomingMessage): void => {
      asked.status = answer.statusCode;
      outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, date: now().toUTCString() });
      // A watch that has nothing to tell yet has begun all the same.
      outgoing.flushHeaders();
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    };
    const upstream =
      url.protocol === 'https:'
        ? requestHttps(url, { ...options, ca: target.ca ?? '' }, answered)
        : requestHttp(url, options, answered);
    upstream.on('error', () => outgoing.destroy());
    outgoing.on('close', () => upstream.destroy());
    incoming.setEncoding('utf8').on('data', (text: string) => {
      asked.body += text;
    });
    incoming.pipe(upstream);
  }
}
