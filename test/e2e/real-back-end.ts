// The back end of a world on a real control plane: the emulator over https, virtual nodes, and the built controller.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAks } from '../../hack/sandbox/aks/aks.ts';
import { readAssertion, type FederatedCredential } from '../../hack/sandbox/aks/federated-token.ts';
import { startVirtualNodes } from '../../hack/sandbox/nodes/virtual-nodes.ts';
import { bookmarkSeconds, type BackEnd, type BackEndOptions } from '../support/world-back-end.ts';
import { startBuilt } from './built-controller.ts';
import { startClockFront } from './clock-front.ts';
import { release, type Cluster } from './cluster.ts';

export interface RealOptions {
  readonly cluster: Cluster;
  /** The bundle. */
  readonly controllerFile: string;
}

/**
 * Seconds of the world. Its time cannot run as fast here as with the embedded API server: a lease must be renewed while
 * real programs answer. So Azure is quicker instead, in the same order of things.
 */
const quickTiming = {
  createSeconds: 8,
  allocateSeconds: 2,
  joinSeconds: 6,
  deleteSeconds: 3,
  updateSeconds: 3,
  powerSeconds: 6,
  upgradeSeconds: 10,
  drainSeconds: 60,
  repairSeconds: 5,
} as const;
const readySeconds = 5;
/** The cluster's own affair: the controller is not told. */
const location = 'eastus';
const deviceSeconds = 3;

/** The cluster must be empty, and is left as its last scenario left it. */
export async function realBackEnd(
  { clock, script, devicePlugin, workloads = false, workspaceClaims = 'machine', autoRepair = false }: BackEndOptions,
  { cluster, controllerFile }: RealOptions,
): Promise<BackEnd> {
  const { podEnv, controlPlane, token } = cluster;
  await using stack = new AsyncDisposableStack();
  const front = stack.adopt(
    await startClockFront({
      target: controlPlane,
      now: () => clock.now(),
      bookmarkMs: bookmarkSeconds * (1000 / clock.time.rate),
    }),
    (started) => started.close(),
  );
  const api = { url: front.url, token: controlPlane.token };
  const azure = stack.adopt(
    await startAks({
      tls: true,
      clock,
      subscription: podEnv['ARM_SUBSCRIPTION_ID'] ?? '',
      resourceGroup: podEnv['ARM_RESOURCE_GROUP'] ?? '',
      cluster: podEnv['AZURE_CLUSTER_NAME'] ?? '',
      location,
      identity: credentialFor(cluster),
      // A cluster that never throttles would flatter its clients.
      script: { throttling: 'on', ...script, timing: { ...quickTiming, ...script.timing } },
    }),
    (started) => started.close(),
  );
  const mishaps: string[] = [];
  const nodes = stack.adopt(
    await startVirtualNodes({
      api,
      aks: azure,
      clock,
      readySeconds,
      devicePlugin: { delaySeconds: deviceSeconds, enabled: devicePlugin },
      autoRepair,
      onError: (error) => mishaps.push(`${clock.now().toISOString()} ${String(error)}`),
    }),
    (started) => started.close(),
  );
  const folder = stack.adopt(await mkdtemp(join(tmpdir(), 'gpu-provisioner-e2e-')), (path) =>
    rm(path, { recursive: true, force: true }),
  );
  const files = { token: join(folder, 'azure-token'), authority: join(folder, 'azure-ca.pem') };
  await writeFile(files.token, cluster.federatedToken, { mode: 0o600 });
  await writeFile(files.authority, azure.ca ?? '');
  const owned = stack.move();
  return {
    api,
    azure,
    nodes,
    mishaps,
    controllerToken: token,
    controllerEnv: {
      ...podEnv,
      // The chart was installed with the module on; for a world that is not about Workspaces it is off.
      ...(workloads ? { WORKSPACE_CLAIMS: workspaceClaims } : { WORKSPACES: 'false' }),
      ARM_ENDPOINT: azure.url,
      NODE_EXTRA_CA_CERTS: files.authority,
      // What the webhook of workload identity adds to every pod.
      AZURE_TENANT_ID: azure.identity.tenantId,
      AZURE_AUTHORITY_HOST: azure.authorityUrl ?? '',
      AZURE_FEDERATED_TOKEN_FILE: files.token,
      NO_PROXY: '127.0.0.1,localhost',
    },
    startController: (setting) =>
      startBuilt({
        ...setting,
        file: controllerFile,
        leadsAtOnce: setting.env['LEADER_ELECT'] === 'false',
        // As installed: the lease is always held, in the namespace where the Role allows it.
        env: { ...setting.env, LEADER_ELECT: 'true', LEADER_ELECTION_NAMESPACE: release, LOG_LEVEL: 'debug' },
      }),
    close: () => owned.disposeAsync(),
  };
}

/** The federated credential that a person made for the chart's ServiceAccount. */
function credentialFor({ federatedToken, podEnv }: Cluster): Partial<FederatedCredential> {
  const { issuer = '', subject = '', audiences: [audience = ''] = [] } = readAssertion(federatedToken) ?? {};
  return { issuer, subject, audience, clientId: podEnv['AZURE_CLIENT_ID'] ?? '' };
}
