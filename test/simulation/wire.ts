// A request between a process and a server: it takes its time both ways, and either way can fail.
import type { SimProcess } from './process.ts';
import type { Scheduler } from './scheduler.ts';

/** What becomes of one request; times are added to the way's own. */
export type Fate =
  | { readonly fate: 'normal' }
  /** Slow there, slow back. */
  | { readonly fate: 'slow'; readonly toMs: number; readonly backMs: number }
  /** Never carried out: the client hears of it after `afterMs`, or runs into its deadline. */
  | { readonly fate: 'refused'; readonly error: unknown; readonly afterMs: number }
  | { readonly fate: 'lost' }
  /** Carried out `lateMs` after it was sent, and nobody hears of it. */
  | { readonly fate: 'answerLost'; readonly error: unknown; readonly afterMs: number; readonly lateMs: number };

export interface Call<T> {
  readonly label: string;
  readonly fate: Fate;
  readonly toMs: number;
  readonly backMs: number;
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
  /** At the server, when the request arrives. */
  readonly carryOut: () => T;
  /** What the client throws when its signal aborts, and when the deadline passes. */
  readonly aborted: () => unknown;
  readonly timedOut: () => unknown;
}

/** Told of each request when it leaves and when it was carried out: a crash may be waiting for that. */
export type Probe = (process: SimProcess, phase: 'sent' | 'done', label: string) => void;

export class Wire {
  readonly #scheduler: Scheduler;
  readonly #process: SimProcess;
  readonly #probe: Probe;

  constructor({ scheduler, process, probe }: { scheduler: Scheduler; process: SimProcess; probe: Probe }) {
    this.#scheduler = scheduler;
    this.#process = process;
    this.#probe = probe;
  }

  /** Never settles once the process is dead. */
  send<T>(call: Call<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const process = this.#process;
    const scheduler = this.#scheduler;
    if (!process.alive) return promise;
    const { signal, fate } = call;
    if (signal.aborted) {
      reject(signal.reason);
      return promise;
    }
    let open = true;
    const finish = (settle: () => void): void => {
      if (!open) return;
      open = false;
      deadline.cancel();
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const onAbort = (): void => finish(() => reject(call.aborted()));
    const later = (ms: number, settle: () => void): void => {
      scheduler.after(ms, () => process.run(() => finish(settle)));
    };
    const deadline = scheduler.after(call.deadlineMs, () => process.run(() => finish(() => reject(call.timedOut()))));
    signal.addEventListener('abort', onAbort, { once: true });

    this.#probe(process, 'sent', call.label);
    if (fate.fate === 'lost') return promise;
    if (fate.fate === 'refused') {
      later(fate.afterMs, () => reject(fate.error));
      return promise;
    }
    const extraTo = fate.fate === 'slow' ? fate.toMs : fate.fate === 'answerLost' ? fate.lateMs : 0;
    const backMs = call.backMs + (fate.fate === 'slow' ? fate.backMs : 0);
    if (fate.fate === 'answerLost') later(fate.afterMs, () => reject(fate.error));
    scheduler.after(call.toMs + extraTo, () => {
      if (process.dropsInFlight) return;
      let settle: () => void;
      try {
        const value = call.carryOut();
        settle = () => resolve(value);
      } catch (error) {
        settle = () => reject(error);
      }
      this.#probe(process, 'done', call.label);
      if (fate.fate === 'answerLost') return;
      if (backMs === 0) process.run(() => finish(settle));
      else later(backMs, settle);
    });
    return promise;
  }
}
