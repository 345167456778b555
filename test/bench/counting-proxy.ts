// Stands between the controller and the API server and keeps a list of what was asked.
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiTarget } from '../../hack/sandbox/nodes/api.ts';
import { loopbackCertificate } from '../../hack/sandbox/tls.ts';

export interface KubeRequest {
  readonly method: string;
  readonly path: string;
}

export interface CountingProxy {
  readonly url: string;
  readonly ca: string;
  /** In the order of arrival. */
  readonly requests: readonly KubeRequest[];
  close(): Promise<void>;
}

/** Forwards everything unchanged, watches too. */
export async function startCountingProxy(target: ApiTarget): Promise<CountingProxy> {
  const { ca, cert, key } = await loopbackCertificate('counting proxy');
  const agent = new Agent({ keepAlive: true, ...(target.ca === undefined ? {} : { ca: target.ca }) });
  const requests: KubeRequest[] = [];
  const server = createServer({ cert, key }, (incoming, outgoing) => {
    requests.push({ method: incoming.method ?? '', path: incoming.url ?? '' });
    forward(incoming, outgoing, new URL(incoming.url ?? '/', target.url), agent);
  });
  server.requestTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `https://127.0.0.1:${port}`,
    ca,
    requests,
    async close() {
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, url: URL, agent: Agent): void {
  const upstream = request(url, { method: incoming.method, headers: incoming.headers, agent }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
    // A half answer must not look like a whole one.
    answer.on('error', () => outgoing.destroy());
  });
  upstream.on('error', () => outgoing.destroy());
  outgoing.on('close', () => upstream.destroy());
  incoming.pipe(upstream);
}

const apart = [/\/events(?:\/|\?|$)/, /\/eviction(?:\?|$)/, /\/leases(?:\/|\?|$)/, /\/selfsubject\w+reviews/];

/** Requests that write, those about events, evictions and leases apart. */
export function writesOf(requests: readonly KubeRequest[]): readonly KubeRequest[] {
  return requests.filter(({ method, path }) => method !== 'GET' && !apart.some((pattern) => pattern.test(path)));
}
