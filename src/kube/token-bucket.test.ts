// The rate limit: a burst, then a steady rate, and nothing saved up beyond the burst.
import { expect, test } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { TokenBucket } from './token-bucket.ts';

test('TokenBucket lets a burst through and spaces what follows', () => {
  const bucket = new TokenBucket({ clock: new FakeClock(), perSecond: 10, burst: 3 });
  expect(Array.from({ length: 6 }, () => bucket.take())).toEqual([0, 0, 0, 100, 200, 300]);
});

test('TokenBucket saves no more than its burst', async () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket({ clock, perSecond: 10, burst: 2 });
  await clock.advance(60_000);
  expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 100]);
});

test('TokenBucket takes back a token that was not used', () => {
  const bucket = new TokenBucket({ clock: new FakeClock(), perSecond: 10, burst: 1 });
  bucket.take();
  bucket.take();
  bucket.giveBack();
  expect(bucket.take()).toBe(100);
});

test('TokenBucket.tryTake takes what is there and promises nothing', async () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket({ clock, perSecond: 1, burst: 1 });
  expect([bucket.tryTake(), bucket.tryTake()]).toEqual([true, false]);
  await clock.advance(1000);
  expect(bucket.tryTake()).toBe(true);
});
