// Events about a Workspace: each turn of a condition, so that `kubectl describe` tells its story.
import { conditionOf } from '../apis/conditions.ts';
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

/** A warning is what will not end by itself: then the whole has failed. */
export function eventsBetween(before: Workspace, after: Workspace): readonly Told[] {
  const had = before.status?.conditions ?? [];
  const has = after.status?.conditions ?? [];
  const failed = conditionOf(has, types.WorkspaceReady)?.reason === reasons.workspaceFailed;
  return has.flatMap(({ type, status, reason, message }): readonly Told[] => {
    const was = conditionOf(had, type);
    if (silent.has(type) || (was?.status === status && was.reason === reason)) return [];
    if (status === 'True') return [{ type: 'Normal', reason, message }];
    if (expected.has(reason) || repeating.has(type)) return [];
    return [{ type: failed ? 'Warning' : 'Normal', reason, message }];
  });
}
