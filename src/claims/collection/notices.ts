// What people hear of pools and Nodes without a claim: events on the controller's lease, since pools are no objects.
import type { AgentPool } from '../../azure/pool.ts';
import { reasons } from '../reasons.ts';
import type { CollectionContext } from './context.ts';
import type { OrphanDecision } from './decide-orphan.ts';
import { usdPerHourOf } from './ledger.ts';
import type { Orphan } from './orphans.ts';

type Told = Pick<CollectionContext, 'events' | 'lease' | 'log'>;

export function tellOfLease(
  { events, lease }: Pick<Told, 'events' | 'lease'>,
  note: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string },
): void {
  const regarding = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', uid: '', ...lease };
  events.record({ regarding, ...note });
}

/** Each thing once for as long as the pool stays an orphan. */
export function tellOfOrphan(context: Told, pool: AgentPool, orphan: Orphan, { row, why }: OrphanDecision): void {
  const { reason } = why;
  if (reason !== reasons.OrphanPool && reason !== reasons.OrphanPoolInUse) return;
  if (orphan.told.has(reason)) return;
  orphan.told.add(reason);
  const message = reason === reasons.OrphanPool ? `${why.message} (${billOf(pool)})` : why.message;
  context.log.warn({ pool: pool.name, row, owner: orphan.owner, vmSize: pool.vmSize }, 'agent pool without a claim');
  tellOfLease(context, { type: 'Warning', reason, message });
}

function billOf(pool: AgentPool): string {
  const price = usdPerHourOf(pool);
  const cost = price === undefined ? 'price unknown' : `about ${price.toFixed(2)} USD an hour`;
  return `${pool.count} of ${pool.vmSize}, ${cost}`;
}
