// Every row of the catalogue of ARM's errors: the reason, the numbers and the next step in the first 200 bytes, and a pace
// of its own.
import { describe, expect, it } from 'vitest';
import { failuresOfTokens } from '../../test/support/failures-of-tokens.ts';
import { failuresOfCalls } from '../../test/support/failures-of-calls.ts';
import { failuresOfPools } from '../../test/support/failures-of-pools.ts';
import { causeTable } from './cause-table.ts';
import { headlineWithStep } from './headline.ts';

const catalogue = [...failuresOfTokens, ...failuresOfCalls, ...failuresOfPools];

describe('causeOf, row by row of the catalogue', () => {
  it.each(catalogue)('%s', (_row, causeIn, { reason, kind, pace, says, next, capacity: isCapacity = false }) => {
    const cause = causeIn();
    const [minMs, maxMs] = pace;
    expect(cause).toMatchObject({ reason, kind, capacity: isCapacity, retry: { minMs, maxMs } });
    for (const words of says) expect(cause.headline).toContain(words);
    expect(cause.headline).toContain(`; ${next}`);
    expect(Buffer.byteLength(cause.headline)).toBeLessThanOrEqual(200);
  });
});

describe('causeTable', () => {
  it('has no row that the catalogue leaves out', () => {
    const reasons = new Set(catalogue.map(([, , { reason }]) => reason));
    expect(causeTable.filter(({ reason }) => !reasons.has(reason))).toEqual([]);
  });

  it.each(causeTable)('keeps the next step of $reason, however long Azure talks', ({ what, next, quote }) => {
    const told = { code: 'C'.repeat(120), text: 'é'.repeat(400), action: 'a/'.repeat(90), policy: 'p'.repeat(80) };
    const step = typeof next === 'string' ? next : next(told);
    const row = { what: what(told), next: step, quote: quote?.(told) };
    expect(step).not.toBe('');
    expect(headlineWithStep(row)).toContain(`; ${step}`);
    expect(Buffer.byteLength(headlineWithStep(row))).toBeLessThanOrEqual(200);
  });
});
