// Whether a pool has a Ready Node now, by the API server's own word: the last question before a live claim's pool goes.
import { nodes as nodesResource } from '../apis/resource.ts';
import type { KubeClient } from '../kube/client.ts';
import { poolOfNode } from './observe.ts';

/**
 * A Node that joined late makes a failed pool a working one (karpenter-provider-azure#1907). Whose it is, or whether it is
 * being deleted, changes nothing: work may run on it.
 */
export async function hasReadyNode(
  poolName: string,
  kube: Pick<KubeClient, 'list'>,
  signal: AbortSignal,
): Promise<boolean> {
  const { items } = await kube.list(nodesResource, {
    labelSelector: `kubernetes.azure.com/agentpool=${poolName}`,
    signal,
  });
  return items.some(
    (node) =>
      poolOfNode(node) === poolName &&
      node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true,
  );
}
