// What stands in the way of a Workspace's objects until a person acts, and what the Workspace says of it (pure).
import type { WantedCondition } from '../apis/conditions.ts';
import { isRefusedWrite } from '../kube/errors.ts';
import { reasons } from './reasons.ts';
import { refusedVerdict, workloadWaits } from './verdict.ts';
import { NameTaken } from './workspace-writer.ts';

/**
 * `conditions` are the plan's: what they say of the nodes stays, for those are there and paid for. Undefined: it is no
 * obstacle, and may go well the next time.
 */
export function obstacleVerdict(
  error: unknown,
  conditions: readonly WantedCondition[],
  tunes: boolean,
): readonly WantedCondition[] | undefined {
  if (error instanceof NameTaken)
    return refusedVerdict({ reason: reasons.NameConflict, message: error.message }, tunes);
  if (!isRefusedWrite(error)) return undefined;
  const reason = tunes ? reasons.WorkspaceTuningJobStatusFailed : reasons.WorkspaceInferenceStatusFailed;
  const said = workloadWaits({ reason, message: error.message }, tunes, true);
  return [...conditions.filter(({ type }) => !said.some((one) => one.type === type)), ...said];
}
