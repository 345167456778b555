// Deleting a claim because its instance is gone: only where `--on-instance-gone=delete-claim` asks for it (row B11).
import type { KubeObject } from '../apis/wire.ts';
import type { Hands } from './arm-outcome.ts';
import type { DecideInput } from './input.ts';
import { NotLeading } from './context.ts';

/** One DELETE under the claim's uid, so that one of the same name that was made since stays. */
export async function deleteClaim<T extends KubeObject>(
  { claim: { name, uid }, poolName }: DecideInput,
  { context, pass }: Hands<T>,
): Promise<void> {
  const { adapter, kube, log, restraint } = context;
  if (!pass.term.mayWrite()) throw new NotLeading();
  restraint.note(poolName);
  await kube.delete(adapter.resource, { name }, { preconditions: { uid }, signal: pass.signal });
  log.info({ claim: name, pool: poolName }, 'claim deleted: its instance is gone');
}
