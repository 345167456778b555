// Says whether a built program is still what go.mod asks for.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { binDir, toolsDir } from './binaries.ts';
import { moduleDir, type Tool } from './catalogue.ts';
import { buildArguments } from './compile.ts';

const stampsDir = `${toolsDir}stamps/`;

/** Changes when anything changes that the program is made of: versions, checksums, compiler, flags. */
export async function stampOf(tool: Tool, goVersion: string): Promise<string> {
  const hash = createHash('sha256')
    .update(goVersion)
    .update(JSON.stringify([tool, buildArguments(tool)]));
  for (const file of ['go.mod', 'go.sum']) hash.update(await readFile(`${moduleDir}${file}`));
  return hash.digest('hex');
}

export async function isUpToDate(tool: Tool, stamp: string): Promise<boolean> {
  if (!existsSync(`${binDir}${tool.name}`)) return false;
  const path = `${stampsDir}${tool.name}`;
  return existsSync(path) && (await readFile(path, 'utf8')) === stamp;
}

export async function writeStamp(tool: Tool, stamp: string): Promise<void> {
  await mkdir(stampsDir, { recursive: true });
  await writeFile(`${stampsDir}${tool.name}`, stamp);
}

/** A program that somebody else made has no stamp of ours. */
export async function dropStamp(tool: Tool): Promise<void> {
  await rm(`${stampsDir}${tool.name}`, { force: true });
}
