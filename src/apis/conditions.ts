// Reading and writing the conditions of a status, by the API conventions.
import type { Condition, ConditionStatus } from './claim.ts';

/** A condition as somebody wants it to be; the time is the writer's matter. */
export interface WantedCondition {
  readonly type: string;
  readonly status: ConditionStatus;
  readonly reason: string;
  readonly message: string;
}

export function conditionOf(conditions: readonly Condition[], type: string): Condition | undefined {
  return conditions.find((condition) => condition.type === type);
}

/**
 * `conditions` with the wanted ones in them: others' conditions and the order stay, lastTransitionTime moves only when
 * the status changes. Returns the same array when nothing changes.
 */
export function withConditions(
  conditions: readonly Condition[],
  wanted: readonly WantedCondition[],
  options: { readonly now: Date; readonly observedGeneration?: number },
): readonly Condition[] {
  const result = [...conditions];
  let changed = false;
  for (const want of wanted) {
    const index = result.findIndex((condition) => condition.type === want.type);
    const had = result[index];
    if (had !== undefined && isSame(had, want, options.observedGeneration)) continue;
    changed = true;
    const next: Condition = {
      ...had,
      type: want.type,
      status: want.status,
      reason: want.reason,
      message: want.message,
      lastTransitionTime:
        had?.status === want.status && had.lastTransitionTime !== undefined
          ? had.lastTransitionTime
          : toSeconds(options.now),
      ...(options.observedGeneration === undefined ? {} : { observedGeneration: options.observedGeneration }),
    };
    if (index === -1) result.push(next);
    else result[index] = next;
  }
  return changed ? result : conditions;
}

/** metav1.Time as the API server writes it: whole seconds, UTC. */
function toSeconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

function isSame(had: Condition, want: WantedCondition, observedGeneration: number | undefined): boolean {
  return (
    had.status === want.status &&
    (had.reason ?? '') === want.reason &&
    (had.message ?? '') === want.message &&
    had.observedGeneration === observedGeneration
  );
}
