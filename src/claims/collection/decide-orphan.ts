// Table E of the lifecycle: a pool that was made for a claim, and no live claim has it (docs/lifecycle.md).
import type { ClaimIdentity } from '../../apis/claim.ts';
import type { AgentPool } from '../../azure/pool.ts';
import type { Why } from '../faces.ts';
import { permits } from '../gate.ts';
import type { Gate } from '../gate.ts';
import type { Policies } from '../policies.ts';
import { reasons } from '../reasons.ts';
import type { ClaimAnswer } from './owner-source.ts';

/** The rows of the table; each test and each log line names one. */
export const orphanRows = ['E1', 'E2', 'E3', 'E4', 'E5', 'E6', 'E7', 'E8'] as const;
export type OrphanRow = (typeof orphanRows)[number];

/** What the ledger calls a pool. `unknown`: its claims cannot be known now. */
export const ownerships = ['owned', 'orphan', 'orphan_in_use', 'ambiguous', 'foreign', 'unknown'] as const;
export type Ownership = (typeof ownerships)[number];

/** A pod that uses a GPU of an orphan keeps it for so long; then its bill is the greater harm. */
const inUseMs = 24 * 60 * 60_000;

export interface OrphanView {
  readonly pool: AgentPool;
  readonly standing:
    | { readonly is: 'ambiguous'; readonly why: string }
    | { readonly is: 'tagged'; readonly owner: ClaimIdentity };
  /** Every kind of claim that could have a hand in it can be known. */
  readonly known: boolean;
  /** What the API server said of the claim since the pool became an orphan; `fresh`: in this very pass. */
  readonly claim: { readonly answer: ClaimAnswer; readonly fresh: boolean } | undefined;
  /** By our own clock, since it was first seen without its claim. */
  readonly orphanForMs: number;
  /** Asked for when everything else speaks for the deletion; a text names a pod. */
  readonly use: 'notAsked' | 'none' | { readonly by: string } | { readonly unknown: string };
  /** Orphans in this pass, this one among them, and how many of them may be deleted in one go. */
  readonly orphans: number;
  readonly breaker: number;
  readonly orphanGraceMs: number;
  readonly gate: Gate;
  readonly policies: Pick<Policies, 'allowMassDeletion' | 'orphans' | 'paused' | 'reportOnly'>;
}

type OrphanStep =
  | { readonly do: 'nothing' }
  /** One look at the API server, and decide again. */
  | { readonly do: 'askClaim' }
  | { readonly do: 'askPods' }
  /** As soon as restraint lets it: a live look at the pool, and one DELETE that names its version. */
  | { readonly do: 'delete' };

export interface OrphanDecision {
  readonly row: OrphanRow;
  readonly step: OrphanStep;
  readonly ledger: Ownership;
  /** Why nothing is done, or what is. */
  readonly why: Why;
}

const nothing = { do: 'nothing' } as const;

/** First match wins. */
export function decideOrphan(view: OrphanView): OrphanDecision {
  const { standing } = view;
  if (standing.is === 'ambiguous')
    return at('E8', 'ambiguous', { reason: reasons.PoolAmbiguous, message: `It is never deleted: ${standing.why}` });
  const { claim, known, pool } = view;
  const owner = `${standing.owner.kind} "${standing.owner.name}"`;
  if (!known) return unknown(`nothing is known of ${standing.owner.kind}s or of the claims that own its Nodes`);
  if (claim === undefined) return { ...unknown('the API server is asked'), step: { do: 'askClaim' } };
  if (!claim.answer.known) return unknown(claim.answer.why);
  if (claim.answer.uid === standing.owner.uid)
    return at('E2', 'owned', { reason: reasons.ClaimLives, message: `${owner} is there; only our cache was behind` });

  const gone = claim.answer.uid === undefined ? 'is gone' : 'is another one of that name today';
  const orphan: Why = {
    reason: reasons.OrphanPool,
    message: `Agent pool "${pool.name}" was made for ${owner}, which ${gone}`,
  };
  const held = heldBack(view);
  if (held !== undefined) return at('E3', 'orphan', { ...orphan, message: `${orphan.message}; ${held}` });
  if (view.orphans > view.breaker && !view.policies.allowMassDeletion)
    return at('E4', 'orphan', {
      reason: reasons.MassOrphan,
      message: `${view.orphans} agent pools have lost their claims and ${view.breaker} may be deleted at once, so none is: look for one cause of them all, or set --allow-mass-deletion`,
    });
  if (pool.phase === 'deleting')
    return at('E5', 'orphan', { ...orphan, message: `${orphan.message}; Azure is deleting it` });
  if (view.orphanForMs < inUseMs) {
    const { use } = view;
    if (use === 'notAsked') return { ...at('E6', 'orphan', orphan), step: { do: 'askPods' } };
    if (use !== 'none') {
      const why = 'by' in use ? `pod ${use.by} uses its GPUs` : `its pods are not known: ${use.unknown}`;
      const message = `${orphan.message}; ${why}, so it stays for a day at most`;
      return at('E6', 'by' in use ? 'orphan_in_use' : 'orphan', { reason: reasons.OrphanPoolInUse, message });
    }
  }
  const step = claim.fresh ? ({ do: 'delete' } as const) : ({ do: 'askClaim' } as const);
  return { row: 'E7', step, ledger: 'orphan', why: orphan };
}

/** What has to come first: time, a cluster that is settled, or a person's leave. */
function heldBack({ gate, orphanForMs, orphanGraceMs, policies }: OrphanView): string | undefined {
  if (policies.paused) return 'nothing is deleted while --pause is set';
  if (policies.reportOnly) return 'it would be deleted without --report-only';
  if (policies.orphans === 'report') return 'it stays, since --orphans=report is set';
  if (orphanForMs < orphanGraceMs)
    return `it is deleted in ${Math.ceil((orphanGraceMs - orphanForMs) / 60_000)} min at the soonest`;
  if (!permits(gate, 'collect')) return gate.state === 'open' ? 'it stays' : `it waits: ${gate.message}`;
  return undefined;
}

function unknown(why: string): OrphanDecision {
  return at('E1', 'unknown', {
    reason: reasons.ClaimsUnknown,
    message: `Whether its claim lives cannot be known: ${why}`,
  });
}

function at(row: OrphanRow, ledger: Ownership, why: Why): OrphanDecision {
  return { row, step: nothing, ledger, why };
}
