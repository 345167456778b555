// The kind of claims that Workspaces ask for, as a person changes it in a cluster where the chart is installed.
import type { WorkspaceClaims } from '../support/world-back-end.ts';
import { release, scalePods, type Cluster } from './cluster.ts';
import { run } from './program.ts';

/** Its roles allow that kind then, and not the other. */
export async function askFor(claims: WorkspaceClaims, { api, home }: Cluster, signal: AbortSignal): Promise<void> {
  const chart = ['charts/gpu-provisioner', '--namespace', release];
  const values = ['--reuse-values', '--set', `workspace.claims=${claims}`];
  await run('helm', ['upgrade', release, ...chart, ...values], { home, signal });
  // An upgrade puts their number back.
  await scalePods(api, 0, signal);
}
