// The commands for people in a world: run as processes, with the API server as their only way to anything.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import type { ApiTarget } from '../../hack/sandbox/nodes/api.ts';
import { metricsPortOf } from './metrics-port.ts';
import { sandboxBackEnd } from './world-back-end.ts';
import { ApiProxy } from './world-proxy.ts';
import { startWorld, type StartOptions, type World, type WorldOptions } from './world.ts';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandWorld extends AsyncDisposable {
  readonly world: World;
  /** As a pod behind the Service of the chart, so that the API server's proxy leads to it. */
  install(options?: StartOptions): Promise<void>;
  /** Never throws: how it ended is the answer. */
  run(...argv: readonly string[]): Promise<Ended>;
}

// The program is read once for all commands of all tests.
const compiled = join(tmpdir(), 'gpu-provisioner-compiled');
// A command takes seconds on a busy machine, and what it is asked about should still be so then.
const calmRate = 5;

const main = join(import.meta.dirname, '../../src/main.ts');
const labels = { 'app.kubernetes.io/name': 'gpu-provisioner' };

export async function aCommandWorld(options: WorldOptions = {}): Promise<CommandWorld> {
  let target: ApiTarget | undefined;
  await using stack = new AsyncDisposableStack();
  const world = stack.use(
    await startWorld({ rate: calmRate, ...options }, async (backEndOptions) => {
      const backEnd = await sandboxBackEnd(backEndOptions);
      target = backEnd.api;
      return backEnd;
    }),
  );
  const folder = stack.adopt(await mkdtemp(join(tmpdir(), 'gpu-provisioner-cli-')), (path) =>
    rm(path, { recursive: true, force: true }),
  );
  const kubeconfig = join(folder, 'kubeconfig');
  if (target === undefined) throw new RangeError('The world has no API server');
  // Its answers carry the time of the world.
  const front = stack.adopt(await ApiProxy.start({ target, now: () => world.clock.now() }), (proxy) => proxy.close());
  await writeFile(kubeconfig, kubeconfigOf(front.url, target.token), { mode: 0o600 });
  const owned = stack.move();
  return {
    world,
    async install({ env = {}, ...start } = {}) {
      const controller = await world.startController({ ...start, killable: true, env });
      await publish(world, Number(await metricsPortOf(world, controller)));
    },
    run: (...argv) =>
      promisify(execFile)(process.execPath, [main, ...argv, `--kubeconfig=${kubeconfig}`], {
        env: { NO_PROXY: '127.0.0.1', NODE_COMPILE_CACHE: compiled },
      }).then(
        ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
        ({ code, stdout, stderr }: Ended) => ({ code, stdout, stderr }),
      ),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function publish(world: World, port: number): Promise<void> {
  const metadata = { name: 'gpu-provisioner', namespace: 'default', labels };
  await world.create('Service', {
    metadata,
    spec: { selector: labels, ports: [{ name: 'http-metrics', port: 8080, targetPort: port }] },
  });
  await world.create('Pod', { metadata, spec: { containers: [{ name: 'controller', image: 'gpu-provisioner' }] } });
  await world.editStatus('Pod', 'gpu-provisioner', {
    status: { phase: 'Running', podIP: '127.0.0.1', conditions: [{ type: 'Ready', status: 'True' }] },
  });
}

function kubeconfigOf(server: string, token: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'world', cluster: { server } }],
    users: [{ name: 'person', user: { token } }],
    contexts: [{ name: 'world', context: { cluster: 'world', user: 'person' } }],
    'current-context': 'world',
  });
}
