// A cluster without Azure: the embedded API server, the AKS emulator and virtual nodes, composed for tests and demos.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sandboxIdentity, startAks, type Aks } from './aks/aks.ts';
import { writeFederatedToken } from './aks/federated-token.ts';
import type { AksScript } from './aks/script.ts';
import { applyDefinitions, createNamespace } from './definitions.ts';
import { startKubeApi, type KubeApi } from './kube/server.ts';
import { startVirtualNodes, type VirtualNodes, type VirtualNodesOptions } from './nodes/virtual-nodes.ts';
import type { SandboxClock } from './timeline.ts';
import { podAddress, startPodNetwork } from './models/pod-network.ts';
import { startWorkloads } from './workloads/workloads.ts';

/** An API server, embedded or not, and how an administrator reaches it. */
type KubeServer = Pick<KubeApi, 'url' | 'ca' | 'token' | 'kubeconfig' | 'close'>;

export interface SandboxOptions {
  /** Starts the API server, where it is not the embedded one. `port` and `bookmarkIntervalMs` are then without effect. */
  readonly startKube?: () => Promise<KubeServer>;
  /** Emulated seconds in one real second, of Azure and of the nodes. Default 1. */
  readonly timeScale?: number;
  /** The time of everything here, for tests whose time is not ours. */
  readonly clock?: SandboxClock;
  /** Of the API server's watches, in real milliseconds; absent: as the real server's. */
  readonly bookmarkIntervalMs?: number;
  readonly script?: AksScript;
  /** Plain http and no credentials, for the API server and for ARM. */
  readonly http?: boolean;
  /** Of the API server; absent: a free one. */
  readonly port?: number;
  /** Of the emulator; absent: a free one. */
  readonly aksPort?: number;
  /** Where the kubeconfig, the authority and the federated token are written. Absent: a temporary one, removed at the end. */
  readonly folder?: string;
  readonly devicePlugin?: VirtualNodesOptions['devicePlugin'];
  /** Whether AKS repairs nodes that stay NotReady for ten minutes. Default false. */
  readonly autoRepair?: boolean;
  /** Whether Deployments, StatefulSets and Jobs get pods, which serve on loopback. Default true, where the API server is the embedded one. */
  readonly workloads?: boolean;
  /** What went wrong in the background and is tried again. */
  readonly onError?: (error: unknown) => void;
}

export interface Sandbox {
  readonly kube: KubeServer;
  readonly aks: Aks;
  readonly nodes: VirtualNodes;
  readonly kubeconfigPath: string;
  /** The environment that points a controller here, NODE_EXTRA_CA_CERTS included. */
  controllerEnv(): Record<string, string>;
  close(): Promise<void>;
}

const account = {
  subscription: '6f1d3a52-0c54-4f0e-9f8b-2d7f3b1c4e5a',
  resourceGroup: 'sandbox',
  cluster: 'sandbox',
  location: 'eastus',
} as const;

// Kubernetes projects tokens for an hour and renews them well before their end.
const tokenLifeMs = 60 * 60 * 1000;
const tokenRenewalMs = 45 * 60 * 1000;

/** Everything is up, the definitions are served and `nodepool1` is joining when it resolves. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { http = false, timeScale = 1, clock, script } = options;
  await using stack = new AsyncDisposableStack();
  const kube = stack.adopt(await (options.startKube ?? (() => startEmbedded(options)))(), (server) => server.close());
  const aks = stack.adopt(
    await startAks({
      ...account,
      tls: !http,
      timeScale,
      ...(clock === undefined ? {} : { clock }),
      port: options.aksPort ?? 0,
      // A cluster that never throttles would flatter its clients.
      script: { throttling: 'on', ...script },
    }),
    (server) => server.close(),
  );
  const files = await writeFiles(stack, { kube, aks, folder: options.folder });
  await applyDefinitions(kube, resolve(import.meta.dirname, '../../crds'));
  // Where the controller keeps its lease; in a cluster the chart's installation brings it.
  await createNamespace(kube, 'gpu-provisioner');
  const nodes = stack.adopt(
    await startVirtualNodes({
      api: kube,
      aks,
      timeScale,
      ...(clock === undefined ? {} : { clock }),
      ...(options.devicePlugin === undefined ? {} : { devicePlugin: options.devicePlugin }),
      autoRepair: options.autoRepair ?? false,
      ...(options.startKube === undefined ? { podAddress } : {}),
      ...(options.onError === undefined ? {} : { onError: options.onError }),
    }),
    (started) => started.close(),
  );
  aks.nodeDeeds = nodes;
  // A real control plane brings its own.
  if (options.startKube === undefined && options.workloads !== false) startControllers(stack, kube, options);
  const owned = stack.move();
  return {
    kube,
    aks,
    nodes,
    kubeconfigPath: files.kubeconfig,
    controllerEnv: () => ({
      KUBECONFIG: files.kubeconfig,
      ARM_ENDPOINT: aks.url,
      ARM_SUBSCRIPTION_ID: account.subscription,
      ARM_RESOURCE_GROUP: account.resourceGroup,
      AZURE_CLUSTER_NAME: account.cluster,
      LOCATION: account.location,
      NO_PROXY: '127.0.0.1,localhost',
      ...identityEnv(aks, files),
    }),
    close: () => owned.disposeAsync(),
  };
}

function startControllers(stack: AsyncDisposableStack, api: KubeServer, options: SandboxOptions): void {
  const { timeScale = 1, clock, onError } = options;
  const told = onError === undefined ? {} : { onError };
  stack.adopt(startPodNetwork({ api, ...told }), (started) => started.close());
  stack.adopt(startWorkloads({ api, timeScale, ...(clock === undefined ? {} : { clock }), ...told }), (started) =>
    started.close(),
  );
}

function startEmbedded({ http, port, clock, bookmarkIntervalMs }: SandboxOptions): Promise<KubeServer> {
  return startKubeApi({
    issuer: sandboxIdentity.issuer,
    ...(http === true ? { insecure: true } : {}),
    ...(port === undefined ? {} : { port }),
    ...(clock === undefined ? {} : { now: () => clock.now() }),
    ...(bookmarkIntervalMs === undefined ? {} : { bookmarkIntervalMs }),
  });
}

interface Files {
  readonly kubeconfig: string;
  readonly authority: string;
  readonly token: string;
}

async function writeFiles(
  stack: AsyncDisposableStack,
  { kube, aks, folder }: { readonly kube: KubeServer; readonly aks: Aks; readonly folder: string | undefined },
): Promise<Files> {
  const base = folder === undefined ? await temporaryFolder(stack) : resolve(folder);
  await mkdir(base, { recursive: true });
  const files = {
    kubeconfig: join(base, 'kubeconfig'),
    authority: join(base, 'azure-ca.pem'),
    token: join(base, 'azure-token'),
  };
  await writeFile(files.kubeconfig, kube.kubeconfig(), { mode: 0o600 });
  if (aks.ca === undefined) return files;
  await writeFile(files.authority, aks.ca);
  const project = (): Promise<void> =>
    writeFederatedToken(files.token, aks.identity, { expires: new Date(Date.now() + tokenLifeMs) });
  await project();
  const renewal = setInterval(() => void project().catch(() => undefined), tokenRenewalMs);
  renewal.unref();
  stack.defer(() => clearInterval(renewal));
  return files;
}

async function temporaryFolder(stack: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gpu-provisioner-sandbox-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function identityEnv(aks: Aks, files: Files): Record<string, string> {
  if (aks.authorityUrl === undefined) return {};
  return {
    AZURE_TENANT_ID: aks.identity.tenantId,
    AZURE_CLIENT_ID: aks.identity.clientId,
    AZURE_AUTHORITY_HOST: aks.authorityUrl,
    AZURE_FEDERATED_TOKEN_FILE: files.token,
    NODE_EXTRA_CA_CERTS: files.authority,
  };
}
