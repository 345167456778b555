// Asks the controller for its feed, again and again, while somebody looks.
import type { StatusFeed } from '../feed.ts';

export type Answer =
  | { readonly ok: true; readonly feed: StatusFeed }
  /** For people. */
  | { readonly ok: false; readonly why: string };

const usualMs = 5000;
/** An answer that takes long is asked for less often: a tenth of the time at most. */
const restPerAnswer = 10;
const patienceMs = 20_000;

export class FeedSource {
  readonly #onAnswer: (answer: Answer) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = false;
  #paused = false;

  constructor(onAnswer: (answer: Answer) => void) {
    this.#onAnswer = onAnswer;
    document.addEventListener('visibilitychange', () => this.#resume());
  }

  get paused(): boolean {
    return this.#paused;
  }

  set paused(paused: boolean) {
    this.#paused = paused;
    this.#resume();
  }

  /** Asks at once, unless it may not or does already. */
  start(): void {
    this.#resume();
  }

  #resume(): void {
    clearTimeout(this.#timer);
    if (this.#paused || document.hidden || this.#asking) return;
    void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    const startMs = performance.now();
    const answer = await ask();
    this.#asking = false;
    this.#onAnswer(answer);
    if (this.#paused || document.hidden) return;
    const tookMs = performance.now() - startMs;
    this.#timer = setTimeout(() => this.#resume(), Math.max(usualMs, tookMs * restPerAnswer));
  }
}

/** Never rejects. */
async function ask(): Promise<Answer> {
  try {
    // Relative, so that it is found behind the API server's proxy too.
    const response = await fetch('status', { signal: AbortSignal.timeout(patienceMs), cache: 'no-store' });
    if (!response.ok) return { ok: false, why: `it answers ${response.status}` };
    const body: unknown = await response.json();
    if (isFeed(body)) return { ok: true, feed: body };
    return { ok: false, why: 'its answer is of another version: reload this page' };
  } catch (error) {
    const isLate = error instanceof DOMException && error.name === 'TimeoutError';
    return { ok: false, why: isLate ? 'it takes too long' : 'it cannot be reached' };
  }
}

/** The controller that made the answer also made this page; a newer one may have taken its place. */
function isFeed(body: unknown): body is StatusFeed {
  return typeof body === 'object' && body !== null && 'version' in body && body.version === 1;
}
