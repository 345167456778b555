// What a claim waits for now, in a sentence: whose turn it is, and until when where that is known (pure).
import type { Claim } from '../../apis/claim.ts';
import { conditionOf } from '../../apis/conditions.ts';
import { recordOf } from '../../claims/annotations.ts';
import { conditionTypes } from '../../claims/faces.ts';
import { poolOfClaim } from '../../claims/observe.ts';
import { reasons } from '../../claims/reasons.ts';
import type { Phase } from '../../status/timeline.ts';
import { lasted } from '../printing/lasted.ts';

/** Undefined of a claim that waits for nothing. */
export function waitsFor(
  claim: Claim,
  phase: Phase,
  { now, vmSize }: { readonly now: Date; readonly vmSize: string | undefined },
): string | undefined {
  const pool = `agent pool "${poolOfClaim(claim)}"`;
  const node = claim.status.nodeName === undefined ? 'its Node' : `Node "${claim.status.nodeName}"`;
  switch (phase.name) {
    case 'launching': {
      const launched = conditionOf(claim.status.conditions, conditionTypes[claim.kind].launched);
      if (launched === undefined) return 'the controller, to look at it for the first time';
      if (launched.reason === reasons.RemovingNode) return `the Node of an earlier ${pool}, to go`;
      if (launched.status !== 'False') return `Azure, to create ${pool}${vmSize === undefined ? '' : ` of ${vmSize}`}`;
      const retry = retryOf(claim, now);
      return `the cause, to be mended or to pass${retry === undefined ? '' : `; the next try is due ${retry}`}`;
    }
    case 'registering':
      return `the Node of ${pool}, to join the cluster`;
    case 'initializing':
      return `${node}, to become usable`;
    case 'ready':
      return phase.reason === undefined ? undefined : `${node}, to offer all of its GPUs`;
    case 'deleting':
      return deletionOf(claim, pool, node);
  }
}

function deletionOf({ status }: Claim, pool: string, node: string): string {
  const drained = conditionOf(status.conditions, 'Drained');
  const terminating = conditionOf(status.conditions, 'InstanceTerminating');
  if (terminating?.status === 'True') return `Azure, to delete ${pool}`;
  return drained?.status === 'Unknown' ? `the pods on ${node}, to end` : `${pool}, to be proved gone`;
}

/** As the record has it: no request goes out before. */
function retryOf(claim: Claim, now: Date): string | undefined {
  const retryAt = recordOf(claim)?.lastAnswer?.retryAt;
  if (retryAt === undefined) return undefined;
  const ms = Date.parse(retryAt) - now.getTime();
  return ms > 0 ? `in ${lasted(ms)}` : 'now';
}
