// What each outcome of a reconcile does to the queue and to the metrics.
import { describe, expect, test } from 'vitest';
import { aController } from '../../test/support/controller-fixture.ts';
import { Conflict, ServerError, TooManyRequests } from '../kube/errors.ts';
import { done, requeueAfter, RetryLater, TerminalError } from './controller.ts';

describe('Controller outcomes', () => {
  test('done forgets the failures of a key and does not run it again', async () => {
    let runs = 0;
    const { clock, queue, total } = aController({
      reconcile: async () => {
        runs += 1;
        if (runs === 1) throw new Error('once');
        return Promise.resolve(done);
      },
    });
    queue.add('a');
    await clock.advance(100_000);
    expect(runs).toBe(2);
    expect(queue.failures('a')).toBe(0);
    expect([await total('success'), await total('error'), await total('requeue_after')]).toEqual([1, 1, 0]);
  });

  test('requeueAfter runs the key again after that time', async () => {
    const times: number[] = [];
    const { clock, queue, total } = aController({
      reconcile: async () => {
        times.push(clock.monotonicMs());
        return Promise.resolve(times.length < 3 ? requeueAfter(5000) : done);
      },
    });
    queue.add('a');
    await clock.advance(60_000);
    expect(times).toEqual([0, 5000, 10_000]);
    expect(await total('requeue_after')).toBe(2);
  });

  test('an error runs the key again after its backoff, and is counted and logged', async () => {
    const times: number[] = [];
    const { clock, queue, logs, measured } = aController({
      reconcile: async () => {
        times.push(clock.monotonicMs());
        await Promise.resolve();
        throw new ServerError('Cannot patch', { status: 500 });
      },
    });
    queue.add('a');
    await clock.advance(7000);
    expect(times).toEqual([0, 1000, 3000, 7000]);
    expect(await measured('controller_runtime_reconcile_errors_total')).toBe(4);
    expect(await measured('controller_runtime_reconcile_panics_total')).toBe(0);
    expect(logs.lines[0]).toMatchObject({
      level: 'WARN',
      controller: 'claims',
      key: 'a',
      err: { code: 'KUBE_SERVER_ERROR' },
      message: 'reconcile failed',
    });
  });

  test('TerminalError is counted and not retried', async () => {
    let runs = 0;
    const { clock, queue, measured } = aController({
      reconcile: async () => {
        runs += 1;
        await Promise.resolve();
        throw new TerminalError('No size of that name');
      },
    });
    queue.add('a');
    await clock.advance(600_000);
    expect(runs).toBe(1);
    expect(await measured('controller_runtime_terminal_reconcile_errors_total')).toBe(1);
    expect(await measured('controller_runtime_reconcile_errors_total')).toBe(1);
  });

  test.for([
    ['RetryLater', () => new RetryLater('throttled', { retryAfterMs: 7000 })],
    ['a KubeError with Retry-After', () => new TooManyRequests('busy', { status: 429, retryAfterMs: 7000 })],
  ] as const)('%s comes back when it said, is no error, and leaves the backoff as it is', async ([, error]) => {
    const times: number[] = [];
    const { clock, queue, total, measured } = aController({
      reconcile: async () => {
        times.push(clock.monotonicMs());
        await Promise.resolve();
        if (times.length < 3) throw error();
        return done;
      },
    });
    queue.add('a');
    await clock.advance(60_000);
    expect(times).toEqual([0, 7000, 14_000]);
    expect(await measured('controller_runtime_reconcile_errors_total')).toBe(0);
    expect([await total('requeue_after'), await total('success')]).toEqual([2, 1]);
  });

  test.for([
    ['a result', () => Promise.resolve(requeueAfter(0))],
    ['an error', () => Promise.reject(new RetryLater('busy', { retryAfterMs: 0 }))],
  ] as const)('a key that comes back at once by %s lets the event loop go on in between', async ([, again]) => {
    const times: number[] = [];
    const { clock, queue } = aController({
      reconcile: () => {
        times.push(clock.monotonicMs());
        return times.length < 4 ? again() : Promise.resolve(done);
      },
    });
    queue.add('a');
    await clock.advance(10);
    expect(times).toEqual([0, 1, 2, 3]);
  });

  test('Conflict runs the key again and is no error', async () => {
    let runs = 0;
    const { clock, queue, measured } = aController({
      reconcile: async () => {
        runs += 1;
        await Promise.resolve();
        if (runs === 1) throw new Conflict('changed', { status: 409 });
        return done;
      },
    });
    queue.add('a');
    await clock.advance(1000);
    expect(runs).toBe(2);
    expect(await measured('controller_runtime_reconcile_errors_total')).toBe(0);
  });

  test.for([
    ['a string', 'thrown bare'],
    ['a TypeError', new TypeError('undefined is not a function')],
  ] as const)('%s that is thrown is a bug: wrapped, counted, retried', async ([, thrown]) => {
    let runs = 0;
    const { clock, queue, measured } = aController({
      reconcile: () => {
        runs += 1;
        return runs === 1 ? Promise.reject(thrown) : Promise.resolve(done);
      },
    });
    queue.add('a');
    await clock.advance(1000);
    expect(runs).toBe(2);
    expect(await measured('controller_runtime_reconcile_panics_total')).toBe(1);
  });

  test('has all its metrics from the start', async () => {
    const { total, measured } = aController({ reconcile: () => Promise.resolve(done), workers: 7 });
    expect([await total('success'), await total('error'), await total('requeue_after')]).toEqual([0, 0, 0]);
    expect(await measured('controller_runtime_reconcile_time_seconds_count')).toBe(0);
    expect(await measured('controller_runtime_max_concurrent_reconciles')).toBe(7);
  });
});
