// A sandbox and a controller for one measurement, and everything that can be seen of them from outside.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import type { AksScript } from '../../hack/sandbox/aks/script.ts';
import { Stage } from '../../hack/sandbox/demo/stage.ts';
import { changesOf, type Change, type Thing } from '../../hack/sandbox/demo/thing.ts';
import type { AzureCall } from '../../hack/sandbox/demo/world.ts';
import { Api, expectStatus, type ApiTarget } from '../../hack/sandbox/nodes/api.ts';
import { startCountingProxy, type KubeRequest } from './counting-proxy.ts';
import { Fleet, type Times } from './fleet.ts';

const machinesPath = '/apis/karpenter.sh/v1alpha5/machines';
const leasesPath = '/apis/coordination.k8s.io/v1/leases';
const patienceMs = 600_000;
// Times are taken when news arrives; this is only how soon a wait ends after it.
const glanceMs = 10;

class NeverHappened extends Error {
  readonly code = 'NeverHappened';
}

export interface SessionOptions {
  readonly timeScale: number;
  readonly script?: AksScript;
}

export interface Session extends AsyncDisposable {
  readonly fleet: Fleet;
  /** What the controller asked of Azure so far, in the order of the answers. */
  readonly calls: readonly AzureCall[];
  /** What it asked of the API server so far. */
  readonly kubeRequests: readonly KubeRequest[];
  /** Resolves to the milliseconds from the start of the process to its lease. */
  lead(): Promise<number>;
  kill(): Promise<void>;
  create(machine: Thing): Promise<void>;
  delete(name: string): Promise<void>;
  /** Resolves when Azure has answered so many requests of this operation. */
  sent(operation: string, count: number): Promise<void>;
  /** Resolves when it is true of every Machine; throws NeverHappened. */
  all(what: string, test: (times: Times) => boolean): Promise<void>;
  /** Resident memory of the controller in MiB; undefined where the system does not tell. */
  memoryMiB(): Promise<number | undefined>;
}

export async function openSession({ timeScale, script }: SessionOptions): Promise<Session> {
  await using stack = new AsyncDisposableStack();
  const calls: AzureCall[] = [];
  const stage = stack.use(
    await Stage.set({
      timeScale,
      ...(script === undefined ? {} : { script }),
      onAzure: (news) => calls.push(...news.calls),
    }),
  );
  const proxy = stack.adopt(await startCountingProxy(stage.api), (started) => started.close());
  const kubeconfig = await kubeconfigFor({ ...stage.api, url: proxy.url, ca: proxy.ca }, stage);
  const api = stack.adopt(new Api(stage.api), (client) => client.close());
  const fleet = new Fleet(() => performance.now());
  const stop = stack.adopt(new AbortController(), (controller) => controller.abort());
  const { signal } = stop;
  let failure: Error | undefined;
  const fail = (cause: unknown): void => {
    failure ??= cause instanceof Error ? cause : new NeverHappened('A part of the bench failed', { cause });
  };
  const watch = async (path: string, note: (change: Change) => void): Promise<void> => {
    for await (const change of changesOf(api, path, signal)) note(change);
  };
  const watches = Promise.all([
    watch(machinesPath, (change) => fleet.noteMachine(change)),
    watch('/api/v1/nodes', (change) => fleet.noteNode(change)),
    watch(leasesPath, (change) => fleet.noteLease(change)),
  ]);
  watches.catch(fail);
  const until = async (what: string, test: () => boolean): Promise<void> => {
    const deadline = performance.now() + patienceMs;
    while (!test()) {
      if (failure !== undefined) throw failure;
      if (performance.now() > deadline) throw new NeverHappened(`Never happened: ${what}`);
      await pause(glanceMs, undefined, { signal });
    }
  };
  // The controller that is meant to be up; the end of another one is nobody's failure.
  let running: object | undefined;
  const owned = stack.move();
  return {
    fleet,
    calls,
    kubeRequests: proxy.requests,
    async lead() {
      const former = fleet.leader;
      const startedMs = performance.now();
      const started = stage.startController({ KUBECONFIG: kubeconfig });
      running = started;
      started.ended.catch((error: unknown) => {
        if (running === started) fail(error);
      });
      await until('the controller leads', () => fleet.leaderMs !== undefined && fleet.leader !== former);
      return (fleet.leaderMs ?? 0) - startedMs;
    },
    async kill() {
      running = undefined;
      await stage.killController();
    },
    async create(machine) {
      fleet.of(machine.metadata.name).postedMs = performance.now();
      expectStatus(await api.post(machinesPath, machine, signal), `create ${machine.metadata.name}`, 201);
    },
    async delete(name) {
      fleet.of(name).deletedMs = performance.now();
      expectStatus(await api.delete(`${machinesPath}/${name}`, {}, signal), `delete ${name}`, 200);
    },
    sent: (operation, count) =>
      until(`${count} ${operation}`, () => calls.filter((call) => call.operation === operation).length >= count),
    all: (what, test) => until(what, () => fleet.all().every(test)),
    memoryMiB: () => residentMiB(stage.controllerPid),
    [Symbol.asyncDispose]: () => {
      running = undefined;
      return owned.disposeAsync();
    },
  };
}

async function kubeconfigFor(target: ApiTarget, stage: Stage): Promise<string> {
  const config: unknown = parse(await readFile(stage.kubeconfig, 'utf8'));
  const [entry] = Object(config).clusters;
  entry.cluster = {
    server: target.url,
    'certificate-authority-data': Buffer.from(target.ca ?? '').toString('base64'),
  };
  const file = join(stage.directory, 'kubeconfig-of-controller');
  await writeFile(file, stringify(config), { mode: 0o600 });
  return file;
}

async function residentMiB(pid: number | undefined): Promise<number | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
    return kib === undefined ? undefined : Number(kib) / 1024;
  } catch {
    // Not Linux.
    return undefined;
  }
}
