// The API server's clock out of Date headers that have whole seconds only.
import { expect, test } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { ServerTime } from './server-time.ts';

const offsetOf = (time: ServerTime, clock: FakeClock): number => time.now().getTime() - clock.now().getTime();

test('ServerTime takes the clocks to agree until an answer shows otherwise', () => {
  const clock = new FakeClock('2026-01-01T00:00:00.700Z');
  const time = new ServerTime(clock);
  expect(offsetOf(time, clock)).toBe(0);
  // The second has begun 700 ms ago: nothing says that the clocks differ.
  time.saw('Thu, 01 Jan 2026 00:00:00 GMT', clock.now());
  expect(offsetOf(time, clock)).toBe(0);
});

test.for([
  [3_600_000, 3_599_000],
  [-3_600_000, -3_600_000],
])('ServerTime finds a difference of %i ms to the second, and narrows it', async ([differenceMs = 0]) => {
  const clock = new FakeClock('2026-01-01T00:00:00.250Z');
  const time = new ServerTime(clock);
  for (let request = 0; request < 10; request++) {
    const sentAt = clock.now();
    await clock.advance(130);
    const server = new Date(clock.now().getTime() + differenceMs);
    time.saw(server.toUTCString(), sentAt);
    await clock.advance(977);
  }
  expect(Math.abs(offsetOf(time, clock) - differenceMs)).toBeLessThan(300);
});

test('ServerTime follows a clock that was set', () => {
  const clock = new FakeClock();
  const time = new ServerTime(clock);
  time.saw('Thu, 01 Jan 2026 01:00:00 GMT', clock.now());
  clock.jump(3_600_000);
  time.saw('Thu, 01 Jan 2026 01:00:00 GMT', clock.now());
  expect(offsetOf(time, clock)).toBe(0);
});

test('ServerTime leaves out what it cannot read', () => {
  const clock = new FakeClock();
  const time = new ServerTime(clock);
  time.saw('yesterday', clock.now());
  expect(offsetOf(time, clock)).toBe(0);
});
