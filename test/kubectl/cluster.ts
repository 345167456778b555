// An embedded API server with the Machine CRD, and the real kubectl pointed at it.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startKubeApi, type KubeApi } from '../../hack/sandbox/kube/server.ts';
import { kubectlPath } from './binary.ts';

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running extends AsyncDisposable {
  /** The next line of stdout or stderr that matches; rejects when kubectl ends before. */
  line(pattern: RegExp): Promise<string>;
  /** What came so far, line by line. */
  readonly lines: readonly string[];
}

export interface Cluster extends AsyncDisposable {
  readonly api: KubeApi;
  /** Runs kubectl to its end. */
  run(args: readonly string[], options?: RunOptions): Promise<Result>;
  /** Standard output of a run that must succeed. */
  kubectl(...args: readonly string[]): Promise<string>;
  /** Pipes YAML or JSON into `kubectl ... -f -`, which must succeed. */
  pipe(input: string, ...args: readonly string[]): Promise<string>;
  /** The object as JSON. */
  get(...args: readonly string[]): Promise<unknown>;
  /** Starts kubectl and leaves it running. */
  start(...args: readonly string[]): Running;
}

interface RunOptions {
  readonly input?: string;
  /** Of another user than the administrator. */
  readonly token?: string;
}

const machineCrd = new URL('../../crds/karpenter.sh_machines.yaml', import.meta.url);

function finish(binary: string, args: readonly string[], env: NodeJS.ProcessEnv, input = ''): Promise<Result> {
  return new Promise((resolve) => {
    const child = execFile(binary, args, { env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
    child.stdin?.end(input);
  });
}

function follow(binary: string, args: readonly string[], env: NodeJS.ProcessEnv): Running {
  const child = spawn(binary, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const notify = (): void => {
    for (const check of waiting) check();
  };
  let ended = false;
  let read = 0;
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      lines.push(line);
      notify();
    });
  }
  const exit = new Promise<void>((resolve) => {
    child.once('close', () => {
      ended = true;
      notify();
      resolve();
    });
  });
  return {
    lines,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const index = lines.findIndex((line, at) => at >= read && pattern.test(line));
          const line = lines[index];
          if (line === undefined && !ended) return;
          waiting.delete(check);
          read = index + 1;
          if (line !== undefined) resolve(line);
          else
            reject(new Error(`Cannot find a line like ${pattern}: kubectl has ended after ${JSON.stringify(lines)}`));
        };
        waiting.add(check);
        check();
      }),
    async [Symbol.asyncDispose]() {
      child.kill();
      await exit;
    },
  };
}

export async function startCluster(): Promise<Cluster> {
  const binary = kubectlPath();
  const api = await startKubeApi();
  const home = await mkdtemp(join(tmpdir(), 'kubectl-'));
  const kubeconfig = join(home, 'config');
  await writeFile(kubeconfig, api.kubeconfig());
  // kubectl caches discovery and OpenAPI under HOME: every cluster gets its own.
  const env = { PATH: process.env['PATH'], HOME: home, KUBECONFIG: kubeconfig, NO_PROXY: '127.0.0.1' };
  const run: Cluster['run'] = (args, { input, token } = {}) =>
    finish(binary, [...args, ...(token === undefined ? [] : [`--token=${token}`])], env, input);
  const succeed = async (args: readonly string[], input?: string): Promise<string> => {
    const { code, stdout, stderr } = await run(args, input === undefined ? {} : { input });
    if (code !== 0) throw new Error(`Cannot run kubectl ${args.join(' ')}: it ended with ${code}: ${stderr}`);
    return stdout;
  };
  const cluster: Cluster = {
    api,
    run,
    kubectl: (...args) => succeed(args),
    pipe: (input, ...args) => succeed([...args, '-f', '-'], input),
    get: async (...args) => {
      const object: unknown = JSON.parse(await succeed(['get', ...args, '-o', 'json']));
      return object;
    },
    start: (...args) => follow(binary, args, env),
    async [Symbol.asyncDispose]() {
      await api.close();
      await rm(home, { recursive: true });
    },
  };
  await cluster.pipe(await readFile(machineCrd, 'utf8'), 'create');
  await cluster.kubectl('wait', '--for=condition=Established', 'crd/machines.karpenter.sh');
  return cluster;
}

export const machine = `
apiVersion: karpenter.sh/v1alpha5
kind: Machine
metadata:
  name: ws1
  labels: {kaito.sh/workspace: phi, node.kubernetes.io/instance-type: Standard_NC6s_v3}
spec:
  machineTemplateRef: {name: ws1}
  requirements:
    - {key: node.kubernetes.io/instance-type, operator: In, values: [Standard_NC6s_v3]}
  resources: {requests: {storage: 50Gi}}
  taints: [{key: sku, value: gpu, effect: NoSchedule}]
`;

/** The machine above under another name. */
export function machineNamed(name: string): string {
  return machine.replaceAll('ws1', name);
}

export const node = `
apiVersion: v1
kind: Node
metadata: {name: aks-ws1-0}
`;

export function podNamed(name: string): string {
  return `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: default, labels: {app: web}}
spec:
  nodeName: aks-ws1-0
  terminationGracePeriodSeconds: 0
  containers: [{name: main, image: web}]
`;
}
