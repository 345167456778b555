// The command before uninstalling: ends the controller, then frees its Nodes. Claims and pools stay as they are.
import { freeNodes } from '../claims/free-nodes.ts';
import { systemClock } from '../clock.ts';
import { KubeConfigInvalid, loadCluster } from '../kube/config.ts';
import { createKubeClient } from '../kube/rest-client.ts';
import { createLogger } from '../observability/logger.ts';
import type { Logger } from '../observability/logger.ts';
import { createMetrics } from '../observability/metrics.ts';
import type { ReleaseNodesOptions } from '../options.ts';
import { version } from '../version.ts';
import { exitOnCrash } from './crash.ts';
import { stopDeployment } from './stop-deployment.ts';
import { stopSignal } from './stop-signal.ts';

// A cluster has thousands of Nodes at most, and each is one patch.
const limits = { qps: 50, burst: 100 } as const;

/** Resolves to the exit code: 0 done, also when there was nothing to do; 1 failed; 2 the kubeconfig cannot be used. */
export async function releaseNodes(options: ReleaseNodesOptions): Promise<number> {
  const log = createLogger({ level: options.logLevel });
  exitOnCrash(log);
  try {
    const freed = await release(options, { log, signal: stopSignal(log) });
    log.info({ nodes: freed }, 'nodes released');
    return 0;
  } catch (error) {
    if (error instanceof KubeConfigInvalid) {
      log.fatal(error.message);
      return 2;
    }
    log.fatal({ err: error }, 'nodes not released');
    return 1;
  }
}

async function release(
  options: ReleaseNodesOptions,
  { log, signal }: { readonly log: Logger; readonly signal: AbortSignal },
): Promise<number> {
  const clock = systemClock;
  const { credentials } = loadCluster({ env: { ...process.env, KUBECONFIG: options.kubeconfig } });
  await using resources = new AsyncDisposableStack();
  const kube = resources.adopt(
    createKubeClient({
      credentials,
      clock,
      metrics: createMetrics(),
      ...limits,
      userAgent: `gpu-provisioner/${version}`,
    }),
    (client) => client.close(),
  );
  const deployment = { name: options.deploymentName, namespace: options.deploymentNamespace };
  await stopDeployment(deployment, { kube, clock, log, signal, timeoutMs: options.stopTimeoutMs });
  return await freeNodes({ kube, clock, log, signal });
}
