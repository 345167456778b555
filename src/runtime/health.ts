// What probes and scrapers see: whether the process lives, whether it is ready and why not, and its numbers.
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { plainText, type Reply, type Routes, serve, type Server } from './http-server.ts';

interface Health {
  readonly ok: boolean;
  /** For people: what is missing, or how it stands. */
  readonly detail?: string;
}

export interface Check {
  readonly name: string;
  /** Whether the process is unready without it; the others are only shown. */
  readonly required: boolean;
  /** Answers at once, from what is known. */
  check(): Health;
}

export interface HealthServerOptions {
  readonly host: string;
  readonly port: number;
  readonly checks: readonly Check[];
  readonly log: Logger;
}

/**
 * `/healthz` answers 200 as long as the process can answer at all: a restart cures no dependency. `/readyz` asks the
 * checks; `?verbose` lists them, as the API server's own does. A replica that waits for the lease is ready.
 */
export async function startHealthServer({ host, port, checks, log }: HealthServerOptions): Promise<Server> {
  return serve({
    host,
    port,
    log,
    routes: { '/healthz': alive, '/livez': alive, '/readyz': (url) => readiness(checks, url) },
  });
}

export interface MetricsServerOptions extends Pick<HealthServerOptions, 'host' | 'port' | 'log'> {
  readonly metrics: Metrics;
  /** What else people read there. */
  readonly routes?: Routes;
}

/** `/metrics`, on a port of its own so that it can be shielded on its own. */
export async function startMetricsServer({
  host,
  port,
  metrics,
  log,
  routes = {},
}: MetricsServerOptions): Promise<Server> {
  const exposition = async (): Promise<Reply> => ({
    status: 200,
    type: metrics.registry.contentType,
    body: await metrics.text(),
  });
  return serve({ host, port, log, routes: { ...routes, '/metrics': exposition } });
}

const alive = (): Reply => ({ status: 200, type: plainText, body: 'ok\n' });

function readiness(checks: readonly Check[], url: URL): Reply {
  const results = checks.map((check) => ({ ...check, health: ask(check) }));
  const ready = results.every(({ required, health }) => health.ok || !required);
  const status = ready ? 200 : 503;
  const verdict = `readyz check ${ready ? 'passed' : 'failed'}\n`;
  if (ready && !url.searchParams.has('verbose')) return { status, type: plainText, body: 'ok\n' };
  const lines = results.map(({ name, required, health }) => {
    const detail = health.detail === undefined ? '' : `: ${health.detail}`;
    return `[${health.ok ? '+' : '-'}]${name} ${health.ok ? 'ok' : 'failed'}${required ? '' : ' (not required)'}${detail}\n`;
  });
  return { status, type: plainText, body: `${lines.join('')}${verdict}` };
}

/** A check that throws has failed. */
function ask(check: Check): Health {
  try {
    return check.check();
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}
