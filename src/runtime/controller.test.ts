// The controller: what each outcome of a reconcile does to the queue and to the metrics, deadlines, and the stop.
import { describe, expect, onTestFinished, test } from 'vitest';
import { FakeClock, settle } from '../../test/support/fake-clock.ts';
import { LogLines } from '../../test/support/kube-fixture.ts';
import { Conflict, ServerError, TooManyRequests } from '../kube/errors.ts';
import { createMetrics } from '../observability/metrics.ts';
import { Controller, done, type Reconcile, requeueAfter, RetryLater, TerminalError } from './controller.ts';
import { WorkQueue } from './queue.ts';

interface Setup {
  readonly reconcile: Reconcile;
  readonly workers?: number;
  readonly deadlineMs?: number;
  readonly drainMs?: number;
}

function aController({ reconcile, workers = 1, ...times }: Setup) {
  const clock = new FakeClock();
  const metrics = createMetrics();
  const logs = new LogLines();
  const queue = new WorkQueue({ name: 'claims', clock, metrics, random: () => 0 });
  const controller = new Controller({
    name: 'claims',
    queue,
    reconcile,
    workers,
    clock,
    log: logs.log,
    metrics,
    ...times,
  });
  const stop = new AbortController();
  const running = controller.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await clock.advance(60_000);
  });
  const measured = async (name: string, labels = 'controller="claims"'): Promise<number> => {
    const line = (await metrics.text()).split('\n').find((each) => each.startsWith(`${name}{${labels}}`));
    return Number(line?.split(' ').at(-1));
  };
  const total = (result: string): Promise<number> =>
    measured('controller_runtime_reconcile_total', `controller="claims",result="${result}"`);
  return { clock, metrics, logs, queue, stop, running, measured, total };
}

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
