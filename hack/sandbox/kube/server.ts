// The embedded Kubernetes API server: in memory, on loopback, and as strict as the real one.
import { createServer as createHttp, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import { stringify } from 'yaml';
import { loopbackCertificate } from '../tls.ts';
import type { PolicyRule } from './access/rules.ts';
import { Tokens } from './access/tokens.ts';
import type { Env } from './call.ts';
import { Registry } from './registry.ts';
import { handle } from './router.ts';
import { seedCluster } from './seed.ts';
import { startStandIns } from './stand-ins.ts';
import { Storage } from './storage.ts';

interface TokenUser {
  readonly name: string;
  readonly groups: readonly string[];
  /** What the token may do, as RBAC rules; absent: everything. */
  readonly rules?: readonly PolicyRule[];
}

export interface KubeApi {
  readonly url: string;
  /** PEM that clients must trust; empty for plain http. */
  readonly ca: string;
  /** Of an administrator. */
  readonly token: string;
  kubeconfig(): string;
  addToken(token: string, user: TokenUser): void;
  /** Breaks every open connection, watches too. */
  dropConnections(): void;
  /** While down, connections are broken as soon as they open. */
  setDown(down: boolean): void;
  close(): Promise<void>;
}

export interface KubeApiOptions {
  readonly port?: number;
  /** Plain http, for unit tests. */
  readonly insecure?: boolean;
  /** How many changes watches and exact lists can go back. */
  readonly watchHistory?: number;
  readonly bookmarkIntervalMs?: number;
  /**
   * Stand-ins for the controllers that a bare API server lacks: garbage, namespaces, disruption counts, node taints.
   * Default true.
   */
  readonly controllers?: boolean;
  /** Node taints alone may be left to somebody else. Default true. */
  readonly nodeLifecycle?: boolean;
  readonly now?: () => Date;
  /** Of the tokens of ServiceAccounts; absent: as kubeadm has it. */
  readonly issuer?: string;
}

const defaults = {
  watchHistory: 10_000,
  // The real server's interval (measured: 60 s apart).
  bookmarkIntervalMs: 60_000,
};

const keepAliveMs = 120_000;

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

export async function startKubeApi(options: KubeApiOptions = {}): Promise<KubeApi> {
  const env: Env = {
    storage: new Storage(options.watchHistory ?? defaults.watchHistory),
    registry: new Registry(),
    bookmarkIntervalMs: options.bookmarkIntervalMs ?? defaults.bookmarkIntervalMs,
    now: options.now ?? (() => new Date()),
  };
  const tokens = new Tokens(env.now);
  const certificate = options.insecure ? undefined : await loopbackCertificate('kubernetes');
  const server: Server =
    certificate === undefined ? createHttp() : createHttps({ cert: certificate.cert, key: certificate.key });
  // Watches stay open for as long as their clients want them.
  server.requestTimeout = 0;
  // Longer than clients keep idle connections, so that none is closed under a request.
  server.keepAliveTimeout = keepAliveMs;
  const sockets = new Set<Duplex>();
  let down = false;
  server.on('connection', (socket: Duplex) => {
    if (down) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // A client that goes away in the middle is its own affair.
    socket.on('error', () => socket.destroy());
  });
  const port = await listen(server, options.port ?? 0);
  const url = `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  const ca = certificate?.ca ?? '';
  const issuer = options.issuer ?? 'https://kubernetes.default.svc.cluster.local';
  server.on('request', (request, response) => void handle({ env, tokens, url, issuer }, request, response));
  seedCluster(env);
  const stopStandIns = startStandIns(env, {
    controllers: options.controllers ?? true,
    nodeLifecycle: options.nodeLifecycle ?? true,
  });
  const dropConnections = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url,
    ca,
    token: tokens.admin,
    kubeconfig: () => kubeconfig(url, ca, tokens.admin),
    addToken: (token, user) => tokens.add(token, user),
    dropConnections,
    setDown: (value) => {
      down = value;
      if (down) dropConnections();
    },
    close: async () => {
      stopStandIns();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      dropConnections();
      await closed;
    },
  };
}

function kubeconfig(url: string, ca: string, token: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'sandbox',
        cluster: {
          server: url,
          ...(ca !== '' && { 'certificate-authority-data': Buffer.from(ca).toString('base64') }),
        },
      },
    ],
    users: [{ name: 'sandbox', user: { token } }],
    contexts: [{ name: 'sandbox', context: { cluster: 'sandbox', user: 'sandbox' } }],
    'current-context': 'sandbox',
  });
}
