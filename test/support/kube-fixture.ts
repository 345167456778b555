// A client of our own for a fake API server, and what else the suites of kube and runtime need around it.
import type { Clock } from '../../src/clock.ts';
import type { Credentials, Grant, Route } from '../../src/kube/credentials.ts';
import { createKubeClient, type RestClient } from '../../src/kube/rest-client.ts';
import { createLogger, type Logger } from '../../src/observability/logger.ts';
import { createMetrics, type Metrics } from '../../src/observability/metrics.ts';

/** Credentials that never change by themselves. */
export class StaticCredentials implements Credentials {
  readonly server: URL;
  token = 'secret';
  renewals = 0;
  route: Route;
  /** Runs before each grant; may throw, as a missing token file does. */
  beforeGrant: () => void = () => undefined;

  constructor(server: URL, route: Route = { via: 'direct', tls: {} }) {
    this.server = server;
    this.route = route;
  }

  async current(): Promise<Grant> {
    this.beforeGrant();
    return Promise.resolve({ headers: { Authorization: `Bearer ${this.token}` }, route: this.route });
  }

  async renew(): Promise<Grant> {
    this.renewals += 1;
    return this.current();
  }
}

export interface ClientFixtureOptions {
  readonly clock: Clock;
  readonly metrics?: Metrics;
  readonly credentials?: Credentials;
  readonly qps?: number;
  readonly burst?: number;
}

export function aClient(server: URL, { clock, metrics, credentials, qps, burst }: ClientFixtureOptions): RestClient {
  return createKubeClient({
    credentials: credentials ?? new StaticCredentials(server),
    clock,
    metrics: metrics ?? createMetrics(),
    qps: qps ?? 1000,
    burst: burst ?? 1000,
    userAgent: 'gpu-provisioner/test',
  });
}

/** A logger whose lines can be read. */
export class LogLines {
  readonly lines: Readonly<Record<string, unknown>>[] = [];
  readonly log: Logger = createLogger({
    level: 'trace',
    destination: {
      write: (line: string) => {
        this.lines.push(JSON.parse(line));
      },
    },
  });

  messages(): readonly unknown[] {
    return this.lines.map(({ message }) => message);
  }
}

export const silent: Logger = createLogger({ level: 'silent' });
