// The last questions before what nobody asked for is done to a live claim: to the API server and to Azure themselves.
import { nodes as nodesResource } from '../apis/resource.ts';
import type { KubeObject } from '../apis/wire.ts';
import type { KubeClient } from '../kube/client.ts';
import { isOfAzure } from './arm-outcome.ts';
import type { Hands } from './arm-outcome.ts';
import { permits } from './gate.ts';
import type { GatedAct } from './gate.ts';
import type { DecideInput } from './input.ts';
import { poolOfNode } from './observe.ts';

/**
 * How long the answer holds back what was decided: a Ready Node that our cache does not show, or not as Ready, shows itself
 * within moments, or is another's; the gate is told of what closed it.
 */
const holdMs = 60_000;

/**
 * Whether the pool has no Ready Node and the gate still permits `act`. If not, ARM writes for the claim are held for a
 * moment, so that the question is not asked in a hot loop.
 */
export async function mayStill<T extends KubeObject>(
  act: GatedAct,
  { claim, now, poolName }: DecideInput,
  { context, memories, pass }: Hands<T>,
): Promise<boolean> {
  if (!(await hasReadyNode(poolName, context.kube, pass.signal)) && (await isPermitted())) return true;
  memories.note(claim.uid, now, { holdUntil: { ms: now.ms + holdMs, apiMs: now.apiMs + holdMs } });
  return false;

  async function isPermitted(): Promise<boolean> {
    const { confirmGate, gate } = context;
    if (confirmGate === undefined) return permits(gate(), act);
    try {
      return permits(await confirmGate({ signal: pass.signal }), act);
    } catch (error) {
      if (isOfAzure(error)) return false;
      throw error;
    }
  }
}

/**
 * A Node that joined late makes a failed pool a working one (karpenter-provider-azure#1907). Whose it is, or whether it is
 * being deleted, changes nothing: work may run on it.
 */
async function hasReadyNode(poolName: string, kube: Pick<KubeClient, 'list'>, signal: AbortSignal): Promise<boolean> {
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
