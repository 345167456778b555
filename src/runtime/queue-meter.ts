// What a work queue tells the operator, under the names of client-go's workqueue.
import type { Clock } from '../clock.ts';
import type { Metrics } from '../observability/metrics.ts';

/** Times of Clock.monotonicMs by key; the metrics are in seconds. */
export class QueueMeter {
  readonly #labels: { readonly name: string; readonly controller: string };
  readonly #clock: Clock;
  readonly #metrics: Metrics['queue'];
  readonly #waitingSince = new Map<string, number>();
  readonly #workingSince = new Map<string, number>();

  constructor({ name, clock, metrics }: { readonly name: string; readonly clock: Clock; readonly metrics: Metrics }) {
    this.#labels = { name, controller: name };
    this.#clock = clock;
    this.#metrics = metrics.queue;
    this.#metrics.adds.inc(this.#labels, 0);
    this.#metrics.retries.inc(this.#labels, 0);
    this.#metrics.waitSeconds.zero(this.#labels);
    this.#metrics.workSeconds.zero(this.#labels);
    this.depth([{ priority: 0, size: 0 }]);
    metrics.onScrape(() => this.#measureWork());
  }

  added(): void {
    this.#metrics.adds.inc(this.#labels);
  }

  retried(): void {
    this.#metrics.retries.inc(this.#labels);
  }

  waits(key: string): void {
    this.#waitingSince.set(key, this.#clock.monotonicMs());
  }

  started(key: string): void {
    const nowMs = this.#clock.monotonicMs();
    this.#metrics.waitSeconds.observe(this.#labels, (nowMs - (this.#waitingSince.get(key) ?? nowMs)) / 1000);
    this.#waitingSince.delete(key);
    this.#workingSince.set(key, nowMs);
  }

  finished(key: string): void {
    const nowMs = this.#clock.monotonicMs();
    this.#metrics.workSeconds.observe(this.#labels, (nowMs - (this.#workingSince.get(key) ?? nowMs)) / 1000);
    this.#workingSince.delete(key);
  }

  depth(lanes: readonly { readonly priority: number; readonly size: number }[]): void {
    for (const { priority, size } of lanes) this.#metrics.depth.set({ ...this.#labels, priority: `${priority}` }, size);
  }

  #measureWork(): void {
    const nowMs = this.#clock.monotonicMs();
    const secondsAtWork = [...this.#workingSince.values()].map((since) => (nowMs - since) / 1000);
    this.#metrics.unfinishedSeconds.set(
      this.#labels,
      secondsAtWork.reduce((sum, seconds) => sum + seconds, 0),
    );
    this.#metrics.longestSeconds.set(this.#labels, Math.max(0, ...secondsAtWork));
  }
}
