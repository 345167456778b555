// The order of the stop, and that it ends in time whatever hangs or fails.
import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { LogLines } from '../../test/support/kube-fixture.ts';
import { GracefulStop } from './stop.ts';

function aStop(deadlineMs?: number) {
  const clock = new FakeClock();
  const logs = new LogLines();
  return {
    clock,
    logs,
    stop: new GracefulStop({ clock, log: logs.log, ...(deadlineMs === undefined ? {} : { deadlineMs }) }),
  };
}

describe('GracefulStop', () => {
  test('runs the stages in their order, however they were registered', async () => {
    const { clock, stop } = aStop();
    const ended: string[] = [];
    for (const stage of ['servers', 'events'] as const) {
      stop.on(stage, stage, async ({ signal }) => {
        await clock.sleep(100, { signal });
        ended.push(stage);
      });
    }
    const running = stop.run();
    await clock.advance(1000);
    expect(await running).toBe(true);
    expect(ended).toEqual(['events', 'servers']);
    expect(clock.pendingMs).toEqual([]);
  });

  test('runs the steps of a stage together', async () => {
    const { clock, stop } = aStop();
    for (const name of ['health', 'caches']) stop.on('servers', name, ({ signal }) => clock.sleep(4000, { signal }));
    const running = stop.run();
    await clock.advance(4000);
    expect(await running).toBe(true);
  });

  test('runs once, however often it is asked to', async () => {
    const { stop } = aStop();
    let runs = 0;
    stop.on('events', 'sink', () => {
      runs += 1;
    });
    expect(await Promise.all([stop.run(), stop.run()])).toEqual([true, true]);
    expect(runs).toBe(1);
  });

  test('goes on after a step that fails, and says that it was not clean', async () => {
    const { logs, stop } = aStop();
    let closed = false;
    stop.on('events', 'sink', () => Promise.reject(new Error('API server is away')));
    stop.on('servers', 'health', () => {
      closed = true;
    });
    expect(await stop.run()).toBe(false);
    expect(closed).toBe(true);
    expect(logs.messages()).toContain('stop failed');
  });

  test('leaves room for workers and lease in the 30 s that Kubernetes gives', async () => {
    const { clock, stop } = aStop();
    stop.on('events', 'stuck', () => new Promise<void>(() => undefined));
    const running = stop.run();
    await clock.advance(5000);
    expect(await running).toBe(false);
  });

  test('gives all stages their turn within the deadline although one hangs', async () => {
    const { clock, logs, stop } = aStop(10_000);
    let told = false;
    let aborted = false;
    stop.on('events', 'stuck', ({ signal }) => {
      signal.addEventListener('abort', () => {
        aborted = true;
      });
      return new Promise<void>(() => undefined);
    });
    stop.on('servers', 'health', ({ signal }) => {
      told = signal.aborted;
    });
    const running = stop.run();
    await clock.advance(10_000);
    expect(await running).toBe(false);
    expect([aborted, told]).toEqual([true, true]);
    expect(logs.lines).toContainEqual(expect.objectContaining({ stage: 'events', message: 'stop took too long' }));
  });
});
