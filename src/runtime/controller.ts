// The loop between a queue and a reconcile function, and the one place that turns an outcome into what the queue does next.
import type { Clock, Timer } from '../clock.ts';
import { deadlineAfter } from '../kube/deadline.ts';
import { Conflict, KubeError } from '../kube/errors.ts';
import type { Logger } from '../observability/logger.ts';
import { type Metrics, reconcileResults, type ReconcileResult } from '../observability/metrics.ts';
import type { WorkQueue } from './queue.ts';

export type Result = { readonly outcome: 'done' } | { readonly outcome: 'requeueAfter'; readonly ms: number };

/** Nothing to do until something changes. */
export const done: Result = { outcome: 'done' };

/** Look again after `ms`, or sooner if something changes. */
export function requeueAfter(ms: number): Result {
  return { outcome: 'requeueAfter', ms };
}

/** A retry does not help; only a change of the object does. Counted, logged, not retried. */
export class TerminalError extends Error {
  readonly code: string = 'TERMINAL';

  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = new.target.name;
  }
}

/**
 * A dependency that is throttled or busy says when to come back. The key returns after that time; it is not counted as an
 * error, and its backoff does not grow. Base class: the rooms above derive their own.
 */
export class RetryLater extends Error {
  readonly code: string = 'RETRY_LATER';
  readonly retryAfterMs: number;

  constructor(message: string, { retryAfterMs, cause }: { readonly retryAfterMs: number; readonly cause?: unknown }) {
    super(message, { cause });
    this.name = new.target.name;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Something was thrown that is not an Error; `cause` is it. */
class ThrownValue extends Error {
  readonly code = 'THROWN_VALUE';

  constructor(value: unknown) {
    super(`Reconcile threw something that is not an Error: ${String(value)}`, { cause: value });
    this.name = 'ThrownValue';
  }
}

/**
 * Looks at what `key` names as it is now, and takes the next step. Doing it twice must equal doing it once. `signal` ends
 * at the deadline; every request must take it.
 */
export type Reconcile = (key: string, options: { readonly signal: AbortSignal }) => Promise<Result>;

export interface ControllerOptions {
  readonly name: string;
  readonly queue: WorkQueue;
  readonly reconcile: Reconcile;
  readonly workers: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** For one reconcile. */
  readonly deadlineMs?: number;
  /** How long reconciles may go on after the stop before they are aborted. */
  readonly drainMs?: number;
}

const usualDeadlineMs = 60_000;
// A pod has 30 s between SIGTERM and SIGKILL; the lease, the events and the servers need the rest.
const usualDrainMs = 15_000;
// A key that comes back at once waits for a timer all the same: passes that ask nobody would else keep the event loop from
// leases, watches and probes.
const leastPauseMs = 1;

export class Controller {
  readonly name: string;
  readonly #options: ControllerOptions;
  readonly #log: Logger;

  constructor(options: ControllerOptions) {
    this.name = options.name;
    this.#options = options;
    this.#log = options.log.child({ controller: options.name });
    const labels = { controller: options.name };
    const metrics = options.metrics.controller;
    for (const result of reconcileResults) metrics.total.inc({ ...labels, result }, 0);
    for (const counter of [metrics.errors, metrics.terminalErrors, metrics.panics, metrics.timeouts])
      counter.inc(labels, 0);
    metrics.seconds.zero(labels);
    metrics.active.set(labels, 0);
    metrics.maxConcurrent.set(labels, options.workers);
  }

  /**
   * Reconciles until `signal` aborts. Then no more keys are taken, and it ends when all workers have: those still at it
   * after the drain time find their own signal aborted. Call it once all stores are synced and the lease is held.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, workers, drainMs = usualDrainMs } = this.#options;
    const abort = new AbortController();
    let timer: Timer | undefined;
    const startDrain = (): void => {
      timer = clock.after(drainMs, () => abort.abort(signal.reason));
    };
    signal.addEventListener('abort', startDrain, { once: true });
    try {
      await Promise.all(Array.from({ length: workers }, () => this.#work(signal, abort.signal)));
    } finally {
      signal.removeEventListener('abort', startDrain);
      timer?.cancel();
    }
  }

  async #work(stop: AbortSignal, abort: AbortSignal): Promise<void> {
    const { queue, metrics } = this.#options;
    const labels = { controller: this.name };
    for (let key = await queue.next(stop); key !== undefined; key = await queue.next(stop)) {
      metrics.controller.active.inc(labels);
      try {
        await this.#reconcile(key, abort);
      } finally {
        metrics.controller.active.dec(labels);
        queue.finish(key);
      }
    }
  }

  async #reconcile(key: string, abort: AbortSignal): Promise<void> {
    const { clock, metrics, reconcile, deadlineMs = usualDeadlineMs } = this.#options;
    const labels = { controller: this.name };
    const startMs = clock.monotonicMs();
    using deadline = deadlineAfter(deadlineMs, { clock, signal: abort });
    const { signal } = deadline;
    // Counted when it happens: a reconcile that ignores its signal keeps its worker, and is never run a second time beside it.
    const onTimeout = (): void => {
      if (!deadline.exceeded) return;
      metrics.controller.timeouts.inc(labels);
      this.#log.warn({ key, deadlineMs }, 'reconcile is past its deadline');
    };
    signal.addEventListener('abort', onTimeout, { once: true });
    let result: ReconcileResult;
    try {
      result = this.#settle(key, await reconcile(key, { signal }));
    } catch (error) {
      result = this.#fail(key, error, abort);
    }
    metrics.controller.total.inc({ ...labels, result });
    metrics.controller.seconds.observe(labels, (clock.monotonicMs() - startMs) / 1000);
  }

  #settle(key: string, result: Result): ReconcileResult {
    const { queue } = this.#options;
    queue.forget(key);
    if (result.outcome === 'done') return 'success';
    this.#comeBack(key, result.ms);
    return 'requeue_after';
  }

  #comeBack(key: string, ms: number): void {
    this.#options.queue.addAfter(key, Math.max(leastPauseMs, ms));
  }

  #fail(key: string, thrown: unknown, abort: AbortSignal): ReconcileResult {
    const { queue, metrics } = this.#options;
    const labels = { controller: this.name };
    const error = thrown instanceof Error ? thrown : new ThrownValue(thrown);
    if (abort.aborted) {
      this.#log.info({ key, err: error }, 'reconcile was ended by the stop');
      return 'error';
    }
    const laterMs = laterMsOf(error);
    if (laterMs !== undefined) {
      this.#log.debug({ key, err: error, ms: laterMs }, 'reconcile comes back later');
      this.#comeBack(key, laterMs);
      return 'requeue_after';
    }
    if (error instanceof Conflict) {
      // The cache was behind. The watch brings the new version; nothing failed.
      this.#log.debug({ key, err: error }, 'object changed under the reconcile');
      queue.addRateLimited(key);
      return 'requeue_after';
    }
    metrics.controller.errors.inc(labels);
    if (error instanceof TerminalError) {
      metrics.controller.terminalErrors.inc(labels);
      queue.forget(key);
      this.#log.error({ key, err: error }, 'reconcile failed for good');
      return 'error';
    }
    if (isBug(error)) metrics.controller.panics.inc(labels);
    queue.addRateLimited(key);
    this.#log.warn({ key, err: error, failures: queue.failures(key) }, 'reconcile failed');
    return 'error';
  }
}

/** When the dependency said to come back, if it did. */
function laterMsOf(error: Error): number | undefined {
  if (error instanceof RetryLater) return error.retryAfterMs;
  return error instanceof KubeError ? error.retryAfterMs : undefined;
}

function isBug(error: Error): boolean {
  return (
    error instanceof ThrownValue ||
    error instanceof TypeError ||
    error instanceof ReferenceError ||
    error instanceof RangeError
  );
}
