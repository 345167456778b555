import { expect, test } from 'vitest';
import { parseGoDuration } from './go-duration.ts';

test.each([
  ['720h', 2_592_000_000],
  ['1h30m', 5_400_000],
  ['0s', 0],
  ['90s', 90_000],
])('parseGoDuration reads %s as %i ms', (text, ms) => {
  expect(parseGoDuration(text)).toBe(ms);
});

test.each([undefined, 'Never', '', '1.5h', '-1h', '10', '1d', '5ms'])(
  'parseGoDuration takes %s for no duration',
  (text) => {
    expect(parseGoDuration(text)).toBeUndefined();
  },
);
