// Deleting a claim because its instance is gone: only where `--on-instance-gone=delete-claim` asks for it (row B11).
import type { Claim } from '../apis/claim.ts';
import type { KubeObject } from '../apis/wire.ts';
import type { Hands } from './arm-outcome.ts';
import { NotLeading } from './context.ts';
import { tell } from './events.ts';
import type { DecideInput } from './input.ts';
import { mayStill } from './last-questions.ts';
import { reasons } from './reasons.ts';

/** One DELETE under the claim's uid, so that one of the same name that was made since stays. */
export async function deleteClaim<T extends KubeObject>(
  input: DecideInput,
  hands: Hands<T>,
): Promise<Claim | 'nothing'> {
  const { claim, poolName } = input;
  const { context, pass } = hands;
  if (!(await mayStill('replace', input, hands))) return claim;
  const { name, uid } = claim;
  if (!pass.term.mayWrite()) throw new NotLeading();
  context.restraint.note(poolName);
  await context.kube.delete(context.adapter.resource, { name }, { preconditions: { uid }, signal: pass.signal });
  context.disrupted?.(claim.kind, 'instance_gone');
  context.log.info({ claim: name, pool: poolName }, 'claim deleted: its instance is gone');
  const message = `The instance in agent pool "${poolName}" is gone, so the ${claim.kind} was deleted (--on-instance-gone)`;
  tell(context, claim, { type: 'Warning', reason: reasons.InstanceGone, message });
  // The watch shows the deletion within moments; deciding on what was known before would delete it again.
  return 'nothing';
}
