// The real helm and kubectl, with a home of their own: nothing of the person who runs the suite reaches them.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { binaryOf, binDir } from '../../hack/tools/binaries.ts';

const root = join(import.meta.dirname, '../..');

class ProgramFailed extends Error {
  readonly code = 'ProgramFailed';
}

export interface ProgramOptions {
  /** With the file `kubeconfig` in it; helm's own files go here too. */
  readonly home: string;
  readonly signal: AbortSignal;
}

/** What it printed. Throws ProgramFailed with its complaint. */
export async function run(
  name: 'helm' | 'kubectl',
  words: readonly string[],
  options: ProgramOptions,
): Promise<string> {
  return finish({ file: binaryOf(name), words, called: `${name} ${words.join(' ')}` }, options);
}

/** A line of our pages as a reader's shell runs it, in the project's folder. Throws ProgramFailed with its complaint. */
export async function runLine(
  line: string,
  { variables = {}, ...options }: ProgramOptions & { readonly variables?: Readonly<Record<string, string>> },
): Promise<string> {
  // Others may be on the PATH.
  for (const name of ['helm', 'kubectl'] as const) binaryOf(name);
  const env = { PATH: `${binDir}:${process.env['PATH'] ?? ''}`, ...variables };
  return finish({ file: '/bin/sh', words: ['-eu', '-c', line], called: line, env }, options);
}

interface Program {
  readonly file: string;
  readonly words: readonly string[];
  /** For the complaint. */
  readonly called: string;
  readonly env?: Readonly<Record<string, string>>;
}

async function finish({ file, words, called, env }: Program, { home, signal }: ProgramOptions): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(file, [...words], {
      signal,
      cwd: root,
      env: {
        HOME: home,
        KUBECONFIG: join(home, 'kubeconfig'),
        HELM_CACHE_HOME: join(home, 'helm-cache'),
        HELM_CONFIG_HOME: join(home, 'helm-config'),
        HELM_DATA_HOME: join(home, 'helm-data'),
        NO_PROXY: '127.0.0.1,localhost',
        ...env,
      },
    });
    return stdout;
  } catch (cause) {
    signal.throwIfAborted();
    const complaint = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : String(cause);
    throw new ProgramFailed(`Cannot ${called}: ${complaint.trim()}`, { cause });
  }
}
