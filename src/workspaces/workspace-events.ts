// Events about a Workspace: each turn of a condition, so that `kubectl describe` tells its story.
import { conditionOf } from '../apis/conditions.ts';
import type { ClaimKind } from '../apis/claim.ts';
import type { Workspace } from '../apis/workspace.gen.ts';
import type { EventNote } from '../runtime/event-object.ts';
import { reasons, types } from './reasons.ts';

type Told = Pick<EventNote, 'type' | 'reason' | 'message'>;

/** Its parts have said it: the twin of WorkspaceReady, and what WorkspaceReady and ResourceReady repeat. */
const silent: ReadonlySet<string> = new Set([types.WorkspaceSucceeded]);
const repeating: ReadonlySet<string> = new Set([types.WorkspaceReady, types.ResourceReady]);
/** On the way, as every Workspace is once. */
const expected: ReadonlySet<string> = new Set([
  reasons.CreateMachinePending,
  reasons.CreateNodeClaimPending,
  reasons.NodesPending,
  reasons.WorkspaceInferenceStatusPending,
  reasons.WorkspaceTuningJobStatusPending,
]);
/** What a claim says on its way is in the events of the claim. */
const ofClaims: ReadonlySet<string> = new Set([types.MachineReady, types.NodeClaimReady]);
const mostNamed = 3;

function isWhole({ type }: { readonly type: string }): number {
  return Number(type === types.WorkspaceReady);
}

/** A warning is what will not end by itself: then the whole has failed. The whole comes last. */
export function eventsBetween(before: Workspace, after: Workspace): readonly Told[] {
  const had = before.status?.conditions ?? [];
  const has = after.status?.conditions ?? [];
  const failed = conditionOf(has, types.WorkspaceReady)?.reason === reasons.workspaceFailed;
  return has
    .toSorted((a, b) => isWhole(a) - isWhole(b))
    .flatMap(({ type, status, reason, message }): readonly Told[] => {
      const was = conditionOf(had, type);
      if (silent.has(type) || (was?.status === status && was.reason === reason)) return [];
      if (status === 'True') return [{ type: 'Normal', reason, message }];
      if (expected.has(reason) || repeating.has(type)) return [];
      if (ofClaims.has(type) && status === 'Unknown' && was?.status !== 'True') return [];
      return [{ type: failed ? 'Warning' : 'Normal', reason, message }];
    });
}

/** Where to look for what becomes of its nodes. */
export function claimsCreated(kind: ClaimKind, names: readonly string[]): Told {
  const named = names.slice(0, mostNamed).map((name) => `"${name}"`);
  const rest = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '';
  const message = `Created ${kind} ${named.join(', ')}${rest}; what becomes of it is in its own events`;
  return { type: 'Normal', reason: reasons.ClaimsCreated, message };
}

/** The last line of its story. */
export const nodesReturned: Told = {
  type: 'Normal',
  reason: reasons.workspaceDeleted,
  message: 'All of its nodes are given back, so the workspace is let go',
};
