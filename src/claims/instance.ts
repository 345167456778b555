// A pool without its Node: whether its instance is still there, by Azure's own list of machines (rows A7, B6, B9).
import type { ClaimEvent, Decision, Step } from './decision.ts';
import type { Face, Why } from './faces.ts';
import type { DecideInput, MachinesLook } from './input.ts';
import { recreation } from './recreation.ts';
import { reasons } from './reasons.ts';
import { unasked } from './unasked.ts';

/** Azure did not answer, and is asked again. */
const unknownPaceMs = 60_000;
/** A machine without its Node may go in its turn; nothing hurries. */
const pacedMs = 5 * 60_000;

export interface NodelessOptions {
  /** What the claim shows while its instance is there, and what is told of it. */
  readonly missing: Decision;
  /** How the claim shows that the instance is gone. */
  readonly goneFace: (why: Why) => Face;
  /** Until `--on-node-missing=recreate` may replace an instance whose Node does not come. */
  readonly patienceMs: number;
  /** What an event is told once for: this very absence. */
  readonly once: string;
}

/** The pool is at rest and the gate permits to replace; else what was seen of machines is forgotten (notice.ts). */
export function nodeless(input: DecideInput, options: NodelessOptions): Decision {
  const { memory, now, policies, poolName, timings } = input;
  const { missing, patienceMs } = options;
  const look = memory.machines;
  const wait = look === undefined ? 0 : look.startedAt.ms + paceMs(input, look) - now.ms;
  if (look === undefined || wait <= 0) return { ...missing, step: { do: 'countMachines' }, events: [] };
  if (look.machines === 'unknown') return { ...missing, wakeAfterMs: wait };
  if (look.machines.length > 0) {
    if (policies.onNodeMissing === 'hold') return { ...missing, wakeAfterMs: wait };
    if (patienceMs > 0) return { ...missing, wakeAfterMs: Math.min(wait, patienceMs) };
    const why = `Machine "${look.machines.join('", "')}" is there and its Node is not`;
    return recreation(input, missing, { why, before: () => newerLook(input, look) });
  }
  if (isConfirmed(input, look)) return instanceGone(input, look, options);
  const inMs = Math.round(timings.instanceGoneMs / 1000);
  const message = `Azure shows no machine in agent pool "${poolName}"; it is asked once more after ${inMs} s`;
  return {
    ...missing,
    face: options.goneFace({ reason: reasons.NodeMissing, message }),
    events: [],
    wakeAfterMs: wait,
  };
}

function instanceGone(input: DecideInput, look: MachinesLook, { goneFace, missing, once }: NodelessOptions): Decision {
  const { policies, poolName } = input;
  const why: Why = {
    reason: reasons.InstanceGone,
    message: `Azure shows no machine in agent pool "${poolName}" any more; ${nextStep[policies.onInstanceGone]}`,
  };
  const event: ClaimEvent = { type: 'Warning', ...why, once };
  const idle: Decision = { ...missing, face: goneFace(why), events: [event], wakeAfterMs: pacedMs };
  const before = (): Step | undefined => newerLook(input, look);
  switch (policies.onInstanceGone) {
    case 'recreate':
      return recreation(input, idle, { why: why.message, before });
    case 'delete-claim':
      return unasked(input, idle, () => before() ?? { do: 'deleteClaim' });
    case 'hold':
      return idle;
  }
}

/** What becomes of a claim whose instance is gone, in words. */
export const nextStep = {
  recreate: 'it is made again (--on-instance-gone)',
  hold: 'nothing is done about it (--on-instance-gone); delete the claim to give it up',
  'delete-claim': 'the claim is deleted (--on-instance-gone)',
} as const;

/** Nothing is done on the strength of a look that the wait for permission has made old. */
function newerLook({ now, timings }: DecideInput, { startedAt }: MachinesLook): Step | undefined {
  return now.ms - startedAt.ms > timings.instanceGoneMs ? { do: 'countMachines' } : undefined;
}

/** Two looks so far apart agree. */
function isConfirmed({ memory, timings }: DecideInput, { startedAt }: MachinesLook): boolean {
  return memory.noMachinesSince !== undefined && startedAt.ms - memory.noMachinesSince.ms >= timings.instanceGoneMs;
}

function paceMs(input: DecideInput, look: MachinesLook): number {
  if (look.machines === 'unknown') return unknownPaceMs;
  if (look.machines.length > 0 || isConfirmed(input, look)) return pacedMs;
  return input.timings.instanceGoneMs;
}
