// The composition root: the only file that knows every room, and the order in which they start and stop.
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { labelMatcher } from './apis/label-selector.ts';
import { nodes as nodesResource } from './apis/resource.ts';
import { createArmClient } from './azure/arm-adapter.ts';
import { createArmMetrics } from './azure/arm-metrics.ts';
import { ConfigurationError } from './azure/configuration-error.ts';
import { createCredential } from './azure/credentials.ts';
import { endpointOf } from './azure/endpoint.ts';
import { Inventory } from './azure/inventory.ts';
import { machineAdapter } from './claims/adapter.ts';
import { ClaimControllers, createClaimStore, createNodeStore } from './claims/claim-controllers.ts';
import { createClaimMetrics } from './claims/claim-metrics.ts';
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { KubeConfigInvalid, loadCluster } from './kube/config.ts';
import { createKubeClient } from './kube/rest-client.ts';
import type { Logger } from './observability/logger.ts';
import { collectProcessMetrics, createMetrics } from './observability/metrics.ts';
import type { Options } from './options.ts';
import { EventSink } from './runtime/events.ts';
import { startHealthServer, startMetricsServer } from './runtime/health.ts';
import { LeaderElector, LeaseLost, soleTerm } from './runtime/leader.ts';
import type { Term } from './runtime/leader.ts';
import { trimMetadata, trimNode } from './runtime/node-trim.ts';
import { pause } from './runtime/pause.ts';
import { Reflector } from './runtime/reflector.ts';
import { GracefulStop } from './runtime/stop.ts';
import { version } from './version.ts';

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

const syncPollMs = 50;

/** Resolves with the exit code: 0 after a stop, 1 when the lease was lost, 2 when the configuration cannot be used. */
export async function runOperator(options: Options, context: OperatorContext): Promise<number> {
  try {
    return await operate(options, context);
  } catch (error) {
    if (!(error instanceof ConfigurationError || error instanceof KubeConfigInvalid)) throw error;
    context.log.fatal(error.message);
    return 2;
  }
}

async function operate(options: Options, context: OperatorContext): Promise<number> {
  const { signal, log, env = process.env, clock = systemClock } = context;
  const endpoint = endpointOf({ cloud: options.cloud, armEndpoint: options.armEndpoint });
  const cluster = loadCluster({ env: { ...env, KUBECONFIG: options.kubeconfig } });
  log.info({ cluster: cluster.source, server: cluster.credentials.server.href, arm: endpoint.url }, 'configured');

  const metrics = createMetrics();
  collectProcessMetrics(metrics);
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
  const arm = createArmClient({
    subscriptionId: options.subscriptionId,
    resourceGroup: options.resourceGroup,
    clusterName: options.clusterName,
    endpoint,
    credential: createCredential({ ...options, cloud: endpoint.cloud, clock }),
    version,
    clock,
    observer: createArmMetrics(metrics.registry),
    deadlineMs: options.putDeadlineMs,
  });
  const lease = { name: options.leaderElectionName, namespace: options.leaderElectionNamespace };
  const inventory = new Inventory({
    arm,
    clock,
    cadence: { fastMs: options.armPollFastMs, idleMs: options.armPollIdleMs },
    onHealth: ({ ok, detail }) => {
      log[ok ? 'info' : 'warn']({ detail }, ok ? 'Azure answers' : 'Azure does not answer');
      events.record({
        regarding: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', uid: '', ...lease },
        type: ok ? 'Normal' : 'Warning',
        reason: ok ? 'AzureAnswers' : 'AzureUnavailable',
        message: detail,
      });
    },
  });

  const claims = createClaimStore(machineAdapter, clock);
  const nodes = createNodeStore(clock);
  const claimMetrics = createClaimMetrics(metrics, { inventory });
  const controllers = new ClaimControllers({
    context: {
      clock,
      kube,
      nodes,
      inventory,
      timings: options,
      policies: options,
      gate: () => ({ state: 'open' }),
      adapter: machineAdapter,
      claims,
      selects: labelMatcher(options.claimSelector ?? ''),
      events,
      log,
      random: Math.random,
      onDecision: claimMetrics.decided,
    },
    metrics,
    workers: options.maxConcurrentReconciles,
  });
  const reflected = { client: kube, clock, log, metrics };
  const machines = new Reflector({
    ...reflected,
    resource: machineAdapter.resource,
    store: claims,
    transform: (machine) => ({ ...machine, metadata: trimMetadata(machine.metadata) }),
  });
  const nodeReflector = new Reflector({ ...reflected, resource: nodesResource, store: nodes, transform: trimNode });

  let leads = false;
  const checks = [
    { name: 'machines', required: true, check: () => cacheHealth(claims.synced, machines.served) },
    { name: 'nodes', required: true, check: () => cacheHealth(nodes.synced, nodeReflector.served) },
    { name: 'azure', required: false, check: () => inventory.health },
    { name: 'lease', required: false, check: () => leaseHealth(leads, `${lease.namespace}/${lease.name}`) },
  ];
  const host = options.bindAddress ?? '::';
  await using servers = new AsyncDisposableStack();
  servers.adopt(kube, (client) => client.close());
  const health = servers.adopt(
    await startHealthServer({ host, port: options.healthProbePort, checks, log }),
    (server) => server.close(),
  );
  const exposition = servers.adopt(
    await startMetricsServer({ host, port: options.metricsPort, metrics, log }),
    (server) => server.close(),
  );
  context.onListening?.({ metrics: exposition.port, health: health.port });

  // The caches are warm on a standby too; what they queue waits for the lease.
  const warm = new AbortController();
  const background = [machines, nodeReflector, inventory].map((one) => one.run(warm.signal));
  const lead = async (term: Term): Promise<void> => {
    const working = AbortSignal.any([signal, term.signal]);
    while (!(claims.synced && nodes.synced)) if (!(await pause(syncPollMs, { clock, signal: working }))) return;
    log.info('leading');
    leads = true;
    await controllers.run(term, working);
  };
  const leading = options.leaderElect
    ? new LeaderElector({ client: kube, ...lease, identity: instance, clock, log, metrics }).run({ signal, lead })
    : leadAlone(lead, clock);

  try {
    await leading;
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error;
    // Somebody else may lead by now: nothing is tidied up that would take time.
    log.fatal({ err: error }, 'lease lost');
    return 1;
  }
  const stop = new GracefulStop({ clock, log });
  stop.on('events', 'events', (until) => events.flush(until));
  stop.on('servers', 'caches', async () => {
    warm.abort();
    await Promise.all(background);
  });
  stop.on('servers', 'servers', () => servers.disposeAsync());
  await stop.run();
  log.info('stopped');
  return 0;
}

/** Without leader election: the term ends when the work has, so that a stop lets writes to Azure come to their answer. */
async function leadAlone(lead: (term: Term) => Promise<void>, clock: Clock): Promise<void> {
  const ended = new AbortController();
  try {
    await lead(soleTerm({ clock, signal: ended.signal }));
  } finally {
    ended.abort();
  }
}

/** A replica that stands by is well; when none leads, this line and the log say where to look. */
function leaseHealth(leads: boolean, lease: string): { readonly ok: boolean; readonly detail: string } {
  const detail = leads
    ? 'this process leads'
    : `this process stands by; nothing happens to claims unless another one holds lease ${lease}`;
  return { ok: true, detail };
}

function cacheHealth(synced: boolean, served: boolean): { readonly ok: boolean; readonly detail?: string } {
  if (synced) return { ok: true };
  return { ok: false, detail: served ? 'no complete list yet' : 'not served: its CRD is not installed' };
}
