// For the tests of this room: a server on loopback that records requests and answers each as its test says.
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  /** Path without host and query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is text. */
  readonly body?: unknown;
}

/** `reset` cuts the connection; `silence` never answers. */
export type FakeReply = FakeAnswer | 'reset' | 'silence';

export interface FakeArm extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** Decides on each request; its order among all of them comes with it, from 0. */
  reply: (request: SeenRequest, index: number) => FakeReply | Promise<FakeReply>;
}

export async function startFakeArm(
  reply: FakeArm['reply'] = () => ({ status: 500 }),
  tls?: { readonly cert: string; readonly key: string },
): Promise<FakeArm> {
  const requests: SeenRequest[] = [];
  const listener = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
    const url = new URL(incoming.url ?? '/', 'http://fake');
    const request = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body: Buffer.concat(chunks).toString(),
    };
    requests.push(request);
    const answer = await fake.reply(request, requests.length - 1);
    if (answer === 'silence') return;
    if (answer === 'reset') {
      incoming.socket.destroy();
      return;
    }
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {});
    outgoing.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    outgoing.end(answer.status === 204 ? '' : text);
  };
  const onRequest = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    listener(incoming, outgoing).catch((error: unknown) =>
      outgoing.destroy(error instanceof Error ? error : undefined),
    );
  };
  const server = tls === undefined ? createHttpServer(onRequest) : createHttpsServer(tls, onRequest);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = addressOf(server.address());
  const fake: FakeArm = {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests,
    reply,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new TypeError('Cannot listen on loopback');
  return address;
}

/** An agent pool as AKS writes it; `properties` overrides. */
export function poolJson(name: string, properties: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    id: `/subscriptions/s/resourcegroups/rg/providers/Microsoft.ContainerService/managedClusters/mc/agentPools/${name}`,
    name,
    type: 'Microsoft.ContainerService/managedClusters/agentPools',
    properties: {
      count: 1,
      vmSize: 'standard_nc24ads_a100_v4',
      provisioningState: 'Succeeded',
      powerState: { code: 'Running' },
      mode: 'User',
      eTag: 'e-1',
      ...properties,
    },
  };
}
