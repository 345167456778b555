// The deletion of an orphan: a live look that shows the same owner, and one DELETE that names the version it showed (E7).
import type { AgentPool } from '../../azure/pool.ts';
import { causeOf } from '../../azure/causes.ts';
import type { Cause } from '../../azure/cause.ts';
import { readOwnerTags } from '../../azure/tags.ts';
import { holdFor, isOfAzure } from '../arm-outcome.ts';
import type { Pass } from '../context.ts';
import { permits } from '../gate.ts';
import { instantOf } from '../observe.ts';
import { reasons } from '../reasons.ts';
import { causeText } from '../refusal.ts';
import { sendDelete } from '../send-delete.ts';
import type { CollectionContext } from './context.ts';
import { tellOfLease } from './notices.ts';
import type { Orphan } from './orphans.ts';

/** At most one DELETE. Whatever stands in the way is told or noted; throws NotLeading when nothing may be sent any more. */
export async function deleteOrphan(
  { name }: Pick<AgentPool, 'name'>,
  orphan: Orphan,
  context: CollectionContext,
  pass: Pass,
): Promise<void> {
  const { inventory, log, restraint, confirmGate } = context;
  try {
    if (!permits(await confirmGate({ signal: pass.signal }), 'collect')) return;
    const look = await inventory.refresh(name, { signal: pass.signal });
    if (look.seen !== 'present' || !isStill(look.pool, orphan) || look.pool.etag === undefined) return;
    const request = { poolName: name, etag: look.pool.etag, ignorePodDisruptionBudget: true };
    const answer = await sendDelete(request, { inventory, pass, onSend: () => restraint.note(name) });
    if (answer !== 'accepted') {
      refused(answer, name, orphan, context);
      return;
    }
  } catch (error) {
    if (!isOfAzure(error)) throw error;
    refused(causeOf(error), name, orphan, context);
    return;
  }
  context.onDeleted?.();
  const { kind, name: owner } = orphan.owner;
  log.info({ pool: name, owner: orphan.owner }, 'agent pool without a claim: deletion requested');
  tellOfLease(context, {
    type: 'Normal',
    reason: reasons.OrphanPoolDeleted,
    message: `Azure accepted the deletion of agent pool "${name}", whose ${kind} "${owner}" is gone`,
  });
}

/** A pool whose tags were changed since is another question, and one that goes needs no DELETE. */
function isStill({ phase, tags }: AgentPool, { owner }: Orphan): boolean {
  const { kind, name, uid } = readOwnerTags(tags) ?? {};
  return phase !== 'deleting' && uid === owner.uid && kind === owner.kind && name === owner.name;
}

function refused(cause: Cause, pool: string, orphan: Orphan, context: CollectionContext): void {
  const now = instantOf(context);
  // A newer version of the pool is looked at with the next pass.
  orphan.holdUntilMs = cause.kind === 'precondition' ? now.ms : holdFor(cause, now, context.random).ms;
  context.log.warn({ pool, reason: cause.reason, detail: cause.detail }, 'agent pool without a claim not deleted');
  if (cause.kind === 'precondition' || cause.kind === 'unknownOutcome') return;
  tellOfLease(context, {
    type: 'Warning',
    reason: reasons.OrphanPoolNotDeleted,
    message: `Cannot delete agent pool "${pool}", whose claim is gone: ${causeText(cause)}`,
  });
}
