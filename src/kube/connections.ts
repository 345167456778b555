// The connections to the API server: a few, kept open, shared by all requests, and made anew when a certificate changes.
import { createHash } from 'node:crypto';
import { Agent, type Dispatcher, Pool, ProxyAgent } from 'undici';
import type { Route, Tls } from './credentials.ts';

/**
 * `lease` has connections (and a rate limit) of its own, so that load never costs the leadership: Karpenter's operator.go
 * tells of that.
 */
export type Lane = 'main' | 'lease';

// More than the workers and watches of this project have under way at a time; a bound all the same.
const connectionsOf = { main: 64, lease: 2 } as const satisfies Record<Lane, number>;

// As long as undici waits for a connection or for TLS; of a proxy that keeps silent it would wait for the tunnel for 300 s.
const tunnelMs = 10_000;

interface Open {
  readonly route: Route;
  readonly fingerprint: string;
  readonly lanes: Readonly<Record<Lane, Dispatcher>>;
}

export class Connections {
  #open: Open | undefined;
  /** Replaced, with requests on them that have not ended. */
  readonly #retired = new Set<Dispatcher>();

  /** The agent for `lane`. Requests that run on an agent that was replaced end in peace. */
  dispatcher(route: Route, lane: Lane): Dispatcher {
    if (this.#open?.route === route) return this.#open.lanes[lane];
    const fingerprint = fingerprintOf(route);
    if (this.#open?.fingerprint !== fingerprint) {
      if (this.#open !== undefined) this.#retire(this.#open);
      this.#open = { route, fingerprint, lanes: { main: connect(route, 'main'), lease: connect(route, 'lease') } };
    }
    return this.#open.lanes[lane];
  }

  /** Ends all connections, whatever runs on them. */
  async close(): Promise<void> {
    const agents = [...this.#retired, ...(this.#open === undefined ? [] : Object.values(this.#open.lanes))];
    this.#open = undefined;
    await Promise.all([...new Set(agents)].map((agent) => agent.destroy()));
  }

  /** Lets what runs come to its end; a watch does within minutes. */
  #retire({ lanes }: Open): void {
    for (const agent of new Set(Object.values(lanes))) {
      this.#retired.add(agent);
      const leave = (): void => void this.#retired.delete(agent);
      agent.close().then(leave, leave);
    }
  }
}

function connect(route: Route, lane: Lane): Dispatcher {
  const options = {
    connections: connectionsOf[lane],
    keepAliveTimeout: 60_000,
    // Several watches over one connection share its fate and its flow control; kubernetes-fluent-client#411 went back.
    allowH2: false,
  };
  // Load balancers forget idle connections after minutes; a probe each 30 s keeps a quiet watch alive, as client-go does.
  const socket = { keepAlive: true, keepAliveInitialDelay: 30_000 };
  if (route.via === 'direct') return new Agent({ ...options, connect: { ...route.tls, ...socket } });
  if (route.via === 'proxy')
    return new ProxyAgent({
      ...options,
      uri: route.url,
      requestTls: { ...route.tls, ...socket },
      clientFactory: (origin, pool) => new Pool(origin, { ...pool, headersTimeout: tunnelMs }),
    });
  return route.make();
}

function fingerprintOf(route: Route): string {
  const hash = createHash('sha256');
  hash.update(route.via);
  if (route.via !== 'direct') hash.update(route.url);
  for (const part of partsOf(route.tls)) hash.update('\0').update(part);
  return hash.digest('base64');
}

function partsOf(tls: Tls): readonly (string | Buffer)[] {
  return [tls.ca, tls.cert, tls.key, tls.pfx, tls.passphrase, tls.rejectUnauthorized, tls.servername].map((part) =>
    Buffer.isBuffer(part) || typeof part === 'string' ? part : JSON.stringify(part ?? null),
  );
}
