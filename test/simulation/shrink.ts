// From a schedule that fails to a short one that a person can read: what is not needed for the failure is taken out.
import type { Item, Schedule } from './schedule.ts';

/** Whether a schedule still fails in the same way. */
type Fails = (schedule: Schedule) => Promise<boolean>;

/** Greedy: halves first, then smaller pieces, then single items, until none of them can go. Runs `fails` `most` times at most. */
export async function shrink(schedule: Schedule, fails: Fails, { most }: { readonly most: number }): Promise<Schedule> {
  let best = schedule;
  let tries = 0;
  const fewer = async (candidate: Schedule): Promise<boolean> => {
    if (tries >= most) return false;
    tries += 1;
    if (!(await fails(candidate))) return false;
    best = candidate;
    return true;
  };
  for (let size = Math.ceil(best.items.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    let from = 0;
    while (from < best.items.length) {
      if (!(await fewer({ ...best, items: without(best.items, from, size) }))) from += size;
    }
  }
  await fewer({ ...best, skewMs: { a: 0, b: 0 } });
  await fewer({ ...best, policies: {} });
  await fewer({ ...best, hurry: 1 });
  return best;
}

function without(items: readonly Item[], from: number, count: number): readonly Item[] {
  return [...items.slice(0, from), ...items.slice(from + count)];
}
