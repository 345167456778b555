// The real helm, with a home of its own: nothing of the person who runs the suite reaches it.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { binaryOf } from '../../hack/tools/binaries.ts';

export class HelmFailed extends Error {
  readonly code = 'HelmFailed';
}

export interface HelmOptions {
  /** With the file `kubeconfig` in it; helm's own files go here too. */
  readonly home: string;
  readonly signal: AbortSignal;
}

/** What helm printed. Throws HelmFailed with its complaint. */
export async function helm(words: readonly string[], { home, signal }: HelmOptions): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(binaryOf('helm'), [...words], {
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
    throw new HelmFailed(`Cannot helm ${words.join(' ')}: ${complaint.trim()}`, { cause });
  }
}
