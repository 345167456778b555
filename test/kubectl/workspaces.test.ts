// The walk-through of docs/workspaces.md as its readers type it: from the file to an answer of the model, and back.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiTarget } from '../../hack/sandbox/nodes/api.ts';
import { sandboxBackEnd } from '../support/world-back-end.ts';
import { isTrue } from '../support/world-things.ts';
import { startWorld, type World } from '../support/world.ts';
import { kubectlPath } from './binary.ts';

const name = 'workspace-phi-3-mini';
const file = fileURLToPath(new URL('../../docs/workspaces/inference-phi-3.yaml', import.meta.url));
const walkTime = { timeout: 180_000 } as const;
const run = promisify(execFile);

let world: World;
let home: string;
let front: Server;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'kubectl-'));
  world = await startWorld({ workloads: true, env: { WORKSPACES: 'true' } }, async (options) => {
    const backEnd = await sandboxBackEnd(options);
    front = await startFront(backEnd.api);
    await writeFile(join(home, 'config'), kubeconfigOf(front), { mode: 0o600 });
    return backEnd;
  });
  await world.startController();
});

afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  front?.closeAllConnections();
  front?.close();
  await rm(home, { recursive: true });
});

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

/** What it printed. Rejects when it fails. */
async function kubectl(...args: readonly string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: home, KUBECONFIG: join(home, 'config'), NO_PROXY: '127.0.0.1' };
  const { stdout } = await run(kubectlPath(), [...args], { env });
  return stdout;
}

/** Header and rows of a table, their cells divided by one blank. */
function rowsOf(table: string): readonly string[] {
  return table
    .trim()
    .split('\n')
    .map((row) => row.trim().replaceAll(/\s+/g, ' '));
}

test(
  'kubectl apply of a Workspace ends in an endpoint that answers, and kubectl delete in nothing',
  walkTime,
  async () => {
    expect(await kubectl('apply', '-f', file)).toBe(`workspace.kaito.sh/${name} created\n`);
    await world.until('its columns are True', async () => {
      const workspace = await world.get('Workspace', name);
      return ['ResourceReady', 'InferenceReady', 'WorkspaceReady'].every((type) => isTrue(workspace, type));
    });
    for (const word of ['workspace', 'wk', 'wks'])
      expect(rowsOf(await kubectl('get', word, name))).toEqual([
        'NAME INSTANCE RESOURCEREADY INFERENCEREADY WORKSPACEREADY AGE',
        expect.stringMatching(new RegExp(`^${name} Standard_NC6s_v3 True True True \\S+$`)),
      ]);
    expect(rowsOf(await kubectl('get', 'svc', name))).toEqual([
      'NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE',
      expect.stringMatching(new RegExp(`^${name} ClusterIP 127\\.[\\d.]+ <none> 80/TCP,29500/TCP \\S+$`)),
    ]);
    const question = join(home, 'question.json');
    await writeFile(question, JSON.stringify({ prompt: 'What is Kubernetes?' }));
    const path = `/api/v1/namespaces/default/services/${name}:80/proxy/chat`;
    expect(JSON.parse(await kubectl('create', '--raw', path, '-f', question))).toEqual({ Result: expect.any(String) });
    expect(await kubectl('describe', 'workspace', name)).toMatch(/Warning\s+RetiredSize/);
    expect(await kubectl('delete', '-f', file)).toContain(`"${name}" deleted`);
    const left = async (): Promise<boolean> =>
      (await kubectl('get', 'machines,workspaces,deployments,pods,svc', '-o', 'name')) === '';
    await world.until('nothing of it is left', left);
    expect(world.azure.pools().map((pool) => pool['name'])).toEqual(['nodepool1']);
  },
);
