// One watch of one replica: events arrive in order, later than they happened, until the watch ends or breaks.
import type { WatchOptions } from '../../src/kube/client.ts';
import { NotFound, Timeout } from '../../src/kube/errors.ts';
import type { ApiServer, Change } from './api-server.ts';
import type { KubeFaults } from './kube-connection.ts';
import type { SimProcess } from './process.ts';
import type { Random } from './random.ts';
import type { Pending, Scheduler } from './scheduler.ts';
import type { Thing } from './thing.ts';

type SimEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: Thing }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

export interface SimWatchOptions {
  readonly process: SimProcess;
  readonly server: ApiServer;
  readonly scheduler: Scheduler;
  readonly faults: KubeFaults;
  readonly random: Random;
  readonly plural: string;
  /** What happened between the version that the client has and now. */
  readonly missed: readonly Change[];
  readonly options: WatchOptions;
}

const bookmarkMs = 60_000;

type Answer = SimEvent | 'end' | { readonly error: unknown };

export class SimWatch {
  readonly #options: SimWatchOptions;
  readonly #ready: Answer[] = [];
  readonly #timers = new Set<Pending>();
  #waiting: ((answer: Answer) => void) | undefined;
  readonly #unsubscribe: () => void;
  #lastArrivalMs = 0;
  #stalled = false;
  #version: string;

  constructor(options: SimWatchOptions) {
    this.#options = options;
    const { server, scheduler, missed, plural } = options;
    this.#version = String(server.version);
    for (const change of missed) this.#take(change);
    this.#unsubscribe = server.subscribe((change) => {
      if (change.plural === plural) this.#take(change);
    });
    scheduler.after(options.options.timeoutSeconds * 1000, () => this.#arrive('end'));
    this.#bookmark();
    const { signal } = options.options;
    signal.addEventListener('abort', () => this.#arrive({ error: signal.reason }), { once: true });
  }

  get plural(): string {
    return this.#options.plural;
  }

  get process(): SimProcess {
    return this.#options.process;
  }

  /** What its client hears is out of date: events are long on their way, or none come and it has not found out yet. */
  get stalled(): boolean {
    return this.#stalled || this.#lastArrivalMs > this.#options.scheduler.nowMs + 1000;
  }

  /** Undefined when the server ended it. */
  async next(): Promise<SimEvent | undefined> {
    const answer =
      this.#ready.shift() ??
      (await new Promise<Answer>((resolve) => {
        this.#waiting = resolve;
      }));
    if (answer === 'end') return undefined;
    if ('error' in answer) throw answer.error;
    return answer;
  }

  /** Whatever was on its way is lost. */
  break(error: unknown): void {
    this.#drop();
    this.#arrive({ error });
  }

  /** No byte comes any more; the client finds out by its own idle deadline. */
  stall(): void {
    const { scheduler, options } = this.#options;
    this.#stalled = true;
    this.#drop();
    scheduler.after(options.idleMs, () =>
      this.#arrive({ error: new Timeout(`No byte for ${options.idleMs} ms`, { status: 0 }) }),
    );
  }

  close(): void {
    this.#drop();
  }

  #drop(): void {
    this.#unsubscribe();
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  #take({ type, object }: Change): void {
    const { scheduler, faults, process, plural, random, server } = this.#options;
    if (!process.alive) return this.#drop();
    if (!server.serves(plural)) return this.break(new NotFound('not served', { status: 404 }));
    const lagMs = faults.watchLagMs(process);
    this.#version = object.metadata.resourceVersion;
    // In order, whatever the lag was a moment ago.
    const atMs = Math.max(this.#lastArrivalMs, scheduler.nowMs + lagMs + 1 + random.below(20));
    this.#lastArrivalMs = atMs;
    this.#at(atMs, { type, object });
  }

  #bookmark(): void {
    const { scheduler } = this.#options;
    const timer = scheduler.after(bookmarkMs, () => {
      this.#timers.delete(timer);
      this.#at(Math.max(this.#lastArrivalMs, scheduler.nowMs), {
        type: 'BOOKMARK',
        resourceVersion: this.#version,
      });
      this.#bookmark();
    });
    this.#timers.add(timer);
  }

  #at(atMs: number, event: SimEvent): void {
    const timer = this.#options.scheduler.at(atMs, () => {
      this.#timers.delete(timer);
      this.#arrive(event);
    });
    this.#timers.add(timer);
  }

  #arrive(answer: Answer): void {
    const { process } = this.#options;
    process.run(() => {
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (waiting === undefined) this.#ready.push(answer);
      else waiting(answer);
    });
  }
}
