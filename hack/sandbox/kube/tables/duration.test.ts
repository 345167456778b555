import { expect, test } from 'vitest';
import { humanDuration, sinceText } from './duration.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

test.each([
  [-2 * second, '<invalid>'],
  [-1 * second, '0s'],
  [0, '0s'],
  [119 * second, '119s'],
  [120 * second, '2m'],
  [121 * second, '2m1s'],
  [10 * minute - second, '9m59s'],
  [10 * minute + 5 * second, '10m'],
  [3 * hour - minute, '179m'],
  [3 * hour, '3h'],
  [7 * hour + 59 * minute, '7h59m'],
  [8 * hour + 59 * minute, '8h'],
  [47 * hour, '47h'],
  [48 * hour, '2d'],
  [7 * day + 23 * hour, '7d23h'],
  [8 * day + 23 * hour, '8d'],
  [729 * day, '729d'],
  [730 * day, '2y'],
  [731 * day, '2y1d'],
  [8 * 365 * day + day, '8y'],
])('humanDuration of %d ms is %s', (ms, text) => {
  expect(humanDuration(ms)).toBe(text);
});

test('sinceText has words for no time and for what is none', () => {
  const now = new Date('2026-01-01T00:01:00Z');
  expect(sinceText('2026-01-01T00:00:00Z', now)).toBe('60s');
  expect(sinceText(undefined, now)).toBe('<unknown>');
  expect(sinceText('yesterday', now)).toBe('<invalid>');
});
