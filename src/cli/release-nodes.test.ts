// The command as a process, as the Job of the chart's pre-delete hook runs it.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { anEmbeddedApi } from '../../test/support/embedded-api.ts';
import { heldNode } from '../../test/support/nodes.ts';
import { deployments, nodes } from '../apis/resource.ts';

const main = new URL('../main.ts', import.meta.url).pathname;
const { signal } = new AbortController();

interface Ended {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(kubeconfig: string, ...argv: readonly string[]): Promise<Ended> {
  const directory = await mkdtemp(join(tmpdir(), 'release-nodes-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, 'kubeconfig');
  await writeFile(file, kubeconfig);
  return promisify(execFile)(process.execPath, [main, 'release-nodes', `--kubeconfig=${file}`, ...argv], {
    env: { NO_PROXY: '127.0.0.1' },
  }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: Ended) => ({ code, stdout, stderr }),
  );
}

describe('release-nodes', () => {
  test('stops the Deployment, frees the Nodes and ends with 0', async () => {
    const world = await anEmbeddedApi();
    const { api, client } = world;
    const labels = { app: 'x' };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    const metadata = { name: 'gpus', namespace: 'default' };
    await world.create(deployments, { metadata, spec: { replicas: 2, selector: { matchLabels: labels }, template } });
    await world.create(nodes, heldNode('ours'));
    const { code, stdout } = await run(
      api.kubeconfig(),
      '--deployment-name=gpus',
      '--deployment-namespace=default',
      '--stop-timeout=10s',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ message: 'nodes released', nodes: 1 });
    expect((await client.get(nodes, { name: 'ours' }, { signal })).metadata.finalizers).toBeUndefined();
    expect((await client.get(deployments, metadata, { signal })).spec?.replicas).toBe(0);
  });

  test('ends with 1 and the reason where the API server refuses', async () => {
    const { api } = await anEmbeddedApi();
    api.addToken('weak', { name: 'weak', groups: [], rules: [] });
    const { code, stdout } = await run(api.kubeconfig().replaceAll(api.token, 'weak'));
    expect(code).toBe(1);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
      message: 'nodes not released',
      err: { code: 'KUBE_FORBIDDEN' },
    });
  });

  test('ends with 2 where the kubeconfig cannot be used', async () => {
    expect(await run('{}')).toMatchObject({ code: 2 });
  });

  test('ends with 2 and names the flag that it does not know', async () => {
    const ended = await run('{}', '--leader-elect');
    expect(ended).toMatchObject({ code: 2, stderr: 'Unknown flag --leader-elect (see --help)\n' });
  });

  test('asks for nothing of Azure', async () => {
    const ended = await run('{}', '--help');
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('--deployment-name') });
  });
});
