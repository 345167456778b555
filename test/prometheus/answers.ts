// Questions to Prometheus that must have an answer at some time of a run: asked again and again until they have had one.
import { setTimeout as pause } from 'node:timers/promises';
import { metricsIn } from './metrics-in.ts';
import type { Prometheus, Sample } from './prometheus.ts';

export interface Question {
  readonly name: string;
  readonly expr: string;
}

/** It had no answer in a time that is far longer than it ever takes. */
class NeverAnswered extends Error {
  readonly code = 'NeverAnswered';
}

const patienceMs = 90_000;
const glanceMs = 500;

export class Answers {
  readonly #prometheus: Prometheus;
  readonly #open: Map<string, Question>;
  readonly #answers = new Map<string, readonly Sample[]>();

  constructor(prometheus: Prometheus, questions: readonly Question[]) {
    this.#prometheus = prometheus;
    this.#open = new Map(questions.map((question) => [question.name, question]));
  }

  /** The first that was not empty; undefined: there never was one. */
  of(name: string): readonly Sample[] | undefined {
    return this.#answers.get(name);
  }

  /** Asks whatever has no answer yet until these have one; throws NeverAnswered. */
  async until(names: readonly string[]): Promise<void> {
    const deadline = performance.now() + patienceMs;
    while (names.some((name) => !this.#answers.has(name))) {
      if (performance.now() > deadline) {
        const missing = names.filter((name) => !this.#answers.has(name));
        throw new NeverAnswered(`Never answered: ${missing.join(', ')}`);
      }
      await this.ask();
      await pause(glanceMs);
    }
  }

  /** Asks for all that is left, for as long as answers keep coming. */
  async rest(): Promise<void> {
    const deadline = performance.now() + patienceMs / 3;
    while (this.#open.size > 0 && performance.now() < deadline) {
      await this.ask();
      await pause(glanceMs);
    }
  }

  async ask(): Promise<void> {
    for (const { name, expr } of this.#open.values()) {
      const samples = await this.#prometheus.query(expr);
      if (samples.length === 0) continue;
      this.#answers.set(name, samples);
      this.#open.delete(name);
    }
  }
}

/** Metrics of an expression that no target ever told. */
export function unknownIn(expr: string, told: ReadonlySet<string>): readonly string[] {
  return metricsIn(expr).filter((metric) => !told.has(metric));
}
