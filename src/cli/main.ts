// From the command line to a command and its exit code.
import { readFileSync } from 'node:fs';
import { helpText, parseOptions } from '../options.ts';
import { version } from '../version.ts';

export interface CommandLine {
  /** Without the program's own name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Resolves to the exit code: 0 done, 1 failed, 2 a mistake in the command line or the environment. */
export async function main({ argv, env }: CommandLine): Promise<number> {
  const invocation = parseOptions({ argv, env, ...podNamespace() });
  if (!invocation.ok) {
    process.stderr.write(`${invocation.message}\n`);
    return invocation.exitCode;
  }
  if (invocation.command === 'run') {
    // Late, since it loads the whole program: help and complaints come at once.
    const { run } = await import('./run.ts');
    return run(invocation.options);
  }
  if (invocation.command === 'release-nodes') {
    const { releaseNodes } = await import('./release-nodes.ts');
    return releaseNodes(invocation.options);
  }
  process.stdout.write(invocation.command === 'help' ? helpText() : `${version}\n`);
  return 0;
}

// Kubernetes puts it beside the service account's token of every pod that has one.
const namespaceFile = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

function podNamespace(): { readonly podNamespace?: string } {
  try {
    return { podNamespace: readFileSync(namespaceFile, 'utf8').trim() };
  } catch {
    // Not in a pod, or in one without a token.
    return {};
  }
}
