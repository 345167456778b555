// The AKS emulator: Azure Resource Manager's agent pool API, with what happens behind it, on loopback.
import type { SandboxClock } from '../timeline.ts';
import { Timeline } from '../timeline.ts';
import { loopbackCertificate } from '../tls.ts';
import { anEmulation } from './emulation.ts';
import type { FederatedCredential } from './federated-token.ts';
import { FaultQueue, type Fault } from './faults.ts';
import type { InstanceListener } from './fleet.ts';
import { answerRequest, type Gateway } from './gateway.ts';
import type { JsonObject } from './json.ts';
import { UserActions } from './user-actions.ts';
import { poolBody } from './pool-body.ts';
import { completed } from './pool-spec.ts';
import { countsOf, type ArmRequest, type OpenRequest } from './request-log.ts';
import type { AksScript } from './script.ts';
import { listen } from './server.ts';
import { Throttle } from './throttle.ts';
import { TokenEndpoint } from './token-endpoint.ts';
import { aWorld, type World } from './world.ts';

export interface AksOptions {
  /** 0 or absent: a free one. */
  readonly port?: number;
  /** https, a token endpoint, and a bearer token needed for every request. Without: plain http, nothing is checked. */
  readonly tls?: boolean;
  /** Whose federated token the token endpoint takes; absent fields have the sandbox's values. */
  readonly identity?: Partial<FederatedCredential>;
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly cluster: string;
  /** Default eastus. */
  readonly location?: string;
  readonly script?: AksScript;
  /** Emulated seconds in one real second. Default 1. */
  readonly timeScale?: number;
  /** For tests that move time themselves. */
  readonly clock?: SandboxClock;
}

export interface Aks extends UserActions {
  /** The endpoint to give to an ARM client. */
  readonly url: string;
  /** The authority to trust, PEM; absent without tls. */
  readonly ca: string | undefined;
  /** Base of the token endpoint, for AZURE_AUTHORITY_HOST; absent without tls. */
  readonly authorityUrl: string | undefined;
  readonly identity: FederatedCredential;
  readonly log: readonly ArmRequest[];
  /** Requests so far by operation: LIST, GET, PUT, DELETE, ... Each page of a LIST is a request. */
  counts(): Record<string, number>;
  /** The pools as a GET shows them. */
  pools(): readonly JsonObject[];
  setFault(fault: Fault): void;
  clearFaults(): void;
  /** Replaces what the region was told; faults stay as they are. Under way is what was under way. */
  setScript(script: AksScript): void;
  /** Tells of every machine that has joined, then of what comes; returns the way to stop. */
  /** A bearer token as the token endpoint gives; a lifetime below 0 gives an expired one. */
  issueToken(lifetimeSeconds?: number): string;
  onInstance(listener: InstanceListener): () => void;
  close(): Promise<void>;
}

/** The identity that the sandbox's controller runs under, where a test names no other. */
const sandboxIdentity: FederatedCredential = {
  tenantId: 'b4f6c4d0-4a0c-4a3e-8a52-2f0a6d0c9e11',
  clientId: '5f7d1c3e-9b7a-4a86-8d3f-6c1e2b4a7d90',
  issuer: 'https://eastus.oic.prod-aks.azure.com/sandbox/',
  subject: 'system:serviceaccount:gpu-provisioner:gpu-provisioner',
  audience: 'api://AzureADTokenExchange',
};

// Entra gives about an hour; the JavaScript identity library renews two minutes before the end.
const usualTokenLifetimeSeconds = 3599;

/** Starts with one system pool, `nodepool1`, of one node that has joined. */
export async function startAks(options: AksOptions): Promise<Aks> {
  const timeline = new Timeline({ clock: options.clock, scale: options.timeScale });
  const world = worldOf(options, timeline);
  const emulation = anEmulation(world);
  const { version, patchVersion } = world.cluster;
  emulation.lifecycle.existing(
    'nodepool1',
    completed({ count: 1, vmSize: 'Standard_D4s_v5', mode: 'System', osDiskSizeGB: 128 }, undefined, {
      version,
      patchVersion,
    }),
  );
  const faults = new FaultQueue();
  for (const fault of options.script?.faults ?? []) faults.add(fault);
  const log: OpenRequest[] = [];
  const closing = new AbortController();
  const identity = { ...sandboxIdentity, ...options.identity };
  const tokens = new TokenEndpoint({
    credential: identity,
    now: () => timeline.now(),
    lifetimeSeconds: () => world.script.tokenLifetimeSeconds ?? usualTokenLifetimeSeconds,
  });
  const certificate = options.tls === true ? await loopbackCertificate('AKS emulator') : undefined;
  const gateway: Gateway = {
    emulation,
    faults,
    log,
    throttle: new Throttle(world),
    authenticate: (authorization) => {
      if (certificate !== undefined) tokens.authenticate(authorization);
    },
    signal: closing.signal,
  };
  const server = await listen(async (request) => tokens.answer(request) ?? (await answerRequest(gateway, request)), {
    port: options.port ?? 0,
    certificate,
  });
  const actions = new UserActions(emulation);
  return Object.assign(actions, {
    url: server.origin,
    ca: certificate?.ca,
    authorityUrl: certificate === undefined ? undefined : server.origin,
    identity,
    issueToken: (lifetimeSeconds = usualTokenLifetimeSeconds) => tokens.issue(lifetimeSeconds),
    log,
    counts: () => countsOf(log),
    pools: () => [...world.pools.values()].map((pool) => poolBody(world, pool)),
    setFault: (fault: Fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    setScript: (script: AksScript) => {
      world.script = script;
    },
    onInstance: (listener: InstanceListener) => emulation.fleet.listen(listener),
    close: async () => {
      closing.abort();
      timeline.close();
      await server.close();
    },
  });
}

function worldOf(options: AksOptions, timeline: Timeline): World {
  const { subscription, resourceGroup, cluster, location = 'eastus', script = {} } = options;
  const nodeResourceGroup = `MC_${resourceGroup}_${cluster}_${location}`;
  return aWorld({ subscription, resourceGroup, cluster, location, nodeResourceGroup }, timeline, script);
}
