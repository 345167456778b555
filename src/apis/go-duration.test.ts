import { expect, test } from 'vitest';
import { parseGoDuration } from './go-duration.ts';

test.each([
  ['720h', 2_592_000_000],
  ['1h30m', 5_400_000],
  ['0s', 0],
  ['90s', 90_000],
  ['2562047h47m16s', 9_223_372_036_000],
  // Longer than Go's longest, which is that of 64 bits of nanoseconds.
  ['2562047h47m17s', 9_223_372_036_854],
  ['9999999999h', 9_223_372_036_854],
  [`${'9'.repeat(400)}h`, 9_223_372_036_854],
])('parseGoDuration reads %s as %i ms', (text, ms) => {
  expect(parseGoDuration(text)).toBe(ms);
});

test.each([undefined, 'Never', '', '1.5h', '-1h', '10', '1d', '5ms'])(
  'parseGoDuration takes %s for no duration',
  (text) => {
    expect(parseGoDuration(text)).toBeUndefined();
  },
);
