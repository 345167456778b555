import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { helpText } from './options.ts';

const main = new URL('main.ts', import.meta.url).pathname;

interface Ended {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

async function start(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return promisify(execFile)(process.execPath, [main, ...argv], { env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: Ended) => ({ code, stdout, stderr }),
  );
}

describe('main', () => {
  it('prints its options with --help', async () => {
    expect(await start(['--help'])).toEqual({ code: 0, stdout: helpText(), stderr: '' });
  });

  it('prints its version with --version', async () => {
    expect(await start(['--version'])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  it('ends with 2 and one line when the names of the cluster are missing', async () => {
    const ended = await start([], { ARM_RESOURCE_GROUP: 'rg' });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^Missing ARM_SUBSCRIPTION_ID, AZURE_CLUSTER_NAME: .*\n$/);
  });

  it('ends with 2 and one line for each mistake in the flags', async () => {
    const ended = await start(['--metric-port=1', '--log-level', 'loud'], {
      ARM_SUBSCRIPTION_ID: 'sub',
      ARM_RESOURCE_GROUP: 'rg',
      AZURE_CLUSTER_NAME: 'aks',
    });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr.trim().split('\n')).toEqual([
      'Unknown flag --metric-port; did you mean --metrics-port?',
      'Malformed --log-level "loud": expected one of trace, debug, info, warn, error, fatal',
    ]);
  });
});
