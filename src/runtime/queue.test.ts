// The work queue: one sentence of its contract a test, and the whole of it as a property.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FakeClock, settle } from '../../test/support/fake-clock.ts';
import { createMetrics } from '../observability/metrics.ts';
import { WorkQueue } from './queue.ts';

function aQueue() {
  const clock = new FakeClock();
  const metrics = createMetrics();
  const queue = new WorkQueue({ name: 'machines', clock, metrics, random: () => 0 });
  const { signal } = new AbortController();
  const next = (): Promise<string | undefined> => queue.next(signal);
  /** All keys that are ready, each finished at once. */
  const drain = async (): Promise<string[]> => {
    const keys: string[] = [];
    while (queue.depth > 0) {
      const key = (await next()) ?? '';
      keys.push(key);
      queue.finish(key);
    }
    return keys;
  };
  return { clock, metrics, queue, next, drain };
}

describe('WorkQueue', () => {
  test('holds a key once however often it is added', async () => {
    const { queue, drain } = aQueue();
    for (const key of ['a', 'b', 'a', 'a']) queue.add(key);
    expect(await drain()).toEqual(['a', 'b']);
  });

  test('hands out in the order of arrival, higher priorities first', async () => {
    const { queue, drain } = aQueue();
    queue.add('low-1', { priority: -10 });
    queue.add('usual-1');
    queue.add('low-2', { priority: -10 });
    queue.add('urgent', { priority: 10 });
    queue.add('usual-2');
    expect(await drain()).toEqual(['urgent', 'usual-1', 'usual-2', 'low-1', 'low-2']);
  });

  test('moves a waiting key up, never down', async () => {
    const { queue, drain } = aQueue();
    queue.add('a', { priority: -10 });
    queue.add('b');
    queue.add('a', { priority: 5 });
    queue.add('a', { priority: -10 });
    expect(await drain()).toEqual(['a', 'b']);
  });

  test('never hands out a key that a worker has', async () => {
    const { queue, next } = aQueue();
    queue.add('a');
    expect(await next()).toBe('a');
    queue.add('a');
    expect(queue.depth).toBe(0);
  });

  test('runs a key once more when it was added while in progress', async () => {
    const { queue, next, drain } = aQueue();
    queue.add('a');
    await next();
    queue.add('a');
    queue.add('a');
    queue.finish('a');
    expect(await drain()).toEqual(['a']);
  });

  test('runs a key once more when its delay ends while it is in progress', async () => {
    const { clock, queue, next, drain } = aQueue();
    queue.add('a');
    await next();
    queue.addAfter('a', 1000);
    await clock.advance(1000);
    expect(queue.depth).toBe(0);
    queue.finish('a');
    expect(await drain()).toEqual(['a']);
  });

  test.for([
    [5000, 1000],
    [1000, 5000],
  ])('keeps the earlier of the delays %i and %i', async ([first = 0, second = 0]) => {
    const { clock, queue, drain } = aQueue();
    queue.addAfter('a', first);
    queue.addAfter('a', second);
    await clock.advance(999);
    expect(queue.depth).toBe(0);
    await clock.advance(1);
    expect(await drain()).toEqual(['a']);
    await clock.advance(10_000);
    expect(queue.depth).toBe(0);
  });

  test('lets an add end a delay', async () => {
    const { clock, queue, drain } = aQueue();
    queue.addAfter('a', 1000);
    queue.add('a');
    expect(await drain()).toEqual(['a']);
    await clock.advance(1000);
    expect(queue.depth).toBe(0);
  });

  test('adds at once when the delay is not positive', () => {
    const { queue } = aQueue();
    queue.addAfter('a', 0);
    queue.addAfter('b', -5);
    expect(queue.depth).toBe(2);
  });

  test('doubles the delay with each failure up to a minute, and starts over after forget', async () => {
    const { clock, queue, drain } = aQueue();
    const delays: number[] = [];
    for (let failure = 0; failure < 8; failure++) {
      queue.addRateLimited('a');
      delays.push(clock.pendingMs[0] ?? 0);
      await clock.advance(60_000);
      await drain();
    }
    expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    expect(queue.failures('a')).toBe(8);
    queue.forget('a');
    queue.addRateLimited('a');
    expect(clock.pendingMs).toEqual([1000]);
  });

  test('spreads what failed together by jitter', () => {
    const clock = new FakeClock();
    const queue = new WorkQueue({ name: 'q', clock, metrics: createMetrics(), random: () => 0.5 });
    queue.addRateLimited('a');
    expect(clock.pendingMs).toEqual([900]);
  });

  test('limits the failures of all keys together', () => {
    const { clock, queue } = aQueue();
    for (let index = 0; index < 300; index++) queue.addRateLimited(`key-${index}`);
    // A burst of 100 waits for its backoff only; the last of 200 more has 20 s at 10 a second.
    expect(clock.pendingMs.filter((ms) => ms === 1000).length).toBeGreaterThanOrEqual(100);
    expect(clock.pendingMs.at(-1)).toBe(20_000);
  });

  test('wakes as many waiting workers as keys come', async () => {
    const { queue, next } = aQueue();
    const waiting = [next(), next()];
    queue.add('a');
    queue.add('b');
    expect(await Promise.all(waiting)).toEqual(['a', 'b']);
  });

  test('loses no key when the worker that it woke was told to stop', async () => {
    const { queue, next } = aQueue();
    const stop = new AbortController();
    const stopped = queue.next(stop.signal);
    const other = next();
    queue.add('a');
    stop.abort();
    expect(await stopped).toBeUndefined();
    expect(await other).toBe('a');
  });

  test('answers undefined to a worker whose signal aborts', async () => {
    const { queue } = aQueue();
    const stop = new AbortController();
    const waiting = queue.next(stop.signal);
    stop.abort();
    expect(await waiting).toBeUndefined();
    expect(await queue.next(stop.signal)).toBeUndefined();
  });

  test('drains what is ready after shutdown, drops what is delayed, and takes nothing more', async () => {
    const { clock, queue, next } = aQueue();
    queue.add('working');
    await next();
    queue.add('working');
    queue.add('ready');
    queue.addAfter('delayed', 1000);
    queue.shutdown();
    queue.add('late');
    queue.addAfter('late', 1000);
    queue.finish('working');
    expect(await next()).toBe('ready');
    expect(await next()).toBeUndefined();
    expect(clock.pendingMs).toEqual([]);
  });

  test('ends the wait of all workers at shutdown', async () => {
    const { queue, next } = aQueue();
    const waiting = [next(), next(), next()];
    queue.shutdown();
    expect(await Promise.all(waiting)).toEqual([undefined, undefined, undefined]);
  });

  test('measures under the names of client-go', async () => {
    const { clock, metrics, queue, next } = aQueue();
    queue.add('a');
    queue.add('b', { priority: -10 });
    await clock.advance(500);
    await next();
    await clock.advance(3000);
    queue.addRateLimited('a');
    const text = await metrics.text();
    const labels = 'name="machines",controller="machines"';
    expect(text).toContain(`workqueue_depth{${labels},priority="0"} 0`);
    expect(text).toContain(`workqueue_depth{${labels},priority="-10"} 1`);
    expect(text).toContain(`workqueue_adds_total{${labels}} 2`);
    expect(text).toContain(`workqueue_queue_duration_seconds_sum{${labels}} 0.5`);
    expect(text).toContain(`workqueue_unfinished_work_seconds{${labels}} 3`);
    expect(text).toContain(`workqueue_longest_running_processor_seconds{${labels}} 3`);
    expect(text).toContain(`workqueue_retries_total{${labels}} 1`);
  });

  test('hands out every key that was added after its last start, and never to two workers', async () => {
    const step = fc.record({
      does: fc.constantFrom('add', 'addAfter', 'addRateLimited', 'next', 'finish', 'advance'),
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      ms: fc.integer({ min: 0, max: 3000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { clock, queue, next } = aQueue();
        const working = new Set<string>();
        const owed = new Set<string>();
        const start = async (): Promise<void> => {
          const key = (await next()) ?? '';
          expect(working.has(key)).toBe(false);
          working.add(key);
          owed.delete(key);
        };
        for (const { does, key, ms } of steps) {
          if (does === 'add') queue.add(key);
          if (does === 'addAfter') queue.addAfter(key, ms);
          if (does === 'addRateLimited') queue.addRateLimited(key);
          if (does.startsWith('add')) owed.add(key);
          if (does === 'next' && queue.depth > 0) await start();
          if (does === 'finish' && working.delete(key)) queue.finish(key);
          if (does === 'advance') await clock.advance(ms);
        }
        for (const key of working) queue.finish(key);
        working.clear();
        await clock.advance(120_000);
        while (queue.depth > 0) await start();
        expect([...owed]).toEqual([]);
      }),
      { numRuns: 60 },
    );
    await settle();
  });
});
