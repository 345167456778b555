// Deadlines: whichever is first, and nothing left behind.
import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { DeadlineExceeded, deadlineAfter, unlessAborted } from './deadline.ts';

test('deadlineAfter aborts after its time', async () => {
  const clock = new FakeClock();
  using deadline = deadlineAfter(1000, { clock, signal: new AbortController().signal });
  await clock.advance(999);
  expect(deadline.signal.aborted).toBe(false);
  await clock.advance(1);
  expect(deadline.signal.reason).toBeInstanceOf(DeadlineExceeded);
  expect(deadline.exceeded).toBe(true);
});

test('deadlineAfter aborts with its parent, for the reason of its parent', async () => {
  const clock = new FakeClock();
  const parent = new AbortController();
  using deadline = deadlineAfter(1000, { clock, signal: parent.signal });
  const reason = new Error('the stop');
  parent.abort(reason);
  await clock.advance(1000);
  expect([deadline.signal.reason, deadline.exceeded]).toEqual([reason, false]);
  using late = deadlineAfter(1000, { clock, signal: parent.signal });
  expect(late.signal.aborted).toBe(true);
});

test('deadlineAfter starts anew, and stands still while it is paused', async () => {
  const clock = new FakeClock();
  using deadline = deadlineAfter(1000, { clock, signal: new AbortController().signal });
  await clock.advance(900);
  deadline.pause();
  await clock.advance(10_000);
  deadline.restart();
  await clock.advance(999);
  expect(deadline.signal.aborted).toBe(false);
  await clock.advance(1);
  expect(deadline.signal.aborted).toBe(true);
});

test('deadlineAfter leaves neither a timer nor a listener behind', () => {
  const clock = new FakeClock();
  const { signal } = new AbortController();
  {
    using deadline = deadlineAfter(1000, { clock, signal });
    expect(deadline.signal.aborted).toBe(false);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  }
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  expect(clock.pendingMs).toEqual([]);
});

test('unlessAborted ends with its signal, whatever the work does', async () => {
  const caller = new AbortController();
  const reason = new Error('the stop');
  const wait = unlessAborted(new Promise<never>(() => undefined), caller.signal);
  caller.abort(reason);
  await expect(wait).rejects.toBe(reason);
  await expect(unlessAborted(new Promise<never>(() => undefined), caller.signal)).rejects.toBe(reason);
});

test('unlessAborted is what the work comes to, and leaves nothing behind at a signal that lives long', async () => {
  const { signal } = new AbortController();
  await expect(unlessAborted(Promise.resolve(1), signal)).resolves.toBe(1);
  const failure = new Error('no');
  await expect(unlessAborted(Promise.reject(failure), signal)).rejects.toBe(failure);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
