// The provisioner itself: caches, inventory, controllers and election around clients that somebody else made. Nothing here
// knows a process, a file or a socket, so that a simulation runs exactly this.
import { labelMatcher } from './apis/label-selector.ts';
import { nodes as nodesResource } from './apis/resource.ts';
import type { ArmCallOptions, ArmClient } from './azure/arm-client.ts';
import { ClusterWatch } from './azure/cluster-watch.ts';
import { Inventory } from './azure/inventory.ts';
import { namesOfOurPools } from './azure/our-pools.ts';
import type { ClaimKind as ClaimKindName } from './apis/claim.ts';
import { machineAdapter, nodeClaimAdapter } from './claims/adapter.ts';
import { ClaimKind } from './claims/claim-kind.ts';
import type { Gate } from './claims/gate.ts';
import { GateKeeper } from './claims/gate-keeper.ts';
import { PluginWatch } from './claims/gpu-readiness/plugin-watch.ts';
import { createDisruptionMetrics } from './claims/disruption-metrics.ts';
import { ExpirationController } from './claims/expiration/expiration-controller.ts';
import { createNodeStore, NodeController } from './claims/node-controller.ts';
import { Collector } from './claims/collection/collector.ts';
import { createLedgerMetrics } from './claims/collection/ledger-metrics.ts';
import { Ledger } from './claims/collection/ledger.ts';
import { ownerSource } from './claims/collection/owner-source.ts';
import { createClaimMetrics } from './claims/claim-metrics.ts';
import { createLifeMetrics } from './claims/life-metrics.ts';
import { Restraint } from './claims/restraint.ts';
import { createTerminationMetrics } from './claims/termination-metrics.ts';
import type { Policies } from './claims/policies.ts';
import type { Timings } from './claims/timings.ts';
import type { Clock } from './clock.ts';
import type { KubeClient } from './kube/client.ts';
import type { Logger } from './observability/logger.ts';
import type { Metrics } from './observability/metrics.ts';
import { Denials } from './runtime/denials.ts';
import type { EventRecorder } from './runtime/events.ts';
import type { Check } from './runtime/health.ts';
import { LeaderElector, soleTerm } from './runtime/leader.ts';
import type { Term } from './runtime/leader.ts';
import { trimNode } from './runtime/node-trim.ts';
import { pause } from './runtime/pause.ts';
import { Reflector } from './runtime/reflector.ts';
import { createFleetMetrics } from './status/fleet-metrics.ts';
import { readinessOf } from './status/readiness.ts';
import { SelfReport } from './status/self-report.ts';
import { createStatus } from './status/status.ts';
import type { StatusBoard } from './status/status-board.ts';
import { claimSource } from './workspaces/claim-source.ts';
import { WorkspaceController } from './workspaces/workspace-controller.ts';
import type { WorkspaceSettings } from './workspaces/workspace-settings.ts';

/** The part of the options that reaches so far: the waits and policies of the lifecycle, and how it is run. */
interface ProvisionerSettings extends Timings, Policies {
  readonly armPollFastMs: number;
  readonly armPollIdleMs: number;
  readonly claimSelector?: string;
  readonly maxConcurrentReconciles: number;
  /** Without it the process takes itself for the only one. */
  readonly leaderElect: boolean;
  readonly leaderElectionName: string;
  readonly leaderElectionNamespace: string;
  /** Of this process: events about it are there. Where there is none of this name, about the lease. */
  readonly deploymentName: string;
  readonly deploymentNamespace: string;
}

export interface ProvisionerContext {
  readonly settings: ProvisionerSettings;
  readonly kube: KubeClient;
  readonly arm: ArmClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly events: EventRecorder;
  /** Absent: Workspaces are somebody else's. */
  readonly workspaces?: WorkspaceSettings;
  /** Unique among all processes that ever ran: it holds the lease. */
  readonly identity: string;
  /** In [0, 1): jitter of waits. */
  readonly random: () => number;
  /** Told of each decision's row, after the metrics were. */
  readonly onDecision?: (row: string) => void;
}

export interface Provisioner {
  /** For `/readyz`. */
  readonly checks: readonly Check[];
  /** For people: claims, pools and what stands in their way, on a standby too. */
  readonly status: StatusBoard;
  /**
   * Fills the caches, waits for the lease and works. Ends when `signal` aborts and the work under way is done; the caches
   * stay warm. Throws LeaseLost at once when the lease can no longer be proved. Call it once.
   */
  run(options: { readonly signal: AbortSignal }): Promise<void>;
  /** Ends the caches; resolves when the last of them has. */
  close(): Promise<void>;
}

const syncPollMs = 50;
/** A Workspace takes some requests to the API server and waits for nothing. */
const workspaceWorkers = 10;

/** Nothing runs before `run`. */
export function createProvisioner(context: ProvisionerContext): Provisioner {
  const { settings, clock, log, metrics, events, identity, random, onDecision } = context;
  const denials = new Denials({ client: context.kube, clock });
  const kube = denials.client;
  const lease = { name: settings.leaderElectionName, namespace: settings.leaderElectionNamespace };
  const inventory = createInventory(context);
  const nodes = createNodeStore(clock);
  const gateKeeper = new GateKeeper({
    clock,
    inventory,
    nodes,
    log,
    cluster: new ClusterWatch({ arm: context.arm, clock, cadence: { idleMs: settings.armPollIdleMs } }),
    settleMs: settings.gateSettleMs,
    allowMass: settings.allowMassDeletion,
    limits: settings,
  });
  const gate = (): Gate => gateKeeper.gate();
  const restraint = new Restraint({
    clock,
    ours: () => namesOfOurPools(inventory.pools()).size,
    allowMass: () => settings.allowMassDeletion,
    limits: settings,
  });
  let leads = false;
  const claimMetrics = createClaimMetrics(metrics, {
    leads: () => leads,
    inventory,
    gate,
    gateNotOpenMs: () => gateKeeper.notOpenMs(),
    restraint,
  });
  const plugins = new PluginWatch({ kube, clock, log });
  const disrupted = createDisruptionMetrics(metrics);
  const shared = {
    clock,
    disrupted,
    kube,
    nodes,
    inventory,
    timings: settings,
    policies: settings,
    gate,
    confirmGate: (look: ArmCallOptions): Promise<Gate> => gateKeeper.confirm(look),
    restraint,
    plugins,
    selects: labelMatcher(settings.claimSelector ?? ''),
    events,
    log,
    random,
    life: createLifeMetrics(metrics),
    termination: createTerminationMetrics(metrics),
  };
  const decided = (kind: ClaimKindName) => (row: string) => {
    claimMetrics.decided(row, kind);
    onDecision?.(row);
  };
  const served = { metrics, workers: settings.maxConcurrentReconciles };
  const machines = new ClaimKind({
    ...served,
    adapter: machineAdapter,
    context: { ...shared, onDecision: decided('Machine') },
  });
  const nodeClaims = new ClaimKind({
    ...served,
    adapter: nodeClaimAdapter,
    context: { ...shared, onDecision: decided('NodeClaim') },
  });
  const kinds = [machines, nodeClaims];
  const ledger = new Ledger();
  const sources = [
    ownerSource({ adapter: machineAdapter, claims: machines.claims, kube }),
    ownerSource({ adapter: nodeClaimAdapter, claims: nodeClaims.claims, kube }),
  ];
  const collector = new Collector({
    ...shared,
    lease,
    ledger,
    intervalMs: settings.armPollFastMs,
    sources,
    onDeleted: createLedgerMetrics(metrics, { clock, ledger }).deleted,
    ...(onDecision === undefined ? {} : { onDecision }),
  });
  const nodeController = new NodeController({
    context: {
      ...shared,
      kinds: kinds.map(({ known }) => known),
      ...(onDecision === undefined ? {} : { onDecision }),
    },
    clock,
    random,
    metrics,
  });
  const expiration = settings.expireNodeClaims
    ? new ExpirationController({ ...shared, metrics, adapter: nodeClaimAdapter, claims: nodeClaims.claims })
    : undefined;
  gateKeeper.subscribe(() => {
    for (const kind of kinds) kind.wakeAll();
    nodeController.wakeAll();
  });
  const nodeReflector = new Reflector({
    client: kube,
    clock,
    log,
    metrics,
    random,
    resource: nodesResource,
    store: nodes,
    transform: trimNode,
  });

  const workspaces =
    context.workspaces === undefined
      ? undefined
      : new WorkspaceController({
          settings: context.workspaces,
          sources: [claimSource(machines, kube), claimSource(nodeClaims, kube)],
          nodes,
          events,
          workers: workspaceWorkers,
          kube,
          clock,
          log,
          metrics,
          random,
        });

  createFleetMetrics(metrics, {
    claims: { Machine: () => machines.ours(), NodeClaim: () => nodeClaims.ours() },
    nodes,
    now: () => kube.serverNow(),
  });

  const status = createStatus({
    clock,
    instance: identity,
    leads: () => leads,
    now: () => kube.serverNow(),
    inventory,
    gate,
    checks: () => checks,
    nodes,
    kinds,
    timings: settings,
    sources,
    ledger,
    intervalMs: settings.armPollFastMs,
  });
  const elector = settings.leaderElect
    ? new LeaderElector({ client: kube, ...lease, identity, clock, log, metrics })
    : undefined;
  const checks = readinessOf({
    machines,
    nodeClaims,
    nodes: {
      get state() {
        return nodes.synced ? ('synced' as const) : ('listing' as const);
      },
      get failed() {
        return nodeReflector.failed;
      },
    },
    ...(workspaces === undefined ? {} : { workspaces }),
    inventory,
    gate,
    denials,
    ...(elector === undefined ? {} : { elector }),
    lease: `${lease.namespace}/${lease.name}`,
    leads: () => leads,
  });
  const selfReport = new SelfReport({
    // Whether it may read its own Deployment is its own affair.
    kube: context.kube,
    events,
    clock,
    log,
    checks,
    deployment: { name: settings.deploymentName, namespace: settings.deploymentNamespace },
    lease,
    isSilent: () => !leads && elector?.holder !== undefined && elector.failed === undefined,
  });
  // The caches are warm on a standby too; what they queue waits for the lease.
  const warm = new AbortController();
  const background: Promise<void>[] = [];
  const lead = async (term: Term, signal: AbortSignal): Promise<void> => {
    const working = AbortSignal.any([signal, term.signal]);
    // Not for claims: the controller of a kind begins when its CRD is installed and listed, and until then Nodes that are
    // being deleted are waited for, and pools are billed.
    while (!nodes.synced) if (!(await pause(syncPollMs, { clock, signal: working }))) return;
    log.info('leading');
    leads = true;
    await Promise.all([
      ...kinds.map((kind) => kind.run(term, working)),
      nodeController.run(term, working),
      collector.run(term, working),
      plugins.run(working),
      ...(expiration === undefined ? [] : [expiration.run(term, working)]),
      ...(workspaces === undefined ? [] : [workspaces.run(working)]),
    ]);
  };
  return {
    status: status.board,
    checks,
    async run({ signal }) {
      background.push(...kinds.map((kind) => kind.watch(warm.signal)));
      background.push(...[nodeReflector, inventory, gateKeeper, status].map((one) => one.run(warm.signal)));
      if (workspaces !== undefined) background.push(workspaces.watch(warm.signal));
      background.push(selfReport.run(warm.signal));
      const leading = (term: Term): Promise<void> => lead(term, signal);
      if (elector !== undefined) await elector.run({ signal, lead: leading });
      else {
        metrics.leader.set({ name: lease.name }, 1);
        await leadAlone(leading, clock);
      }
    },
    async close() {
      warm.abort();
      await Promise.all(background);
    },
  };
}

function createInventory({ arm, clock, settings, log }: ProvisionerContext): Inventory {
  return new Inventory({
    arm,
    clock,
    cadence: { fastMs: settings.armPollFastMs, idleMs: settings.armPollIdleMs },
    onHealth: ({ ok, detail }) => log[ok ? 'info' : 'warn']({ detail }, ok ? 'Azure answers' : 'Azure does not answer'),
  });
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
