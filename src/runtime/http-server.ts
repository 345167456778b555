// A small server for probes and scrapers: GET only, one answer a path, and no connection that outlives it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '../observability/logger.ts';

export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  /** Beside the type, and what every answer has. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What to answer, by path. */
export type Routes = Readonly<Record<string, (url: URL) => Reply | Promise<Reply>>>;

export interface ServeOptions {
  /** `::` means every address, also on a machine that has IPv4 alone. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly log: Logger;
  /** What one throws becomes a 500 without its text. */
  readonly routes: Routes;
  /** A connection on which nothing has moved for so long is cut: a client that does not read must not hold an answer. */
  readonly idleMs?: number;
}

export interface Server {
  readonly port: number;
  close(): Promise<void>;
}

export const plainText = 'text/plain; charset=utf-8';

/** Resolves once it listens; rejects when the port is taken. */
export async function serve({ host, port, log, routes, idleMs = 30_000 }: ServeOptions): Promise<Server> {
  const server = createServer({ requestTimeout: 10_000, keepAliveTimeout: 5000 });
  server.setTimeout(idleMs);
  server.on('request', (request, response) => {
    const send = async (): Promise<void> => {
      const url = URL.parse(request.url ?? '', 'http://server') ?? new URL('http://server/');
      const { status, type, body, headers } = await answer(request.method ?? '', url, routes, log);
      response.writeHead(status, { ...headers, 'content-type': type, 'x-content-type-options': 'nosniff' });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    void send();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // Without a host Node takes `::`, and 0.0.0.0 where the kernel has no IPv6; with `::` it fails there (EAFNOSUPPORT).
    server.listen({ port, ...(host === '::' ? {} : { host }) }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', (error) => log.warn({ err: error }, 'server failed'));
  return {
    port: portOf(server.address()),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Never throws. */
async function answer(method: string, url: URL, routes: Routes, log: Logger): Promise<Reply> {
  const route = Object.hasOwn(routes, url.pathname) ? routes[url.pathname] : undefined;
  if (route === undefined) return { status: 404, type: plainText, body: 'not found\n' };
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, type: plainText, body: 'only GET\n' };
  try {
    return await route(url);
  } catch (error) {
    log.error({ err: error, path: url.pathname }, 'no answer to a probe or a scrape');
    return { status: 500, type: plainText, body: 'internal error\n' };
  }
}

function portOf(address: string | AddressInfo | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
