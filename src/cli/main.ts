// From the command line to a command and its exit code.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { helpText, parseOptions } from '../options.ts';
import { version } from '../version.ts';
import { say } from './printing/say.ts';

export interface CommandLine {
  /** Without the program's own name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The file that was called, for the usage. */
  readonly file?: string | undefined;
}

/** Resolves to the exit code: 0 done, 1 failed, 2 a mistake in the command line or the environment, 3 a finding. */
export async function main({ argv, env, file }: CommandLine): Promise<number> {
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
  if (invocation.command === 'status') {
    const { status } = await import('./status/status.ts');
    return status(invocation.options);
  }
  if (invocation.command === 'why') {
    const { why } = await import('./why/why.ts');
    return why(invocation.options);
  }
  if (invocation.command === 'doctor') {
    const { doctor } = await import('./doctor/doctor.ts');
    return doctor(invocation.options);
  }
  if (invocation.command === 'completion') {
    const { completion } = await import('./completion.ts');
    return completion(invocation.shell);
  }
  await say(invocation.command === 'version' ? `${version}\n` : helpText({ ...invocation, program: programOf(file) }));
  return 0;
}

/** kubectl runs a file of this name as its plugin. */
const pluginName = 'kubectl-gpu_provisioner';

function programOf(file = ''): string {
  return basename(file).startsWith(pluginName) ? 'kubectl gpu_provisioner' : 'gpu-provisioner';
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
