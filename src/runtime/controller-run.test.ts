// The controller over time: workers, deadlines and the stop.
import { describe, expect, test } from 'vitest';
import { aController } from '../../test/support/controller-fixture.ts';
import { settle } from '../../test/support/fake-clock.ts';
import { done } from './controller.ts';

describe('Controller deadline', () => {
  test('aborts a reconcile and counts it', async () => {
    const { clock, queue, measured } = aController({
      reconcile: async (_key, { signal }) => {
        await clock.sleep(3_600_000, { signal });
        return done;
      },
      deadlineMs: 60_000,
    });
    queue.add('a');
    await clock.advance(59_999);
    expect(queue.failures('a')).toBe(0);
    await clock.advance(1);
    expect(queue.failures('a')).toBe(1);
    expect(await measured('controller_runtime_reconcile_timeouts_total')).toBe(1);
  });

  test('counts a reconcile that ignores its signal, and never runs the key beside it', async () => {
    let runs = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    const { clock, queue, measured } = aController({
      workers: 2,
      reconcile: async () => {
        runs += 1;
        await promise;
        return done;
      },
    });
    queue.add('a');
    await clock.advance(1000);
    queue.add('a');
    await clock.advance(300_000);
    expect(runs).toBe(1);
    expect(await measured('controller_runtime_reconcile_timeouts_total')).toBe(1);
    resolve();
    await clock.advance(0);
    expect(runs).toBe(2);
  });
});

describe('Controller.run', () => {
  test('has as many keys in hand as workers, each key once', async () => {
    const inHand = new Set<string>();
    let most = 0;
    const { clock, queue } = aController({
      workers: 3,
      reconcile: async (key, { signal }) => {
        inHand.add(key);
        most = Math.max(most, inHand.size);
        await clock.sleep(100, { signal });
        inHand.delete(key);
        return done;
      },
    });
    for (let index = 0; index < 10; index++) queue.add(`k${index}`);
    await clock.advance(1000);
    expect(most).toBe(3);
    expect(queue.depth).toBe(0);
  });

  test('takes no key after the stop, and lets a reconcile that runs come to its end', async () => {
    const ended: string[] = [];
    const { clock, queue, stop, running } = aController({
      reconcile: async (key, { signal }) => {
        await clock.sleep(5000, { signal });
        ended.push(key);
        return done;
      },
    });
    queue.add('a');
    queue.add('b');
    await clock.advance(1000);
    stop.abort();
    await clock.advance(4000);
    await running;
    expect(ended).toEqual(['a']);
  });

  test('aborts what still runs after the drain time, and counts it as no failure', async () => {
    const { clock, queue, stop, running, measured } = aController({
      drainMs: 10_000,
      reconcile: async (_key, { signal }) => {
        await clock.sleep(50_000, { signal });
        return done;
      },
    });
    queue.add('a');
    await settle();
    stop.abort();
    await clock.advance(10_000);
    await running;
    expect(await measured('controller_runtime_reconcile_errors_total')).toBe(0);
    expect(clock.pendingMs).toEqual([]);
  });
});
