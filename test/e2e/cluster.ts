// A real control plane with the chart installed by the real helm, and what a pod of the controller would be given there.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startControlPlane, type ControlPlane } from '../../hack/controlplane/controlplane.ts';
import { isObject, objectAt, textAt, textMapAt, type JsonObject } from '../../hack/sandbox/aks/json.ts';
import { Api, expectStatus } from '../../hack/sandbox/nodes/api.ts';
import { commandsFrom, commandsOf } from '../support/page-commands.ts';
import { runLine } from './program.ts';

/** Release, namespace, Deployment and ServiceAccount: as Azure's chart calls them. */
export const release = 'gpu-provisioner';
/** How RBAC and the audit log name the controller. */
export const controllerUser = `system:serviceaccount:${release}:${release}`;

/** What a person puts in for the names of the README. */
const variables = {
  REGISTRY: 'registry.example',
  SUBSCRIPTION: '6f1d3a52-0c54-4f0e-9f8b-2d7f3b1c4e5a',
  RESOURCE_GROUP: 'e2e',
  CLUSTER: 'e2e',
  CLIENT_ID: '5f7d1c3e-9b7a-4a86-8d3f-6c1e2b4a7d90',
} as const;
/** What the chart defines; the API server answers 429 while it prepares to store the first of them. */
const defined = ['/apis/karpenter.sh/v1alpha5/machines', '/apis/karpenter.sh/v1/nodeclaims'] as const;
const definedForWorkspaces = '/apis/kaito.sh/v1alpha1/workspaces';
const deployment = `/apis/apps/v1/namespaces/${release}/deployments/${release}`;
const accounts = `/api/v1/namespaces/${release}/serviceaccounts`;
// Worlds jump over hours.
const tokenSeconds = 30 * 24 * 3600;
const servedPollMs = 100;

export interface Cluster {
  readonly controlPlane: ControlPlane;
  /** Of an administrator. */
  readonly api: Api;
  /** Of the administrator's helm and kubectl, with the file `kubeconfig`. */
  readonly home: string;
  /** Environment of the container as the chart writes it, with what kubelet and the identity webhook fill in. */
  readonly podEnv: Readonly<Record<string, string>>;
  /** Of the chart's ServiceAccount, for the API server. */
  readonly token: string;
  /** Of the same, for Azure: what workload identity projects into the pod. */
  readonly federatedToken: string;
  close(): Promise<void>;
}

export interface ClusterOptions {
  /** Whether the chart is installed with the module of Workspaces; else with what the README says, and nothing else. */
  readonly workspaces: boolean;
}

/** Resolves when the API server serves claims of both kinds and the controller's pod could start. */
export async function startCluster({
  workspaces,
  signal,
}: ClusterOptions & { readonly signal: AbortSignal }): Promise<Cluster> {
  await using stack = new AsyncDisposableStack();
  const controlPlane = stack.adopt(
    await startControlPlane({ signal, controllers: ['*'], scheduler: true }),
    (started) => started.close(),
  );
  // Among the control plane's own files, which go away with it whatever happens.
  const home = join(dirname(controlPlane.auditLog), 'home');
  await mkdir(home);
  await writeFile(join(home, 'kubeconfig'), controlPlane.kubeconfig(), { mode: 0o600 });
  const [install = ''] = commandsFrom(await commandsOf('README.md', 'Install it on a cluster'), 'helm install ');
  await runLine(workspaces ? `${install} --set workspace.enabled=true` : install, { home, signal, variables });
  const api = stack.adopt(new Api(controlPlane), (client) => client.close());
  for (const path of [...defined, ...(workspaces ? [definedForWorkspaces] : [])])
    while ((await api.get(path, signal)).status !== 200) await pause(servedPollMs, undefined, { signal });
  const podEnv = { ...(await environmentOf(api, signal)), ...(await identityOf(api, signal)) };
  // No kubelet runs them; the controller is started beside the cluster instead.
  await scalePods(api, 0, signal);
  const token = await tokenFor(api, { account: release, audiences: [] }, signal);
  const audiences = ['api://AzureADTokenExchange'];
  const federatedToken = await tokenFor(api, { account: release, audiences }, signal);
  const owned = stack.move();
  return { controlPlane, api, home, podEnv, token, federatedToken, close: () => owned.disposeAsync() };
}

/** How many pods the controller's Deployment has. A virtual node says of one that it runs; nothing runs in it. */
export async function scalePods(api: Api, replicas: number, signal: AbortSignal): Promise<void> {
  expectStatus(await api.merge(`${deployment}/scale`, { spec: { replicas } }, signal), `scale to ${replicas}`, 200);
}

async function environmentOf(api: Api, signal: AbortSignal): Promise<Record<string, string>> {
  const { body } = expectStatus(await api.get(deployment, signal), 'read the Deployment', 200);
  const { containers } = objectAt(objectAt(objectAt(body, 'spec'), 'template'), 'spec');
  const [controller] = listOf(containers);
  return Object.fromEntries(listOf(controller?.['env']).map((entry) => [textAt(entry, 'name'), valueOf(entry)]));
}

/** What the webhook of workload identity adds to a pod for the annotations of its ServiceAccount. */
async function identityOf(api: Api, signal: AbortSignal): Promise<Record<string, string>> {
  const { body } = expectStatus(await api.get(`${accounts}/${release}`, signal), 'read the ServiceAccount', 200);
  const annotations = textMapAt(objectAt(body, 'metadata'), 'annotations');
  const clientId = annotations['azure.workload.identity/client-id'];
  return clientId === undefined ? {} : { AZURE_CLIENT_ID: clientId };
}

/** As a kubelet would fill it in. */
function valueOf(entry: JsonObject): string {
  const field = textAt(objectAt(objectAt(entry, 'valueFrom'), 'fieldRef'), 'fieldPath');
  switch (field) {
    case undefined:
      return textAt(entry, 'value') ?? '';
    case 'metadata.name':
      return `${release}-5d8f7c9b6d-x2v4q`;
    case 'metadata.namespace':
      return release;
    default:
      throw new RangeError(`The chart refers to ${field}, which nothing fills in here`);
  }
}

/** A token of a ServiceAccount of the release; without audiences it is for the API server. */
export async function tokenFor(
  api: Api,
  { account, audiences }: { readonly account: string; readonly audiences: readonly string[] },
  signal: AbortSignal,
): Promise<string> {
  const spec = { expirationSeconds: tokenSeconds, ...(audiences.length === 0 ? {} : { audiences }) };
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec };
  const { body } = expectStatus(
    await api.post(`${accounts}/${account}/token`, request, signal),
    'ask for a token',
    201,
  );
  return textAt(objectAt(body, 'status'), 'token') ?? '';
}

function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
