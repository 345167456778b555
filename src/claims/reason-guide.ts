// What every reason of a claim means and what to do about it: behind `why`, the status page and docs/reasons.md.
import type { Guide } from '../apis/guide.ts';
import { causeGuides } from '../azure/cause-guides.ts';
import { cluster } from './guides/cluster.ts';
import { deletion } from './guides/deletion.ts';
import { gpus } from './guides/gpus.ts';
import { launching } from './guides/launching.ts';
import { nodes } from './guides/nodes.ts';
import { process } from './guides/process.ts';
import { warning, type ClaimReason, type ReasonRow } from './guides/row.ts';

/** A reason without a row does not compile, and neither does a row without its reason. */
const ours: Readonly<Record<ClaimReason, ReasonRow>> = {
  ...launching,
  ...nodes,
  ...gpus,
  ...deletion,
  ...cluster,
  ...process,
};

const ofAzure: Pick<ReasonRow, 'on' | 'event'> = {
  on: ['Launched', 'Registered', 'Initialized', 'InstanceTerminating'],
  event: warning('Azure refused a request of this claim, or its pool failed'),
};

/** Every reason of claims, pools and the gate, in the order of a claim's life; Azure's refusals come last. */
export const reasonRows: ReadonlyMap<string, ReasonRow> = new Map<string, ReasonRow>([
  ...Object.entries(ours),
  ...Object.entries(causeGuides).flatMap(([reason, guide]) =>
    Object.hasOwn(ours, reason) ? [] : [[reason, { ...guide, ...ofAzure }] as const],
  ),
]);

/**
 * Of a Machine, a NodeClaim, the gate or a pool. A Workspace has reasons of its own (workspaces/reason-guide.ts).
 * Undefined: the reason is none of ours.
 */
export function guideOf(reason: string): Guide | undefined {
  return reasonRows.get(reason);
}
