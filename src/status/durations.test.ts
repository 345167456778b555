import { describe, expect, test } from 'vitest';
import { aMachine, noon, timeAt } from '../../test/support/claim-builders.ts';
import type { Claim } from '../apis/claim.ts';
import { Durations } from './durations.ts';

const size = 'Standard_NC6s_v3';
const now = new Date(noon);

interface Way {
  readonly uid?: string;
  readonly createdAt?: number;
  readonly launched?: number;
  readonly registered?: number;
  readonly initialized?: number;
  readonly ready?: number;
  readonly deletingSince?: number;
}

/** Times in seconds of noon; what is absent has not happened. */
function aClaim({ uid = 'uid-1', createdAt = -1000, deletingSince, ...turns }: Way): Claim {
  const types = {
    launched: 'MachineLaunched',
    registered: 'MachineRegistered',
    initialized: 'MachineInitialized',
    ready: 'Ready',
  } as const;
  const conditions = (['launched', 'registered', 'initialized', 'ready'] as const).map((key) => {
    const seconds = turns[key];
    return {
      type: types[key],
      status: seconds === undefined ? 'False' : 'True',
      lastTransitionTime: timeAt(seconds ?? createdAt),
    };
  });
  return aMachine({ uid, createdAt, deletingSince, status: { conditions } });
}

const whole: Way = { launched: -760, registered: -730, initialized: -670, ready: -670 };

function told(durations: Durations): readonly string[] {
  return durations
    .expectations()
    .map(
      ({ count, p50Seconds, p90Seconds, phase, vmSize }) => `${vmSize} ${phase} ${count}: ${p50Seconds} ${p90Seconds}`,
    );
}

describe('Durations', () => {
  test('each phase that has ended counts, and the whole way to Ready', () => {
    const durations = new Durations();
    durations.note(aClaim(whole), size, now);
    expect(told(durations)).toEqual([
      `${size} launching 1: 240 240`,
      `${size} registering 1: 30 30`,
      `${size} initializing 1: 60 60`,
      `${size} ready 1: 330 330`,
    ]);
  });

  test('a phase counts once for a claim, however often its claim changes', () => {
    const durations = new Durations();
    durations.note(aClaim({ launched: -760 }), size, now);
    durations.note(aClaim(whole), size, now);
    durations.note(aClaim(whole), size, now);
    expect(durations.expectations().map(({ count }) => count)).toEqual([1, 1, 1, 1]);
  });

  test('what still lasts counts for nothing', () => {
    const durations = new Durations();
    durations.note(aClaim({}), size, now);
    expect(durations.expectations()).toEqual([]);
  });

  test('a claim that is Ready again tells nothing of the way to Ready', () => {
    const durations = new Durations();
    durations.note(aClaim({ ...whole, ready: -10 }), size, now);
    expect(durations.expectations().map(({ phase }) => phase)).toEqual(['launching', 'registering', 'initializing']);
  });

  test('a deletion takes from its beginning to the end of the claim, and cuts nothing else short', () => {
    const durations = new Durations();
    const deleted = aClaim({ launched: -760, deletingSince: -90 });
    durations.note(deleted, size, now);
    expect(durations.expectations()).toEqual([]);
    durations.noteGone(deleted, size, now);
    expect(told(durations)).toEqual([`${size} deleting 1: 90 90`]);
  });

  test('half of the claims were within p50, nine of ten within p90', () => {
    const durations = new Durations();
    for (let seconds = 1; seconds <= 10; seconds += 1)
      durations.note(aClaim({ uid: `uid-${seconds}`, launched: -1000 + seconds * 100 }), size, now);
    expect(told(durations)).toEqual([`${size} launching 10: 500 900`]);
  });

  test('the newest hundred of a size count, whatever the case of its name', () => {
    const durations = new Durations();
    for (let index = 0; index < 150; index += 1)
      durations.note(
        aClaim({ uid: `uid-${index}`, launched: index < 50 ? -1 : -900 }),
        index % 2 === 0 ? size : size.toUpperCase(),
        now,
      );
    expect(told(durations)).toEqual([`${size} launching 100: 100 100`]);
  });

  test('a hundred sizes are remembered, those of late', () => {
    const durations = new Durations();
    for (let index = 0; index < 101; index += 1)
      durations.note(aClaim({ uid: `uid-${index}`, launched: -900 }), `Standard_N${index}`, now);
    const sizes = durations.expectations().map(({ vmSize }) => vmSize);
    expect(sizes).toHaveLength(100);
    expect(sizes).not.toContain('Standard_N0');
  });

  test('a claim without a size counts nowhere', () => {
    const durations = new Durations();
    durations.note(aClaim(whole), undefined, now);
    expect(durations.expectations()).toEqual([]);
  });
});
