// The first half of a recreation: the claim forgets its Node before its pool goes, so that a crash in between is found out.
import type { Claim } from '../apis/claim.ts';
import type { KubeObject } from '../apis/wire.ts';
import type { Hands } from './arm-outcome.ts';
import { NotLeading } from './context.ts';
import type { Step } from './decision.ts';
import type { DecideInput } from './input.ts';
import { hasReadyNode } from './ready-node.ts';

type Recreate = Extract<Step, { readonly do: 'recreate' }>;

/** So long a Ready Node that our cache does not show, or not as Ready, is given to show itself. */
const readyNodeHoldMs = 15_000;

/** Nothing goes to ARM. Resolves with the claim as it is afterwards. Throws what the API server refused, and NotLeading. */
export async function recreate<T extends KubeObject>(
  { intent, poolIsGone, record }: Recreate,
  input: DecideInput,
  { context, memories, pass, writer }: Hands<T>,
): Promise<Claim> {
  const { claim, now, poolName } = input;
  if (await hasReadyNode(poolName, context.kube, pass.signal)) {
    const holdUntil = { ms: now.ms + readyNodeHoldMs, apiMs: now.apiMs + readyNodeHoldMs };
    memories.note(claim.uid, now, { holdUntil });
    return claim;
  }
  if (!pass.term.mayWrite()) throw new NotLeading();
  // Where a DELETE follows, that is the act; here the next request to ARM is the PUT.
  if (poolIsGone) context.restraint.note(poolName);
  const written = await writer.metadata(claim, { record, ...(intent === undefined ? {} : { intent }) }, pass.signal);
  context.log.info({ claim: claim.name, pool: poolName, poolIsGone }, 'agent pool is replaced');
  return written;
}
