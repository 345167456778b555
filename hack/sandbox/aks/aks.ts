// The AKS emulator: Azure Resource Manager's agent pool API, with what happens behind it, on loopback.
import { setMaxListeners } from 'node:events';
import type { SandboxClock } from '../timeline.ts';
import { Timeline } from '../timeline.ts';
import { loopbackCertificate } from '../tls.ts';
import { answerAdmin } from './admin.ts';
import { Controls } from './controls.ts';
import { anEmulation, type Emulation } from './emulation.ts';
import { FaultQueue } from './faults.ts';
import type { FederatedCredential } from './federated-token.ts';
import { answerRequest, type Gateway } from './gateway.ts';
import { completed } from './pool-spec.ts';
import type { OpenRequest } from './request-log.ts';
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

export interface Aks extends Controls {
  /** The endpoint to give to an ARM client. */
  readonly url: string;
  /** The authority to trust, PEM; absent without tls. */
  readonly ca: string | undefined;
  /** Base of the token endpoint, for AZURE_AUTHORITY_HOST; absent without tls. */
  readonly authorityUrl: string | undefined;
  readonly identity: FederatedCredential;
  /** A bearer token as the token endpoint gives; a lifetime below 0 gives an expired one. */
  issueToken(lifetimeSeconds?: number): string;
  close(): Promise<void>;
}

/** The identity that the sandbox's controller runs under, where a test names no other. */
export const sandboxIdentity: FederatedCredential = {
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
  addSystemPool(emulation);
  const faults = new FaultQueue();
  for (const fault of options.script?.faults ?? []) faults.add(fault);
  const log: OpenRequest[] = [];
  const controls = new Controls(emulation, faults, log);
  const closing = new AbortController();
  // Every slow answer listens to it.
  setMaxListeners(0, closing.signal);
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
  const server = await listen(
    async (request) =>
      (await answerAdmin(controls, request)) ?? tokens.answer(request) ?? (await answerRequest(gateway, request)),
    { port: options.port ?? 0, certificate },
  );
  return Object.assign(controls, {
    url: server.origin,
    ca: certificate?.ca,
    authorityUrl: certificate === undefined ? undefined : server.origin,
    identity,
    issueToken: (lifetimeSeconds = usualTokenLifetimeSeconds) => tokens.issue(lifetimeSeconds),
    close: async () => {
      closing.abort();
      timeline.close();
      await server.close();
    },
  });
}

function addSystemPool({ world, lifecycle }: Emulation): void {
  const { version, patchVersion } = world.cluster;
  const properties = { count: 1, vmSize: 'Standard_D4s_v5', mode: 'System', osDiskSizeGB: 128 };
  lifecycle.existing('nodepool1', completed(properties, undefined, { version, patchVersion }));
}

function worldOf(options: AksOptions, timeline: Timeline): World {
  const { subscription, resourceGroup, cluster, location = 'eastus', script = {} } = options;
  const nodeResourceGroup = `MC_${resourceGroup}_${cluster}_${location}`;
  return aWorld({ subscription, resourceGroup, cluster, location, nodeResourceGroup }, timeline, script);
}
