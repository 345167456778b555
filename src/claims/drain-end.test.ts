import { describe, expect, test } from 'vitest';
import { aMachine, noon, timeAt } from '../../test/support/claim-builders.ts';
import { drainEndOf, terminationTimestamp } from './drain-end.ts';
import { defaultTimings } from './timings.ts';

const minute = 60_000;

describe('drainEndOf', () => {
  const deleted = aMachine({ deletingSince: -60 });
  const graced = aMachine({ deletingSince: -60, spec: { terminationGracePeriodMs: 30 * minute } });

  test('is 15 minutes after the deletion, by the option', () => {
    expect(drainEndOf(deleted, defaultTimings)).toMatchObject({ atApiMs: noon + 14 * minute, isPromised: false });
  });

  test('never comes where the option says 0', () => {
    expect(drainEndOf(deleted, { drainDeadlineMs: 0 })).toBeUndefined();
  });

  test('terminationGracePeriod goes before the option, shorter or longer, and before "for ever"', () => {
    const end = { atApiMs: noon + 29 * minute, isPromised: true };
    expect(drainEndOf(graced, defaultTimings)).toMatchObject(end);
    expect(drainEndOf(graced, { drainDeadlineMs: 0 })).toMatchObject(end);
    const none = aMachine({ deletingSince: -60, spec: { terminationGracePeriodMs: 0 } });
    expect(drainEndOf(none, defaultTimings)).toMatchObject({ atApiMs: noon - minute, isPromised: true });
  });

  test('what an annotation of the claim orders goes before both', () => {
    const annotations = { [terminationTimestamp]: timeAt(90) };
    const ordered = aMachine({ deletingSince: -60, annotations, spec: { terminationGracePeriodMs: 30 * minute } });
    expect(drainEndOf(ordered, defaultTimings)).toMatchObject({ atApiMs: noon + 90_000, isPromised: true });
  });

  test('an annotation that is no time orders nothing', () => {
    const ordered = aMachine({ deletingSince: -60, annotations: { [terminationTimestamp]: 'soon' } });
    expect(drainEndOf(ordered, defaultTimings)).toMatchObject({ atApiMs: noon + 14 * minute, isPromised: false });
  });
});
