// What a Workspace says in one line: that it is ready, or the first of its conditions that keeps it from that.
import type { Workspace } from '../../apis/workspace.gen.ts';
import { reasons, types } from '../../workspaces/reasons.ts';

export interface WorkspaceVerdict {
  readonly ready: boolean;
  /** Waiting will not help. */
  readonly failed: boolean;
  /** RFC 3339. */
  readonly since?: string;
  readonly reason?: string;
  readonly message?: string;
}

/** In the order in which they become true; KAITO's releases have one or the other of the twins. */
const order = [
  types.MachineReady,
  types.NodeClaimReady,
  types.ResourceReady,
  types.JobStarted,
  types.InferenceReady,
  types.WorkspaceReady,
  types.WorkspaceSucceeded,
];

export function verdictOf({ status }: Workspace): WorkspaceVerdict {
  const conditions = status?.conditions ?? [];
  const find = (type: string): (typeof conditions)[number] | undefined => conditions.find((each) => each.type === type);
  const whole = find(types.WorkspaceReady) ?? find(types.WorkspaceSucceeded);
  const deleting = find(types.WorkspaceDeleting);
  const isDeleting = deleting?.status === 'True';
  const ready = whole?.status === 'True' && !isDeleting;
  const first = order.map(find).find((condition) => condition !== undefined && condition.status !== 'True');
  const told = isDeleting ? deleting : ready ? whole : (first ?? whole);
  const failed = !ready && !isDeleting && whole?.reason === reasons.workspaceFailed;
  if (told === undefined) return { ready, failed };
  const { lastTransitionTime: since, message, reason } = told;
  return {
    ready,
    failed,
    ...(since === undefined ? {} : { since }),
    ...(ready ? {} : { reason, message }),
  };
}
