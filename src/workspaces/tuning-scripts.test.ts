// The scripts run in a real shell, with a curl and an oras of the test's own in front of the path.
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { downloadScript, pushScript, reportingFailure } from './tuning-scripts.ts';

interface Ran {
  readonly code: number;
  readonly output: string;
}

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tuning-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function run(script: string, env: Record<string, string>, programs: Record<string, string>): Promise<Ran> {
  const bin = await aFolder();
  for (const [name, text] of Object.entries({ sleep: 'exit 0', ...programs })) {
    await writeFile(join(bin, name), `#!/bin/sh\n${text}\n`);
    await chmod(join(bin, name), 0o755);
  }
  const PATH = `${bin}:${process.env['PATH'] ?? ''}`;
  try {
    const { stdout, stderr } = await promisify(execFile)('/bin/sh', ['-c', script], { env: { PATH, ...env } });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'number') throw error;
    return { code: error.code, output: 'stderr' in error ? String(error.stderr) : '' };
  }
}

/** The machine's own, of the processes of this test run alone: others may speak of a tuning. Undefined: it cannot. */
const pgrepOfGroup = await promisify(execFile)('/bin/sh', ['-c', 'command -v pgrep && pgrep -g 0 -f . >/dev/null'])
  .then(({ stdout }) => `exec ${stdout.trim()} -g 0 "$@"`)
  .catch(() => undefined);

describe('downloadScript', () => {
  const urls = 'https://a.example/x.parquet?download=true https://a.example/y.parquet';

  it('brings each address to a file named by its last part', async () => {
    const folder = await aFolder();
    const curl = 'while [ "$1" != --output ]; do shift; done; echo data >"$2"';
    expect((await run(downloadScript, { DATA_URLS: urls, DATA_VOLUME_PATH: folder }, { curl })).code).toBe(0);
    expect((await readdir(folder)).toSorted()).toEqual(['x.parquet_download_true', 'y.parquet']);
  });

  it('fails after three tries, and names the address', async () => {
    const folder = await aFolder();
    const tries = join(folder, 'tries');
    const curl = `echo x >>${tries}; exit 22`;
    const ran = await run(downloadScript, { DATA_URLS: urls, DATA_VOLUME_PATH: folder }, { curl });
    expect(ran).toEqual({
      code: 1,
      output: expect.stringContaining('Cannot download https://a.example/x.parquet?download=true'),
    });
    expect((await readFile(tries, 'utf8')).trim().split('\n')).toHaveLength(3);
  });
});

describe('reportingFailure', () => {
  it('keeps the exit code and leaves a mark for the pusher', async () => {
    const folder = await aFolder();
    expect((await run(reportingFailure('true', folder), {}, {})).code).toBe(0);
    expect(await readdir(folder)).toEqual([]);
    expect((await run(reportingFailure('(exit 7)', folder), {}, {})).code).toBe(7);
    expect(await readdir(folder)).toEqual(['.tuning-failed']);
  });
});

async function results(): Promise<{
  readonly OUTPUT_DIR: string;
  readonly IMAGE: string;
  readonly REGISTRY_CONFIG: string;
}> {
  const folder = join(await aFolder(), 'results');
  await mkdir(folder);
  await writeFile(join(folder, 'adapter_config.json'), '{}');
  await writeFile(join(folder, 'adapter_model.safetensors'), 'weights');
  await writeFile(join(folder, 'fine_tuning_completed.txt'), '');
  return { OUTPUT_DIR: folder, IMAGE: 'r.example/a:1', REGISTRY_CONFIG: '/creds' };
}

describe('pushScript', () => {
  // The oras image has busybox and musl where a test machine may have neither.
  const elsewhere = pushScript.replace('cp /bin/busybox', 'cp /bin/sh').replace('/lib/ld-musl-*.so.1', '/bin/sh');

  it('pushes one layer that holds the adapter under /data, with its digest in the config', async () => {
    const seen = await aFolder();
    const oras = `echo "$@" >${seen}/arguments; cp config.json ${seen}; gunzip -c layer.tar.gz >${seen}/layer.tar; tar -tf ${seen}/layer.tar >${seen}/files`;
    const ran = await run(elsewhere, await results(), { oras });
    expect(ran).toMatchObject({ code: 0 });
    expect(await readFile(join(seen, 'arguments'), 'utf8')).toContain('push --registry-config /creds');
    const files = await readFile(join(seen, 'files'), 'utf8');
    for (const file of ['./data/adapter_config.json', './data/adapter_model.safetensors', './bin/sh', './bin/cp'])
      expect(files.split('\n')).toContain(file);
    const config: unknown = JSON.parse(await readFile(join(seen, 'config.json'), 'utf8'));
    const sum = await promisify(execFile)('sha256sum', [join(seen, 'layer.tar')]);
    expect(config).toMatchObject({ os: 'linux', rootfs: { diff_ids: [`sha256:${sum.stdout.split(' ')[0] ?? ''}`] } });
  });

  it('fails when five tries did, and says what the Secret must hold', async () => {
    const ran = await run(elsewhere, await results(), { oras: 'exit 1' });
    expect(ran).toEqual({
      code: 1,
      output: expect.stringContaining('Cannot push r.example/a:1: five tries failed; the Secret'),
    });
  });

  it('does not wait for a tuning that failed', async () => {
    const { OUTPUT_DIR, ...env } = await results();
    await rm(join(OUTPUT_DIR, 'fine_tuning_completed.txt'));
    await writeFile(join(OUTPUT_DIR, '.tuning-failed'), '');
    const ran = await run(elsewhere, { OUTPUT_DIR, ...env }, { oras: 'exit 0' });
    expect(ran).toEqual({ code: 1, output: expect.stringContaining('The tuning failed') });
  });

  it('does not wait for a tuning that was killed', async () => {
    const { OUTPUT_DIR, ...env } = await results();
    await rm(join(OUTPUT_DIR, 'fine_tuning_completed.txt'));
    const pgrep = `[ ! -e ${OUTPUT_DIR}/seen ] && touch ${OUTPUT_DIR}/seen`;
    const ran = await run(elsewhere, { OUTPUT_DIR, ...env }, { oras: 'exit 0', pgrep });
    expect(ran).toEqual({ code: 1, output: expect.stringContaining('ended without a result') });
  });

  it.skipIf(pgrepOfGroup === undefined)(
    'sees by the real pgrep, which finds this script too, that it was killed',
    async () => {
      const { OUTPUT_DIR, ...env } = await results();
      await rm(join(OUTPUT_DIR, 'fine_tuning_completed.txt'));
      const tuning = join(await aFolder(), 'fine_tuning.py');
      await writeFile(tuning, 'touch "$BEGUN"\nread -r _ <"$NEVER"\n');
      const never = join(OUTPUT_DIR, 'never');
      await promisify(execFile)('mkfifo', [never]);
      // Names of files are in the environment, so that no command line but the tuning's own has its name.
      const begin = '/bin/sh "$TUNING" & echo $! >"$PID"; until [ -e "$BEGUN" ]; do :; done\n';
      const files = { TUNING: tuning, BEGUN: join(OUTPUT_DIR, 'begun'), PID: join(OUTPUT_DIR, 'pid'), NEVER: never };
      // It is killed while the pusher sleeps, and never seen if it was not seen before.
      const programs = { oras: 'exit 0', pgrep: pgrepOfGroup ?? '', sleep: 'kill -9 "$(cat "$PID")"; rm "$PID"' };
      const ran = await run(`${begin}${elsewhere}`, { OUTPUT_DIR, ...env, ...files }, programs);
      expect(ran).toEqual({ code: 1, output: expect.stringContaining('ended without a result') });
    },
  );
});
