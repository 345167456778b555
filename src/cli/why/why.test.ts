// The commands as processes: what goes where, and the exit codes that scripts rely on.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { anEmbeddedApi } from '../../../test/support/embedded-api.ts';
import { aFile, aKubeConfig } from '../../../test/support/kubeconfig-files.ts';
import { nodes } from '../../apis/resource.ts';

const main = new URL('../../main.ts', import.meta.url).pathname;

interface Ended {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(kubeconfig: string, ...argv: readonly string[]): Promise<Ended> {
  const file = await aFile(kubeconfig);
  return promisify(execFile)(process.execPath, [main, ...argv, `--kubeconfig=${file}`], {
    env: { NO_PROXY: '127.0.0.1' },
  }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: Ended) => ({ code, stdout, stderr }),
  );
}

describe('why and status', () => {
  test('0 and the answer on stdout, 1 for a name that nobody has, 2 for one that nobody can have', async () => {
    const world = await anEmbeddedApi();
    const status = { conditions: [{ type: 'Ready', status: 'True' }] };
    await world.create(nodes, { metadata: { name: 'n1' }, status });
    const kubeconfig = world.api.kubeconfig();
    const [well, gone, odd] = await Promise.all([
      run(kubeconfig, 'why', 'node/n1', '-o', 'json'),
      run(kubeconfig, 'why', 'nobody'),
      run(kubeconfig, 'why', 'a/b/c/d'),
    ]);
    expect(well).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(well.stdout)).toMatchObject({ version: 1, kind: 'Node', name: 'n1', verdict: 'well' });
    expect(gone).toMatchObject({ code: 1, stdout: expect.stringContaining('There is no'), stderr: '' });
    expect(odd).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('cannot be the name') });
  });

  test('3 where something is wrong, 1 without an API server, 2 without a usable kubeconfig', async () => {
    const { api } = await anEmbeddedApi();
    const [alone, unreachable, unusable] = await Promise.all([
      run(api.kubeconfig(), 'status'),
      run(aKubeConfig({ server: 'http://127.0.0.1:1' }), 'status', '-o=json'),
      run('nonsense', 'status'),
    ]);
    expect(alone).toMatchObject({ code: 3, stdout: expect.stringContaining('No controller was found') });
    expect(unreachable).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^Cannot list .*\n$/) });
    expect(unusable).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('kubeconfig') });
  });
});
