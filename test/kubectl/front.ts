// A world's API server as kubectl can ask it, and kubectl pointed at it.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ApiTarget } from '../../hack/sandbox/nodes/api.ts';
import { sandboxBackEnd } from '../support/world-back-end.ts';
import { startWorld, type World, type WorldOptions } from '../support/world.ts';
import { kubectlPath } from './binary.ts';

const run = promisify(execFile);

export interface KubectlWorld extends AsyncDisposable {
  readonly world: World;
  /** A folder of its own, gone afterwards. */
  readonly home: string;
  /** What it printed. Rejects when it fails. */
  readonly kubectl: (...args: readonly string[]) => Promise<string>;
  /** The same for what a reader of our pages types, with this kubectl. */
  readonly shell: (script: string) => Promise<string>;
}

/** A world without a controller, and kubectl in it. */
export async function startKubectlWorld(options: WorldOptions = {}): Promise<KubectlWorld> {
  await using stack = new AsyncDisposableStack();
  const home = stack.adopt(await mkdtemp(join(tmpdir(), 'kubectl-')), (path) => rm(path, { recursive: true }));
  const world = stack.use(
    await startWorld(options, async (asked) => {
      const backEnd = await sandboxBackEnd(asked);
      const front = stack.adopt(await startFront(backEnd.api), (server) => {
        server.closeAllConnections();
        server.close();
      });
      await writeFile(join(home, 'config'), kubeconfigOf(front), { mode: 0o600 });
      return backEnd;
    }),
  );
  await symlink(kubectlPath(), join(home, 'kubectl'));
  const path = `${home}:${process.env['PATH'] ?? ''}`;
  const env = { PATH: path, HOME: home, KUBECONFIG: join(home, 'config'), NO_PROXY: '127.0.0.1' };
  const moved = stack.move();
  return {
    world,
    home,
    kubectl: async (...args) => (await run(kubectlPath(), [...args], { env })).stdout,
    shell: async (script) => (await run('/bin/sh', ['-eu', '-c', script], { env })).stdout,
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

/** kubectl sends no token over plain http, so this adds it, as `kubectl proxy` does. Resolves when it listens. */
async function startFront({ url, token }: ApiTarget): Promise<Server> {
  const server = createServer((asked, answer) => {
    const headers = { ...asked.headers, authorization: `Bearer ${token}` };
    const onward = request(new URL(asked.url ?? '/', url), { method: asked.method, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** kubectl reads JSON, too. */
function kubeconfigOf(server: Server): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'sandbox', cluster: { server: `http://127.0.0.1:${port}` } }],
    contexts: [{ name: 'sandbox', context: { cluster: 'sandbox' } }],
    'current-context': 'sandbox',
  });
}
