// One run of the Go compiler: a main package in, a program out.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { moduleDir, type Tool } from './catalogue.ts';

export class BuildFailed extends Error {
  readonly code = 'BuildFailed';
}

// Enough for every error that go prints before it gives up.
const keptLines = 30;

/** The arguments of `go` that make a tool. They are part of what a stamp covers. */
export function buildArguments(tool: Tool): readonly string[] {
  const linkerFlags = ['-s', '-w', ...tool.stamped.flatMap((value) => ['-X', value])].join(' ');
  return ['build', '-v', '-mod=readonly', '-trimpath', '-buildvcs=false', '-ldflags', linkerFlags];
}

/**
 * Compiles `tool` to `target`, which appears complete or not at all. `onPackage` is called for each package that was
 * not in the build cache. Throws BuildFailed with the last lines of the compiler.
 */
export async function compile(
  tool: Tool,
  options: { readonly target: string; readonly onPackage: () => void; readonly signal: AbortSignal },
): Promise<void> {
  const unfinished = `${options.target}.${process.pid}`;
  const go = spawn('go', [...buildArguments(tool), '-o', unfinished, tool.mainPackage], {
    cwd: moduleDir,
    // Without cgo the programs need no C compiler to build and no C library to run.
    env: { ...process.env, CGO_ENABLED: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
    signal: options.signal,
  });
  const said: string[] = [];
  createInterface({ input: go.stderr }).on('line', (line) => {
    // `-v` prints import paths, one a line; all else is for people.
    if (/^[\w.-]+(?:\/[\w.-]+)*$/.test(line)) options.onPackage();
    else said.push(line);
    if (said.length > keptLines) said.shift();
  });
  try {
    const [status] = await once(go, 'close');
    if (status !== 0) throw new BuildFailed(`Cannot build "${tool.name}": go ended with ${status}\n${said.join('\n')}`);
    await rename(unfinished, options.target);
  } finally {
    await rm(unfinished, { force: true });
  }
}
