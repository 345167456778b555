import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'vitest';

const main = resolve(import.meta.dirname, '../../src/main.ts');
const azure = { ARM_SUBSCRIPTION_ID: 'a', ARM_RESOURCE_GROUP: 'b', AZURE_CLUSTER_NAME: 'c' };

/** Runs the real entry point to its end. */
async function start(
  env: Readonly<Record<string, string>>,
  ...flags: readonly string[]
): Promise<{ readonly code: unknown; readonly said: string }> {
  const child = spawn(process.execPath, [main, ...flags], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [[code], said] = await Promise.all([once(child, 'exit'), text(child.stderr)]);
  return { code, said };
}

describe.concurrent('the entry point', () => {
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
