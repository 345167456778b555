// What a pass learns by comparing what is with what was: since when something is so, by our own clock (pure).
import { bindingOf } from './binding.ts';
import { permits } from './gate.ts';
import type { DecideInput, Memory, Unfit } from './input.ts';
import { shouldHaveNode } from './pool-state.ts';

/** The memory that decide is given, brought up to now. Doing it twice at one moment equals doing it once. */
export function notice(input: DecideInput): Memory {
  return { ...input.memory, firstAbsent: firstAbsent(input), unfit: unfit(input), ...machines(input) };
}

/** Two live looks that agree, some time apart, make an absence certain (B11); anything else starts anew. */
function firstAbsent({ memory, pool }: DecideInput): Memory['firstAbsent'] {
  if (pool.phase === 'unknown') return memory.firstAbsent;
  if (pool.phase !== 'absent') return undefined;
  return memory.firstAbsent ?? (pool.proof === 'get404' ? pool.startedAt : undefined);
}

/**
 * B4: while somebody is at work on the pool, or the gate is not open, the clock stands still. It begins anew when the Node
 * is fit, and when one that was down is gone or the other way round.
 */
function unfit(input: DecideInput): Unfit | undefined {
  const { memory, now, record } = input;
  const { best, bound, boundIsFit } = bindingOf(input);
  if (record?.boundUid === undefined || boundIsFit || best !== undefined) return undefined;
  const isGone = bound === undefined;
  const runs = isAtRest(input);
  const before = memory.unfit;
  if (before === undefined || before.isGone !== isGone) return { forMs: 0, at: now, runs, isGone };
  const counted = before.runs && runs ? now.ms - before.at.ms : 0;
  return { ...before, forMs: before.forMs + counted, at: now, runs };
}

/** What was seen of the machines says nothing any more once somebody is at work on the pool or on the cluster. */
function machines(input: DecideInput): Pick<Memory, 'machines' | 'noMachinesSince'> {
  return isAtRest(input) ? {} : { machines: undefined, noMachinesSince: undefined };
}

function isAtRest({ gate, pool }: DecideInput): boolean {
  return permits(gate, 'replace') && shouldHaveNode(pool);
}
