// The milestones that a status patch moved, with how long each took: told by the process that wrote them, so that none counts twice (pure).
import type { Claim, Condition } from '../apis/claim.ts';
import { conditionOf } from '../apis/conditions.ts';
import { recordOf } from './annotations.ts';
import { conditionTypes } from './faces.ts';

export interface Milestone {
  /** What is over: `ready` stands for all three, from the claim's creation on. */
  readonly phase: 'launching' | 'registering' | 'initializing' | 'ready';
  readonly tookMs: number;
}

/** Longer than any Node needs: who joined so late has joined before, and its creation tells nothing of today. */
const longestMs = 60 * 60_000;

/**
 * Each once in a claim's life, or again for another pool: a Node that was down for a moment and a condition that turns back
 * are none. `before` and `after` are the claim around one patch; where they are the same there is none.
 */
export function milestonesPassed(before: Claim, after: Claim): readonly Milestone[] {
  const types = conditionTypes[after.kind];
  const was = (type: string): Condition | undefined => conditionOf(before.status.conditions, type);
  const turned = (type: string): boolean =>
    was(type)?.status !== 'True' && conditionOf(after.status.conditions, type)?.status === 'True';
  const at = (type: string): number => timeOf(conditionOf(after.status.conditions, type)) ?? Number.NaN;
  /** It has not been true since the milestone before it was passed. */
  const isFirst = (type: string, earlier: string): boolean => !((timeOf(was(type)) ?? 0) > at(earlier));

  const createdMs = after.createdAt.getTime();
  // The creation of a claim tells nothing of a pool that was made again, or that somebody else had made.
  const { adopted, recreated } = recordOf(after) ?? {};
  const isFirstPool = recreated === undefined && adopted !== true;
  const passed: Milestone[] = [];
  const pass = (phase: Milestone['phase'], tookMs: number): void => {
    if (!Number.isNaN(tookMs)) passed.push({ phase, tookMs: Math.max(0, tookMs) });
  };
  if (turned(types.launched) && isFirstPool && before.status.nodeName === undefined)
    pass('launching', at(types.launched) - createdMs);
  if (turned(types.registered) && isFirst(types.registered, types.launched))
    pass('registering', at(types.registered) - at(types.launched));
  if (!turned(types.initialized) || !isFirst(types.initialized, types.registered)) return passed;
  pass('initializing', at(types.initialized) - at(types.registered));
  const hasJoinedBefore = at(types.registered) - at(types.launched) > longestMs;
  if (turned('Ready') && isFirstPool && !hasJoinedBefore) pass('ready', at('Ready') - createdMs);
  return passed;
}

/** Undefined: absent, or no time. */
function timeOf(condition: Condition | undefined): number | undefined {
  const ms = Date.parse(condition?.lastTransitionTime ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}
