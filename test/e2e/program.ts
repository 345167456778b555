// The real helm and kubectl, with a home of their own: nothing of the person who runs the suite reaches them.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { binaryOf } from '../../hack/tools/binaries.ts';

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
  { home, signal }: ProgramOptions,
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(binaryOf(name), [...words], {
      signal,
      env: {
        HOME: home,
        KUBECONFIG: join(home, 'kubeconfig'),
        HELM_CACHE_HOME: join(home, 'helm-cache'),
        HELM_CONFIG_HOME: join(home, 'helm-config'),
        HELM_DATA_HOME: join(home, 'helm-data'),
        NO_PROXY: '127.0.0.1,localhost',
      },
    });
    return stdout;
  } catch (cause) {
    signal.throwIfAborted();
    const complaint = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : String(cause);
    throw new ProgramFailed(`Cannot ${name} ${words.join(' ')}: ${complaint.trim()}`, { cause });
  }
}
