// `npm run tools [-- NAME...]`: builds the real control plane and the chart's tools into .tools/bin, from source.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { binDir } from './binaries.ts';
import { isToolName, moduleDir, type Tool, toolNames, toolOf } from './catalogue.ts';
import { BuildFailed, compile } from './compile.ts';
import { startProgress } from './progress.ts';
import { dropStamp, isUpToDate, stampOf, writeStamp } from './stamp.ts';

class GoMissing extends Error {
  readonly code = 'GoMissing';
}

/** One tool, made ready. Answers in words how; nothing when the progress of its build has said so. */
async function provide(tool: Tool, assets: string | undefined, signal: AbortSignal): Promise<string | undefined> {
  const target = join(binDir, tool.name);
  const ready = assets === undefined ? undefined : join(resolve(assets), tool.name);
  if (ready !== undefined && existsSync(ready)) {
    await dropStamp(tool);
    await rm(target, { force: true });
    await symlink(ready, target);
    return `taken from ${ready}`;
  }
  const stamp = await stampOf(tool, await goVersion());
  if (await isUpToDate(tool, stamp)) return 'up to date';
  const progress = startProgress(tool.name, process.stderr);
  await compile(tool, { target, onPackage: () => progress.step(), signal });
  await writeStamp(tool, stamp);
  progress.done('built in');
  return undefined;
}

/** Version, system and architecture of the compiler that the module selects. */
async function goVersion(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('go', ['version'], { cwd: moduleDir });
    return stdout.trim();
  } catch (cause) {
    throw new GoMissing('Cannot build the tools: `go version` failed; install Go 1.24 or newer (https://go.dev/dl)', {
      cause,
    });
  }
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !isToolName(name));
if (unknown.length > 0) {
  console.error(`Cannot build "${unknown.join('", "')}": the tools are ${toolNames.join(', ')}`);
  process.exit(2);
}
const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort());
await mkdir(binDir, { recursive: true });
try {
  for (const name of asked.length > 0 ? asked.filter(isToolName) : toolNames) {
    const how = await provide(toolOf(name), process.env['KUBEBUILDER_ASSETS'], interrupted.signal);
    if (how !== undefined) console.log(`${name.padEnd(24)} ${how}`);
  }
} catch (error) {
  process.exitCode = 1;
  if (interrupted.signal.aborted) console.error('Interrupted');
  else if (error instanceof BuildFailed || error instanceof GoMissing) console.error(error.message);
  else throw error;
}
