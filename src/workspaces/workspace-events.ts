// Events about a Workspace: each turn of a condition, so that `kubectl describe` tells its story.
import { conditionOf } from '../apis/conditions.ts';
import type { Workspace } from '../apis/workspace.gen.ts';
import type { EventNote } from '../runtime/event-object.ts';
import { reasons, types } from './reasons.ts';

type Told = Pick<EventNote, 'type' | 'reason' | 'message'>;

/** The twin of WorkspaceReady says nothing that it does not. */
const silent: ReadonlySet<string> = new Set([types.WorkspaceSucceeded]);
/** On the way, as every Workspace is once. */
const expected: ReadonlySet<string> = new Set([
  reasons.CreateMachinePending,
  reasons.CreateNodeClaimPending,
  reasons.NodesPending,
  reasons.WorkspaceInferenceStatusPending,
  reasons.WorkspaceTuningJobStatusPending,
  reasons.workspacePending,
]);

export function eventsBetween(before: Workspace, after: Workspace): readonly Told[] {
  const had = before.status?.conditions ?? [];
  return (after.status?.conditions ?? []).flatMap(({ type, status, reason, message }): readonly Told[] => {
    const was = conditionOf(had, type);
    if (silent.has(type) || (was?.status === status && was.reason === reason)) return [];
    if (status === 'True') return [{ type: 'Normal', reason, message }];
    // The whole repeats what one of its parts says.
    if (expected.has(reason) || type === types.WorkspaceReady) return [];
    return [{ type: status === 'False' ? 'Warning' : 'Normal', reason, message }];
  });
}
