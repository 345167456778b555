// A running controller on a queue of its own, and its numbers.
import { onTestFinished } from 'vitest';
import { createMetrics } from '../../src/observability/metrics.ts';
import { Controller, type Reconcile } from '../../src/runtime/controller.ts';
import { WorkQueue } from '../../src/runtime/queue.ts';
import { FakeClock } from './fake-clock.ts';
import { LogLines } from './kube-fixture.ts';

export interface ControllerSetup {
  readonly reconcile: Reconcile;
  readonly workers?: number;
  readonly deadlineMs?: number;
  readonly drainMs?: number;
}

/** A running controller; it ends with the test. */
export function aController({ reconcile, workers = 1, ...times }: ControllerSetup) {
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
