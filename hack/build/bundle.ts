// Makes one file of the program and all that it imports.
import { chmod } from 'node:fs/promises';
import { build } from 'esbuild';
import { builtinsThroughRequire } from './builtins.ts';
import { licencesOf } from './licences.ts';

export interface Bundle {
  readonly bytes: number;
  readonly packages: number;
  /** The licences of the packages in the bundle. */
  readonly licences: string;
}

// So that it runs by its name, also as a plugin of kubectl. CommonJS packages call require, which an ES module does not have.
const banner = `#!/usr/bin/env node
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);`;

/** Writes `outfile`, which can be run, and its source map. */
export async function bundle({
  entry,
  outfile,
}: {
  readonly entry: string;
  readonly outfile: string;
}): Promise<Bundle> {
  const { metafile } = await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // Old enough that an old Node can read the file up to the check of its version.
    target: 'node18',
    conditions: ['node', 'import'],
    banner: { js: banner },
    plugins: [builtinsThroughRequire],
    minifySyntax: true,
    sourcemap: true,
    // Whoever follows the map has the sources; with them in it, it would be larger than the bundle.
    sourcesContent: false,
    metafile: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  await chmod(outfile, 0o755);
  const { packages, text } = await licencesOf(Object.keys(metafile.inputs));
  const bytes = Object.entries(metafile.outputs)
    .filter(([file]) => file.endsWith('.js'))
    .reduce((sum, [, output]) => sum + output.bytes, 0);
  return { bytes, packages, licences: text };
}
