// The sandbox as a whole: what a controller gets of it, and that nothing of it is left behind.
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { objectAt } from './aks/json.ts';
import { Api, itemsOf } from './nodes/api.ts';
import { startSandbox, type Sandbox } from './sandbox.ts';

const { signal } = new AbortController();

describe('startSandbox', () => {
  let sandbox: Sandbox;
  let api: Api;
  const errors: unknown[] = [];

  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 1000, onError: (error) => errors.push(error) });
    api = new Api(sandbox.kube);
  });

  afterAll(async () => {
    await api.close();
    await sandbox.close();
    if (errors.length > 0) throw new AggregateError(errors, 'The sandbox met errors');
  });

  async function conditions(): Promise<unknown> {
    const { body } = await api.get('/api/v1/nodes', signal);
    return itemsOf(body).map((node) => objectAt(node, 'status')['conditions']);
  }

  it('gives a controller an environment with all that it needs', async () => {
    const env = sandbox.controllerEnv();
    expect(env).toMatchObject({
      ARM_ENDPOINT: sandbox.aks.url,
      AZURE_AUTHORITY_HOST: sandbox.aks.authorityUrl,
      ARM_SUBSCRIPTION_ID: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ARM_RESOURCE_GROUP: 'sandbox',
      AZURE_CLUSTER_NAME: 'sandbox',
    });
    expect(await readFile(env['NODE_EXTRA_CA_CERTS'] ?? '', 'utf8')).toBe(sandbox.aks.ca);
    expect((await stat(env['AZURE_FEDERATED_TOKEN_FILE'] ?? '')).mode & 0o077).toBe(0);
    const kubeconfig: unknown = parse(await readFile(env['KUBECONFIG'] ?? '', 'utf8'));
    expect(kubeconfig).toMatchObject({ clusters: [{ cluster: { server: sandbox.kube.url } }] });
  });

  it.each(['/apis/karpenter.sh/v1alpha5/machines', '/apis/karpenter.sh/v1/nodeclaims'])('serves %s', async (path) => {
    expect((await api.get(path, signal)).status).toBe(200);
  });

  it('has a system node that becomes Ready', async () => {
    await expect
      .poll(conditions, { timeout: 20_000 })
      .toMatchObject([expect.arrayContaining([expect.objectContaining({ type: 'Ready', status: 'True' })])]);
  });

  it('throttles as Azure does unless the script says otherwise', async () => {
    await using other = disposable(await startSandbox({ http: true, script: { throttling: 'off' } }));
    expect([sandbox.aks.script.throttling, other.sandbox.aks.script.throttling]).toEqual(['on', 'off']);
  });

  it('over http needs no credentials, and takes its files away at the end', async () => {
    const other = await startSandbox({ http: true });
    const env = other.controllerEnv();
    expect(Object.keys(env).filter((name) => name.startsWith('AZURE_') && name !== 'AZURE_CLUSTER_NAME')).toEqual([]);
    expect(env['ARM_ENDPOINT']).toMatch(/^http:\/\/127/);
    expect(existsSync(other.kubeconfigPath)).toBe(true);
    await other.close();
    expect(existsSync(dirname(other.kubeconfigPath))).toBe(false);
    await expect(fetch(`${other.aks.url}/admin/pools`)).rejects.toThrow('fetch failed');
  });

  it('closes what it had started when a part cannot start', async () => {
    const { port } = new URL(sandbox.aks.url);
    await expect(startSandbox({ aksPort: Number(port) })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

function disposable(sandbox: Sandbox): { readonly sandbox: Sandbox; [Symbol.asyncDispose](): Promise<void> } {
  return { sandbox, [Symbol.asyncDispose]: () => sandbox.close() };
}
