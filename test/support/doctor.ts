// The doctor as a process of its own, and the cluster that it is called to.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { vi } from 'vitest';
import { writeFederatedToken } from '../../hack/sandbox/aks/federated-token.ts';
import { sandboxIdentity } from '../../hack/sandbox/aks/aks.ts';
import { startKubeApi, type KubeApi } from '../../hack/sandbox/kube/server.ts';
import { applyDefinitions, createNamespace } from '../../hack/sandbox/definitions.ts';
import { startSandbox, type Sandbox } from '../../hack/sandbox/sandbox.ts';
import { nodes } from '../../src/apis/resource.ts';
import { rightsOfController } from '../../src/cli/doctor/rights.ts';
import { main as runMain } from '../../src/cli/main.ts';
import { systemClock } from '../../src/clock.ts';
import { loadCluster } from '../../src/kube/config.ts';
import type { RestClient } from '../../src/kube/rest-client.ts';
import { isObject } from '../../hack/sandbox/aks/json.ts';
import { aClient } from './kube-fixture.ts';

const main = resolve(import.meta.dirname, '../../src/main.ts');

export interface Examined {
  readonly code: unknown;
  /** Of one check, in the order of the report. */
  readonly of: (check: string) => readonly Readonly<Record<string, unknown>>[];
}

type Env = Readonly<Record<string, string>>;

/** What a person sees, and the exit code. */
export async function screenOfDoctor(
  env: Env,
  ...flags: readonly string[]
): Promise<{ readonly code: unknown; readonly said: string }> {
  const child = start(env, flags);
  const [[code], said, complaint] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]);
  return { code, said: said + complaint };
}

/** The findings, as a program reads them, of a process that trusts the emulator. */
export async function examine(env: Env): Promise<Examined> {
  const child = start(env, ['--output=json']);
  child.stderr.pipe(process.stderr);
  const [[code], report] = await Promise.all([once(child, 'exit'), text(child.stdout)]);
  return examined(code, report);
}

/** The same in this process, for what asks the API server alone: a process takes seconds to load. */
export async function examineHere(env: Env, ...flags: readonly string[]): Promise<Examined> {
  const written: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk, ...rest: readonly unknown[]) => {
    written.push(String(chunk));
    // Who waits for the end of the writing is told of it.
    for (const each of rest) if (typeof each === 'function') each();
    return true;
  });
  const code = await runMain({ argv: ['doctor', '--output=json', ...flags], env }).finally(() => spy.mockRestore());
  return examined(code, written.join(''));
}

function examined(code: unknown, written: string): Examined {
  const report: unknown = JSON.parse(written);
  const findings = isObject(report) && Array.isArray(report['findings']) ? report['findings'].filter(isObject) : [];
  return { code, of: (check) => findings.filter((each) => each['check'] === check) };
}

function start(env: Env, flags: readonly string[]) {
  return spawn(process.execPath, [main, 'doctor', ...flags], {
    env: { PATH: process.env['PATH'], NO_PROXY: '127.0.0.1,localhost', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export interface AzurePatient extends AsyncDisposable {
  readonly sandbox: Sandbox;
  /** Of a pod of the controller, whose token says what is asked for. */
  inPod(claims?: Partial<{ issuer: string; subject: string; audience: string }>): Promise<Env>;
}

/** A sandbox without a controller. */
export async function anAzurePatient(): Promise<AzurePatient> {
  const folder = await mkdtemp(join(tmpdir(), 'doctor-'));
  const sandbox = await startSandbox({ workloads: false, folder });
  await untilSystemNode(sandbox);
  let tokens = 0;
  return {
    sandbox,
    async inPod(claims = {}) {
      const { identity } = sandbox.aks;
      const file = join(folder, `token-${(tokens += 1)}`);
      await writeFederatedToken(file, { ...identity, ...claims }, { expires: new Date(Date.now() + 3_600_000) });
      return { ...sandbox.controllerEnv(), AZURE_FEDERATED_TOKEN_FILE: file };
    },
    async [Symbol.asyncDispose]() {
      await sandbox.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** A cluster has its system pool's Node before anybody installs anything. */
async function untilSystemNode({ kubeconfigPath }: Sandbox): Promise<void> {
  const { credentials } = loadCluster({ env: { KUBECONFIG: kubeconfigPath } });
  const kube = aClient(credentials.server, { clock: systemClock, credentials });
  try {
    const isThere = async (): Promise<boolean> => {
      const { items } = await kube.list(nodes, { signal: AbortSignal.timeout(10_000) });
      // Its kubelet makes it, and the cloud controller manager says which machine it is.
      return items.some(({ spec }) => spec?.providerID !== undefined);
    };
    await vi.waitUntil(isThere, { timeout: 60_000, interval: 50 });
  } finally {
    await kube.close();
  }
}

export interface ClusterPatient extends AsyncDisposable {
  readonly api: KubeApi;
  readonly kube: RestClient;
  /** Of somebody at home, or of whoever has a token that `addToken` made known. */
  env(token?: string): Promise<Env>;
}

/** An API server with the project's definitions, and nobody at work in it. */
export async function aClusterPatient(): Promise<ClusterPatient> {
  const folder = await mkdtemp(join(tmpdir(), 'doctor-'));
  const api = await startKubeApi({ controllers: false, issuer: sandboxIdentity.issuer });
  await applyDefinitions(api, resolve(import.meta.dirname, '../../crds'));
  for (const namespace of ['gpu-provisioner', 'other']) await createNamespace(api, namespace);
  const env = async (token = api.token): Promise<Env> => {
    const file = join(folder, `kubeconfig-${token}`);
    await writeFile(file, api.kubeconfig().replace(api.token, token));
    return { KUBECONFIG: file };
  };
  const { credentials } = loadCluster({ env: await env() });
  const kube = aClient(credentials.server, { clock: systemClock, credentials });
  return {
    api,
    kube,
    env,
    async [Symbol.asyncDispose]() {
      await kube.close();
      await api.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** The controller's rights as RBAC has them: those of the doctor's table are the chart's, by a test of their own. */
export function rulesOfChart() {
  return rightsOfController({ namespace: 'gpu-provisioner', workspaces: false }).map(
    ({ group, name, resource, subresource, verb }) => ({
      verbs: [verb],
      apiGroups: [group],
      resources: [subresource === undefined ? resource : `${resource}/${subresource}`],
      ...(name === undefined ? {} : { resourceNames: [name] }),
    }),
  );
}

/** Of CustomResourceDefinitions. */
export const definitions = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};

export interface ControllerWish {
  readonly namespace?: string;
  readonly name?: string;
  readonly image?: string;
  readonly replicas?: number;
  readonly metricsPort?: number;
  /** Of another program, whose chart sets none of our variables. */
  readonly foreign?: true;
  readonly env?: Readonly<Record<string, string>>;
}

/** A Deployment of the controller's as the chart writes it, as far as anybody reads it. */
export function controllerDeployment(wish: ControllerWish = {}): object {
  const { namespace = 'gpu-provisioner', name = 'gpu-provisioner', replicas = 2, env = {} } = wish;
  const { image = 'registry.example/gpu-provisioner:0.1.0', metricsPort = 8080 } = wish;
  const variables: Readonly<Record<string, string>> = wish.foreign
    ? env
    : {
        LEADER_ELECTION_NAMESPACE: namespace,
        HEALTH_PROBE_PORT: '8081',
        ARM_RESOURCE_GROUP: 'my-rg',
        AZURE_CLUSTER_NAME: 'my-aks',
        AZURE_CLIENT_ID: 'client-1',
        ...env,
      };
  const labels = { 'app.kubernetes.io/name': 'gpu-provisioner', 'app.kubernetes.io/instance': name };
  return {
    metadata: { name, namespace, labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: 'gpu-provisioner',
          containers: [
            {
              name: 'controller',
              image,
              ports: [{ name: 'http-metrics', containerPort: metricsPort }],
              env: Object.entries(variables).map(([key, value]) => ({ name: key, value })),
            },
          ],
        },
      },
    },
  };
}

/** One of its pods, with what the webhook of workload identity adds unless `touched` is false. */
export function controllerPod({ touched = true, labelled = true } = {}): object {
  return {
    metadata: {
      name: 'gpu-provisioner-1',
      namespace: 'gpu-provisioner',
      labels: {
        'app.kubernetes.io/name': 'gpu-provisioner',
        'app.kubernetes.io/instance': 'gpu-provisioner',
        ...(labelled ? { 'azure.workload.identity/use': 'true' } : {}),
      },
    },
    spec: {
      containers: [
        {
          name: 'controller',
          image: 'registry.example/gpu-provisioner:0.1.0',
          env: touched ? [{ name: 'AZURE_FEDERATED_TOKEN_FILE', value: '/var/run/secrets/azure/tokens/token' }] : [],
        },
      ],
    },
  };
}
