// The way out: what is to be ended, in the one order that loses nothing, and in the time that a pod is given for it.
import type { Clock } from '../clock.ts';
import { deadlineAfter } from '../kube/deadline.ts';
import type { Logger } from '../observability/logger.ts';

/** The workers are done and another replica may have the lease: what was done is told, and the probes answer until the end. */
const stopStages = ['events', 'servers'] as const;
type StopStage = (typeof stopStages)[number];

export interface StopOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** For all stages together. */
  readonly deadlineMs?: number;
}

/** Ends one thing. Its signal aborts when the time is over; what has not ended by then is left behind. */
export type StopStep = (options: { readonly signal: AbortSignal }) => void | Promise<void>;

// Kubernetes kills after 30 s. By now the workers may have taken 15 s (controller.ts) and the lease 5 s (leader.ts); the rest
// is left for the way out of the process.
const usualDeadlineMs = 5000;

export class GracefulStop {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #deadlineMs: number;
  readonly #steps: { readonly stage: StopStage; readonly name: string; readonly step: StopStep }[] = [];
  #stopping: Promise<boolean> | undefined;

  constructor({ clock, log, deadlineMs = usualDeadlineMs }: StopOptions) {
    this.#clock = clock;
    this.#log = log;
    this.#deadlineMs = deadlineMs;
  }

  /** Registers what is to be ended in a stage. The steps of a stage run together. */
  on(stage: StopStage, name: string, step: StopStep): void {
    this.#steps.push({ stage, name, step });
  }

  /** Runs all stages, once however often it is called. Answers whether all ended well and in time. Never throws. */
  async run(): Promise<boolean> {
    this.#stopping ??= this.#run();
    return this.#stopping;
  }

  async #run(): Promise<boolean> {
    using deadline = deadlineAfter(this.#deadlineMs, { clock: this.#clock, signal: new AbortController().signal });
    const { promise: over, resolve: giveUp } = Promise.withResolvers<undefined>();
    deadline.signal.addEventListener('abort', () => giveUp(undefined), { once: true });
    let clean = true;
    for (const stage of stopStages) {
      const steps = this.#steps.filter((each) => each.stage === stage);
      const ended = Promise.all(steps.map(({ name, step }) => this.#end(name, step, deadline.signal)));
      const results = await Promise.race([ended, over]);
      if (results === undefined) this.#log.warn({ stage, deadlineMs: this.#deadlineMs }, 'stop took too long');
      clean &&= results?.every((good) => good) ?? false;
    }
    return clean;
  }

  async #end(name: string, step: StopStep, signal: AbortSignal): Promise<boolean> {
    try {
      await step({ signal });
      this.#log.debug({ step: name }, 'stopped');
      return true;
    } catch (error) {
      this.#log.warn({ step: name, err: error }, 'stop failed');
      return false;
    }
  }
}
