// How far a claim has come, and since when: read from its conditions alone, so that everything that shows a claim agrees.
import type { Claim, Condition } from '../apis/claim.ts';
import { conditionOf } from '../apis/conditions.ts';
import { recordOf } from '../claims/annotations.ts';
import { conditionTypes } from '../claims/faces.ts';

export interface Phase {
  readonly name: 'launching' | 'registering' | 'initializing' | 'ready' | 'deleting';
  readonly since: Date;
  /** Absent of the phase that lasts. */
  readonly until?: Date;
  /** Why it lasts; of `ready`, what is amiss all the same. */
  readonly reason?: string;
  readonly message?: string;
}

/**
 * In the order of time. A condition knows when it turned last and nothing before that, so a claim that went back and forth
 * has gaps: time of which nothing is told, rather than something wrong.
 */
export interface Timeline {
  readonly phases: readonly Phase[];
  /** The last phase; every claim is in one. */
  readonly current: Phase | undefined;
}

/** Longer than any Node needs: who seems to have joined or come up for so long did it more than once. */
const longestStepMs = 60 * 60_000;

/** `now` bounds what clocks that run ahead have written. */
export function timelineOf(claim: Claim, now: Date): Timeline {
  const { deletingSince } = claim;
  const life = lifeOf(claim, now);
  if (deletingSince === undefined) return { phases: life, current: life.at(-1) };
  const since = earlier(deletingSince, now);
  const lived = life
    .filter((phase) => phase.since < since)
    .map(({ name, since: began, until }) => ({ name, since: began, until: earlier(until ?? since, since) }));
  const deleting: Phase = { name: 'deleting', since, ...whyOf(deletionConditionOf(claim)) };
  return { phases: [...lived, deleting], current: deleting };
}

/** As if nobody had asked for its deletion. */
function lifeOf(claim: Claim, now: Date): readonly Phase[] {
  const { conditions, nodeName } = claim.status;
  const types = conditionTypes[claim.kind];
  const launched = conditionOf(conditions, types.launched);
  const registered = conditionOf(conditions, types.registered);
  const initialized = conditionOf(conditions, types.initialized);
  const ready = conditionOf(conditions, 'Ready');
  const turned = (condition: Condition | undefined, notBefore: Date): Date =>
    later(earlier(turnOf(condition) ?? notBefore, now), notBefore);
  const createdAt = earlier(claim.createdAt, now);

  if (!isTrue(launched)) {
    // One that had a Node has lost it. Initialized tells since when: Launched turns at each answer of Azure.
    const since = nodeName === undefined ? createdAt : turned(initialized, createdAt);
    return [{ name: 'launching', since, ...whyOf(launched) }];
  }
  const launchedAt = turned(launched, createdAt);
  // The pool that came at last may not be the first one.
  const launching = wasReplaced(claim) ? [] : step('launching', createdAt, launchedAt, Infinity);
  if (!isTrue(registered)) {
    return [...launching, { name: 'registering', since: turned(registered, launchedAt), ...whyOf(registered) }];
  }
  const registeredAt = turned(registered, launchedAt);
  const joined = [...launching, ...step('registering', launchedAt, registeredAt, longestStepMs)];
  if (!isTrue(initialized)) {
    return [...joined, { name: 'initializing', since: turned(initialized, registeredAt), ...whyOf(initialized) }];
  }
  const initializedAt = turned(initialized, registeredAt);
  if (!isTrue(ready)) {
    return [...joined, { name: 'initializing', since: turned(ready, initializedAt), ...whyOf(ready) }];
  }
  const gpus = conditionOf(conditions, 'GPUReady');
  return [
    ...joined,
    ...step('initializing', registeredAt, initializedAt, longestStepMs),
    { name: 'ready', since: turned(ready, initializedAt), ...(isTrue(gpus) ? {} : whyOf(gpus)) },
  ];
}

/** A step that is over; none where it would be longer than any is. */
function step(name: Phase['name'], since: Date, until: Date, longestMs: number): readonly Phase[] {
  return until.getTime() - since.getTime() > longestMs ? [] : [{ name, since, until }];
}

function wasReplaced(claim: Claim): boolean {
  return recordOf(claim)?.recreated !== undefined;
}

/** What a deletion waits for: its drain as long as that lasts, unless Azure deletes the pool already. */
function deletionConditionOf({ status }: Claim): Condition | undefined {
  const terminating = conditionOf(status.conditions, 'InstanceTerminating');
  const drained = conditionOf(status.conditions, 'Drained');
  if (isTrue(terminating)) return terminating;
  return drained?.status === 'Unknown' ? drained : (terminating ?? drained);
}

function whyOf(condition: Condition | undefined): Pick<Phase, 'reason' | 'message'> {
  const { reason, message } = condition ?? {};
  return {
    ...(reason === undefined || reason === '' ? {} : { reason }),
    ...(message === undefined || message === '' ? {} : { message }),
  };
}

function isTrue(condition: Condition | undefined): boolean {
  return condition?.status === 'True';
}

function turnOf(condition: Condition | undefined): Date | undefined {
  const ms = Date.parse(condition?.lastTransitionTime ?? '');
  return Number.isNaN(ms) ? undefined : new Date(ms);
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b;
}

function later(a: Date, b: Date): Date {
  return a > b ? a : b;
}
