// What no wait can mend ends the process with 2 and says what is wrong; what may be mended meanwhile is waited for.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'vitest';
import { healthPortOf } from '../support/health-port.ts';

const main = resolve(import.meta.dirname, '../../src/main.ts');
const azure = { ARM_SUBSCRIPTION_ID: 'a', ARM_RESOURCE_GROUP: 'b', AZURE_CLUSTER_NAME: 'c' };

/** Of an API server that nobody reaches. */
async function aKubeconfig({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bad-start-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'kubeconfig');
  const cluster = { name: 'a', cluster: { server: 'http://127.0.0.1:9' } };
  const context = { name: 'a', context: { cluster: 'a', user: 'a' } };
  const user = { name: 'a', user: { token: 'a' } };
  await writeFile(
    file,
    JSON.stringify({ clusters: [cluster], users: [user], contexts: [context], 'current-context': 'a' }),
  );
  return file;
}

function portOf(address: unknown): number {
  return typeof address === 'object' && address !== null && 'port' in address ? Number(address.port) : 0;
}

/** Runs the real entry point to its end. */
async function start(
  env: Readonly<Record<string, string>>,
  ...flags: readonly string[]
): Promise<{ readonly code: unknown; readonly said: string }> {
  const child = spawn(process.execPath, [main, ...flags], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [[code], ...said] = await Promise.all([once(child, 'exit'), text(child.stderr), text(child.stdout)]);
  return { code, said: said.join('') };
}

describe.concurrent('the entry point', () => {
  it('ends with 2 and does not repeat a proxy that is no URL', async (test) => {
    const { expect } = test;
    const { code, said } = await start({ ...azure, KUBECONFIG: await aKubeconfig(test), HTTPS_PROXY: 'not a url' });
    expect(code).toBe(2);
    expect(said).toContain('Cannot use HTTPS_PROXY');
    expect(said).not.toContain('not a url');
  });

  it('waits for a metrics port that is taken, says so, and goes on when it is free', async (test) => {
    const { expect } = test;
    const somebody = createServer();
    somebody.listen(0, '127.0.0.1');
    await once(somebody, 'listening');
    const child = spawn(process.execPath, [main], {
      env: {
        PATH: process.env['PATH'],
        ...azure,
        KUBECONFIG: await aKubeconfig(test),
        ARM_ENDPOINT: 'http://127.0.0.1:9',
        BIND_ADDRESS: '127.0.0.1',
        METRICS_PORT: `${portOf(somebody.address())}`,
        HEALTH_PROBE_PORT: '0',
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    test.onTestFinished(() => void child.kill('SIGKILL'));
    const ended = once(child, 'exit');
    const free = await healthPortOf(child.stdout);
    const ask = (path: string): Promise<string> =>
      fetch(`http://127.0.0.1:${free}${path}`).then(
        (answer) => answer.text(),
        () => '',
      );
    const patience = { timeout: 60_000, interval: 100 };
    expect(await ask('/healthz')).toBe('ok\n');
    await expect.poll(() => ask('/readyz?verbose'), patience).toContain('[-]metrics failed: port');
    somebody.close();
    await once(somebody, 'close');
    await expect.poll(() => ask('/readyz?verbose'), patience).toContain('[+]metrics ok');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  }, 120_000);

  it('ends with 2 and names everything that is missing', async ({ expect }) => {
    const { code, said } = await start({});
    expect(code).toBe(2);
    for (const name of Object.keys(azure)) expect(said).toContain(name);
  });

  it('ends with 2 and names a flag that is malformed', async ({ expect }) => {
    const { code, said } = await start(azure, '--put-deadline=soon');
    expect(code).toBe(2);
    expect(said).toContain('--put-deadline');
  });

  it('ends with 2 when the kubeconfig is not there', async ({ expect }) => {
    const { code } = await start({ ...azure, KUBECONFIG: '/nowhere/kubeconfig', ARM_ENDPOINT: 'http://127.0.0.1:9' });
    expect(code).toBe(2);
  });
});
