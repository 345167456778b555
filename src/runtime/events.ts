// What happened to an object, for the people who look at it: `kubectl describe` shows it, with repetitions counted.
import type { Clock, Timer } from '../clock.ts';
import type { KubeClient } from '../kube/client.ts';
import { AlreadyExists, KubeError, NotFound } from '../kube/errors.ts';
import { TokenBucket } from '../kube/token-bucket.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { Backoff } from './backoff.ts';
import { EventNames } from './event-names.ts';
import { type EventNote, eventObject, events, type Reporter, seriesPatch } from './event-object.ts';
import { pause } from './pause.ts';

export type { EventNote } from './event-object.ts';

export interface EventRecorder {
  /** Returns at once and never throws: an event is not worth a failed reconcile. */
  record(event: EventNote): void;
}

export interface EventSinkOptions {
  readonly client: Pick<KubeClient, 'create' | 'patch'>;
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** The same thing said of the same object, again and again. */
interface Series {
  readonly name: { readonly name: string; readonly namespace: string };
  readonly note: EventNote;
  readonly firstAt: Date;
  lastAt: Date;
  count: number;
  /** The count that the API server knows; 0 before the event exists. */
  written: number;
  window: Timer;
}

// Karpenter's window: what is said again within two minutes of its last writing is counted and written when they are over.
const windowMs = 120_000;
// client-go's queue of the broadcaster.
const mostWaiting = 1000;
const mostSeries = 4096;
// client-go's spam filter: 25 events on an object at once, then one in five minutes.
const perObject = { burst: 25, perSecond: 1 / 300 } as const;
const mostObjects = 4096;
const mostTries = 5;

/**
 * Writes events one after the other, in the background. What does not fit the queue, what is too much for one object and
 * what the API server refuses is dropped and counted.
 */
export class EventSink implements EventRecorder {
  readonly #options: EventSinkOptions;
  readonly #series = new Map<string, Series>();
  readonly #limits = new Map<string, TokenBucket>();
  readonly #names = new EventNames();
  readonly #waiting = new Set<Series>();
  readonly #end = new AbortController();
  #writing: Promise<void> | undefined;
  #open = true;

  constructor(options: EventSinkOptions) {
    this.#options = options;
  }

  record(note: EventNote): void {
    if (!this.#open) return;
    const { clock } = this.#options;
    const key = keyOf(note);
    const known = this.#series.get(key);
    if (known !== undefined) {
      known.count += 1;
      known.lastAt = clock.now();
      return;
    }
    if (!this.#limit(note.regarding.uid).tryTake()) {
      this.#drop('object', note);
      return;
    }
    const now = clock.now();
    const name = this.#names.next(note.regarding, now);
    const series = { name, note, firstAt: now, lastAt: now, count: 1, written: 0, window: this.#openWindow(key) };
    this.#series.set(key, series);
    this.#evict(this.#series, mostSeries, ({ window }) => window.cancel());
    this.#write(series);
  }

  /**
   * For the stop: writes what waits, counts included, until all is written or `signal` aborts. What is recorded later is
   * lost. Never throws.
   */
  async flush({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    this.#open = false;
    for (const series of this.#series.values()) {
      series.window.cancel();
      if (series.count > series.written) this.#write(series);
    }
    const giveUp = (): void => this.#end.abort(signal.reason);
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    await this.#writing;
    signal.removeEventListener('abort', giveUp);
  }

  #openWindow(key: string): Timer {
    return this.#options.clock.after(windowMs, () => {
      const series = this.#series.get(key);
      if (series === undefined) return;
      if (series.count === series.written) {
        this.#series.delete(key);
        return;
      }
      series.window = this.#openWindow(key);
      this.#write(series);
    });
  }

  #write(series: Series): void {
    if (this.#waiting.size >= mostWaiting) {
      this.#drop('queue', series.note);
      return;
    }
    this.#waiting.add(series);
    this.#writing ??= this.#writeAll();
  }

  /** Never throws. */
  async #writeAll(): Promise<void> {
    for (const series of this.#waiting) {
      this.#waiting.delete(series);
      const { count, lastAt, written } = series;
      // The stop asks for everything that is not written yet, also for what is just being written.
      if (count === written) continue;
      await this.#writeOne(series, { count, lastAt });
      // Also when it was refused: what is said again gets another try, once a window.
      series.written = count;
      if (this.#end.signal.aborted) return;
    }
    // In the same turn as the look at the empty queue, so that whoever comes next starts anew.
    this.#writing = undefined;
  }

  async #writeOne(series: Series, occurrences: { readonly count: number; readonly lastAt: Date }): Promise<void> {
    const { clock, log } = this.#options;
    const { signal } = this.#end;
    const backoff = new Backoff({ longestMs: 30_000 });
    for (let tries = 1; ; tries++) {
      try {
        await this.#request(series, occurrences);
        return;
      } catch (error) {
        if (error instanceof AlreadyExists) return;
        const retry = tries < mostTries && !signal.aborted && isPassing(error);
        log.debug({ err: error, reason: series.note.reason, retry }, 'event not written');
        if (!retry || !(await pause(backoff.next(), { clock, signal }))) break;
      }
    }
    this.#drop('refused', series.note);
  }

  async #request(series: Series, occurrences: { readonly count: number; readonly lastAt: Date }): Promise<void> {
    const { client, reporter } = this.#options;
    const { name, note, firstAt, written } = series;
    const { signal } = this.#end;
    if (written > 0) {
      try {
        await client.patch(events, name, { type: 'merge', body: seriesPatch(occurrences) }, { signal });
        return;
      } catch (error) {
        // The API server forgets events after an hour.
        if (!(error instanceof NotFound)) throw error;
      }
    }
    await client.create(events, eventObject(name, note, { reporter, firstAt, occurrences }), { signal });
  }

  #limit(uid: string): TokenBucket {
    const known = this.#limits.get(uid);
    if (known !== undefined) return known;
    const limit = new TokenBucket({ clock: this.#options.clock, ...perObject });
    this.#limits.set(uid, limit);
    this.#evict(this.#limits, mostObjects);
    return limit;
  }

  /** Forgets the oldest entry of a map that has more than `most`. */
  #evict<V>(map: Map<string, V>, most: number, forget: (value: V) => void = () => undefined): void {
    if (map.size <= most) return;
    for (const [key, value] of map) {
      forget(value);
      map.delete(key);
      return;
    }
  }

  #drop(cause: 'queue' | 'object' | 'refused', { regarding, reason }: EventNote): void {
    this.#options.metrics.events.dropped.inc({ cause });
    this.#options.log.debug({ cause, kind: regarding.kind, name: regarding.name, reason }, 'event dropped');
  }
}

/** Whether another try may succeed. */
function isPassing(error: unknown): boolean {
  return error instanceof KubeError && (error.status === 0 || error.status === 429 || error.status >= 500);
}

function keyOf({ regarding, type, reason, message, related }: EventNote): string {
  return JSON.stringify([regarding.kind, regarding.uid, type, reason, message, related?.uid]);
}
