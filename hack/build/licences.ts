// The licences of everything that a bundle contains, since whoever ships it must ship them too.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Package {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly directory: string;
}

class LicenceMissing extends Error {
  readonly code = 'LicenceMissing';
}

/**
 * One text with the name, version and licence of each package that a file of `inputs` (paths from esbuild's metafile)
 * belongs to. Throws LicenceMissing for a package that names none.
 */
export async function licencesOf(
  inputs: readonly string[],
): Promise<{ readonly packages: number; readonly text: string }> {
  const directories = new Set(inputs.flatMap((input) => packageDirectory(input) ?? []));
  const packages = await Promise.all([...directories].map(readPackage));
  const sorted = packages.toSorted((a, b) => a.name.localeCompare(b.name) || a.version.localeCompare(b.version));
  const entries = await Promise.all(sorted.map(entry));
  return { packages: sorted.length, text: entries.join(`\n${'-'.repeat(80)}\n\n`) };
}

/** `.../node_modules/name` or `.../node_modules/@scope/name`, by the innermost node_modules. */
function packageDirectory(input: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0];
}

async function readPackage(directory: string): Promise<Package> {
  const manifest: unknown = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
  const { name, version, license } = Object(manifest);
  if (typeof license !== 'string')
    throw new LicenceMissing(`Cannot name the licence of ${directory}: package.json has none`);
  return { name: String(name), version: String(version), licence: license, directory };
}

async function entry({ name, version, licence, directory }: Package): Promise<string> {
  const files = await readdir(directory);
  const texts = files.filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file));
  const contents = await Promise.all(texts.toSorted().map((file) => readFile(join(directory, file), 'utf8')));
  return [`${name} ${version} (${licence})`, ...contents.map((content) => content.trim()), ''].join('\n\n');
}
