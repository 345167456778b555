// The first half of a recreation: the claim forgets its Node before its pool goes, so that a crash in between is found out.
import type { Claim } from '../apis/claim.ts';
import type { KubeObject } from '../apis/wire.ts';
import type { Hands } from './arm-outcome.ts';
import { NotLeading } from './context.ts';
import type { Step } from './decision.ts';
import { tell } from './events.ts';
import type { DecideInput } from './input.ts';
import { mayStill } from './last-questions.ts';
import { reasons } from './reasons.ts';

type Recreate = Extract<Step, { readonly do: 'recreate' }>;

/** Nothing goes to ARM. Resolves with the claim as it is afterwards. Throws what the API server refused, and NotLeading. */
export async function recreate<T extends KubeObject>(
  { intent, poolIsGone, record, why }: Recreate,
  input: DecideInput,
  hands: Hands<T>,
): Promise<Claim> {
  const { claim, poolName } = input;
  const { context, pass, writer } = hands;
  if (!(await mayStill('replace', input, hands))) return claim;
  if (!pass.term.mayWrite()) throw new NotLeading();
  // Where a DELETE follows, that is the act; here the next request to ARM is the PUT.
  if (poolIsGone) context.restraint.note(poolName);
  const written = await writer.metadata(claim, { record, ...(intent === undefined ? {} : { intent }) }, pass.signal);
  const hasNode = input.nodes.some(({ uid }) => uid === input.record?.boundUid);
  context.disrupted?.(claim.kind, hasNode ? 'unhealthy' : 'instance_gone');
  context.log.info({ claim: claim.name, pool: poolName, poolIsGone, why }, 'agent pool is replaced');
  tell(context, claim, {
    type: 'Warning',
    reason: reasons.Replacing,
    message: `Agent pool "${poolName}" is replaced for the same ${claim.kind}: ${why}`,
  });
  return written;
}
