// What every command for people does first: finds the cluster, and makes a client that ends with the command.
import { systemClock } from '../../clock.ts';
import { KubeConfigInvalid, loadCluster } from '../../kube/config.ts';
import { createKubeClient } from '../../kube/rest-client.ts';
import type { RestClient } from '../../kube/rest-client.ts';
import { createMetrics } from '../../observability/metrics.ts';
import { version } from '../../version.ts';

export interface Asking {
  readonly kube: RestClient;
  readonly signal: AbortSignal;
}

// A person waits: no question has so many objects that this would be felt, and no server minds.
const limits = { qps: 50, burst: 100 } as const;

/**
 * Resolves to what `answer` says, which is the exit code: 1 where the cluster could not be asked, 2 where the kubeconfig
 * cannot be used, with a line on stderr.
 */
export async function ask(
  { context, kubeconfig }: { readonly kubeconfig?: string; readonly context?: string },
  answer: (asking: Asking) => Promise<number>,
): Promise<number> {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(new Error('Interrupted'));
  process.once('SIGINT', interrupt);
  try {
    const { credentials } = loadCluster({ env: { ...process.env, KUBECONFIG: kubeconfig }, context });
    await using resources = new AsyncDisposableStack();
    const kube = resources.adopt(
      createKubeClient({
        credentials,
        clock: systemClock,
        metrics: createMetrics(),
        ...limits,
        userAgent: `gpu-provisioner/${version}`,
      }),
      (client) => client.close(),
    );
    return await answer({ kube, signal: stop.signal });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof KubeConfigInvalid ? 2 : 1;
  } finally {
    process.off('SIGINT', interrupt);
  }
}
