import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle, type Bundle } from './bundle.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
let directory: string;
let built: Bundle;
let outfile: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bundle-'));
  // Node must take it for an ES module, as it does in dist.
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  outfile = join(directory, 'main.js');
  built = await bundle({ entry: join(root, 'src/main.ts'), outfile });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Node as an older one would see itself: `process.versions.node` says so. */
function pretending(version: string): string[] {
  const lie = `Object.defineProperty(process.versions, 'node', { value: '${version}' })`;
  return ['--import', `data:text/javascript,${encodeURIComponent(lie)}`];
}

/** The Nodes on the PATH that are too old for the program; none on a machine that has only a new one. */
async function oldNodes(): Promise<string[]> {
  const candidates = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'node'));
  const versions = await Promise.all(
    candidates.filter(isExecutable).map(async (node) => ({ node, major: await majorOf(node) })),
  );
  return versions.filter(({ major }) => major < 24).map(({ node }) => node);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Absent, or not ours to run.
    return false;
  }
}

async function majorOf(node: string): Promise<number> {
  const { stdout } = await run(node, ['-p', 'process.versions.node.split(".")[0]']);
  return Number(stdout);
}

const older = await oldNodes();
const refusal = /^gpu-provisioner needs Node 24 or newer; \S+ is Node [\d.]+\n$/;

describe('bundle', () => {
  it('runs alone, without any package beside it', async () => {
    const { stdout } = await run(process.execPath, [outfile, '--version']);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it("runs by a name of its own, as kubectl's plugin does, and says that name", async () => {
    const plugin = join(directory, 'kubectl-gpu_provisioner');
    await symlink(outfile, plugin);
    const { stdout } = await run(plugin, ['why', '--help'], {
      env: { PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter) },
    });
    expect(stdout).toMatch(/^Usage: kubectl gpu_provisioner why NAME/);
  });

  it.each(['16.20.2', '18.20.8', '20.20.2', '22.22.0'])(
    'answers Node %s in one line and ends with 1',
    async (version) => {
      const refused = run(process.execPath, [...pretending(version), outfile, '--version']);
      await expect(refused).rejects.toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(refusal) });
    },
  );

  it.each(older)('answers the old %s on this machine in one line and ends with 1', async (node) => {
    const refused = run(node, [outfile, '--version']);
    await expect(refused).rejects.toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(refusal) });
  });

  it('imports nothing statically that an old Node might lack', async () => {
    const source = await readFile(outfile, 'utf8');
    expect(source.match(/^import .*$/gm)).toEqual(["import { createRequire } from 'node:module';"]);
  });

  it('names a built-in that is missing only when it is used', async () => {
    const entry = join(directory, 'entry.ts');
    await writeFile(entry, "import { notThere } from 'node:util';\nconsole.log(typeof notThere);\n");
    const file = join(directory, 'missing.js');
    await bundle({ entry, outfile: file });
    const { stdout } = await run(process.execPath, [file]);
    expect(stdout).toBe('undefined\n');
  });

  it('carries the licence of every package whose code it has', () => {
    expect(built.packages).toBeGreaterThan(0);
    expect(built.licences.split(`\n${'-'.repeat(80)}\n`)).toHaveLength(built.packages);
    expect(built.licences).toContain('Copyright');
    expect(built.licences).toMatch(/^undici \d+\.\d+\.\d+ \(MIT\)$/m);
  });
});
