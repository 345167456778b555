// The root of a process: its configuration, clients and servers, and the order in which they start and stop.
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { createArmClient } from './azure/arm-adapter.ts';
import { createArmMetrics } from './azure/arm-metrics.ts';
import { ConfigurationError } from './azure/configuration-error.ts';
import { createCredential } from './azure/credentials.ts';
import { endpointOf } from './azure/endpoint.ts';
import { checkProxy } from './azure/proxy-setting.ts';
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { KubeConfigInvalid, loadCluster } from './kube/config.ts';
import { createKubeClient } from './kube/rest-client.ts';
import type { Logger } from './observability/logger.ts';
import { collectProcessMetrics, createMetrics, tellBuild } from './observability/metrics.ts';
import type { Options } from './options.ts';
import { createProvisioner } from './provisioner.ts';
import { EventSink } from './runtime/events.ts';
import { type Check, startHealthServer, startMetricsServer } from './runtime/health.ts';
import { LeaseLost } from './runtime/leader.ts';
import { createArmBudget } from './status/arm-budget.ts';
import type { ArmBudget } from './status/arm-budget.ts';
import { statusRoutes } from './status/routes.ts';
import type { StatusIdentity } from './status/status-board.ts';
import { PortUnusable, whenFree } from './runtime/port-wait.ts';
import { GracefulStop } from './runtime/stop.ts';
import { version } from './version.ts';
import { InvalidPresets } from './workspaces/presets.ts';
import { workspaceSettings } from './workspaces/workspace-settings.ts';

export interface OperatorContext {
  /** The stop: everything ends in order, and `runOperator` resolves. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Of the process, for what client-go's order of configuration reads. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
  /** Told once both servers listen: on which ports. */
  readonly onListening?: (ports: { readonly metrics: number; readonly health: number }) => void;
}

/** Resolves with the exit code: 0 after a stop, 1 when the lease was lost, 2 when the configuration cannot be used. */
export async function runOperator(options: Options, context: OperatorContext): Promise<number> {
  try {
    return await operate(options, context);
  } catch (error) {
    if (!isMistake(error)) throw error;
    context.log.fatal(error.message);
    return 2;
  }
}

/** Of the environment or the files of this process: only another start can read others. */
function isMistake(error: unknown): error is Error {
  return (
    error instanceof ConfigurationError ||
    error instanceof KubeConfigInvalid ||
    error instanceof InvalidPresets ||
    error instanceof PortUnusable
  );
}

async function operate(options: Options, context: OperatorContext): Promise<number> {
  const { signal, log, env = process.env, clock = systemClock } = context;
  checkProxy(env);
  const endpoint = endpointOf({ cloud: options.cloud, armEndpoint: options.armEndpoint });
  const cluster = loadCluster({ env: { ...env, KUBECONFIG: options.kubeconfig } });
  log.info({ cluster: cluster.source, server: cluster.credentials.server.href, arm: endpoint.url }, 'configured');

  const metrics = createMetrics();
  collectProcessMetrics(metrics);
  tellBuild(metrics, version);
  const kube = createKubeClient({
    credentials: cluster.credentials,
    clock,
    metrics,
    qps: options.kubeClientQps,
    burst: options.kubeClientBurst,
    userAgent: `gpu-provisioner/${version}`,
  });
  const instance = `${env['POD_NAME'] ?? hostname()}-${randomBytes(4).toString('hex')}`;
  const events = new EventSink({
    client: kube,
    reporter: { controller: 'gpu-provisioner', instance },
    clock,
    log,
    metrics,
  });
  const budget = createArmBudget(createArmMetrics(metrics, clock), clock);
  const arm = createArmClient({
    subscriptionId: options.subscriptionId,
    resourceGroup: options.resourceGroup,
    clusterName: options.clusterName,
    endpoint,
    credential: createCredential({ ...options, cloud: endpoint.cloud, clock }),
    version,
    clock,
    observer: budget.observer,
    deadlineMs: options.putDeadlineMs,
  });
  const workspaces = await workspaceSettings(options);
  const provisioner = createProvisioner({
    settings: options,
    ...(workspaces === undefined ? {} : { workspaces }),
    kube,
    arm,
    clock,
    log,
    metrics,
    events,
    identity: instance,
    random: Math.random,
  });
  const host = options.bindAddress ?? '::';
  await using servers = new AsyncDisposableStack();
  servers.adopt(kube, (client) => client.close());
  let taken: string | undefined;
  const metricsPort: Check = {
    name: 'metrics',
    required: true,
    check: () => (taken === undefined ? { ok: true } : { ok: false, detail: taken }),
  };
  const checks = [...provisioner.checks, metricsPort];
  const health = await whenFree(() => startHealthServer({ host, port: options.healthProbePort, checks, log }), {
    port: options.healthProbePort,
    setting: 'HEALTH_PROBE_PORT',
    clock,
    log,
    signal,
  });
  if (health === undefined) return 0;
  servers.adopt(health, (server) => server.close());
  log.info({ healthPort: health.port }, 'probes are answered');
  const routes = statusRoutes({
    board: provisioner.status,
    identity: identityOf(options, budget),
    page: options.statusPage,
  });
  // Nothing is done before: where two processes may not listen side by side, they are not meant to act side by side.
  const exposition = await whenFree(
    () => startMetricsServer({ host, port: options.metricsPort, metrics, log, routes }),
    {
      port: options.metricsPort,
      setting: 'METRICS_PORT',
      clock,
      log,
      signal,
      onTaken: (why) => {
        taken = why;
      },
    },
  );
  if (exposition === undefined) return 0;
  taken = undefined;
  servers.adopt(exposition, (server) => server.close());
  log.info({ metricsPort: exposition.port, healthPort: health.port, statusPage: options.statusPage }, 'listening');
  context.onListening?.({ metrics: exposition.port, health: health.port });

  try {
    await provisioner.run({ signal });
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error;
    // Somebody else may lead by now: nothing is tidied up that would take time.
    log.fatal({ err: error }, 'lease lost');
    return 1;
  }
  const stop = new GracefulStop({ clock, log });
  stop.on('events', 'events', (until) => events.flush(until));
  stop.on('servers', 'caches', () => provisioner.close());
  stop.on('servers', 'servers', () => servers.disposeAsync());
  await stop.run();
  log.info('stopped');
  return 0;
}

function identityOf(
  { subscriptionId, resourceGroup, clusterName: name }: Options,
  { now: budget }: ArmBudget,
): StatusIdentity {
  return { build: version, cluster: { subscriptionId, resourceGroup, name }, budget };
}
