// Follows the milestones: which are reached, when, and which one was missed.
import type { Milestone } from './milestones.ts';
import type { World } from './world.ts';

export interface Entry {
  readonly title: string;
  /** Milliseconds since the story began; absent until reached. */
  readonly atMs?: number;
  /** Since the milestone before it was reached, or since its chapter began. */
  readonly tookMs?: number;
  readonly detail?: string;
}

class MilestoneMissed extends Error {
  readonly code = 'MilestoneMissed';
}

export interface StoryOptions {
  readonly world: World;
  /** Milliseconds that only grow. */
  readonly now: () => number;
  /** Called for each milestone as it is reached. */
  readonly onReached: (entry: Entry) => void;
}

interface Chapter {
  readonly milestones: readonly Milestone[];
  readonly reached: Map<Milestone, Entry>;
  lastMs: number;
  readonly finish: () => void;
}

export class Story {
  readonly #options: StoryOptions;
  readonly #startedMs: number;
  readonly #chapters: Chapter[] = [];

  constructor(options: StoryOptions) {
    this.#options = options;
    this.#startedMs = options.now();
  }

  get elapsedMs(): number {
    return this.#options.now() - this.#startedMs;
  }

  /** Every milestone of every chapter so far, those that are reached with their times. */
  entries(): Entry[] {
    return this.#chapters.flatMap(({ milestones, reached }) =>
      milestones.map((milestone) => reached.get(milestone) ?? { title: milestone.title }),
    );
  }

  /** Looks at the world as it is now; call it after each change. */
  look(): void {
    const chapter = this.#chapters.at(-1);
    if (chapter === undefined) return;
    const { milestones, reached } = chapter;
    for (const milestone of milestones) {
      if (reached.has(milestone) || !milestone.reached(this.#options.world)) continue;
      const atMs = this.elapsedMs;
      const detail = milestone.detail?.(this.#options.world);
      const entry: Entry = {
        title: milestone.title,
        atMs,
        tookMs: atMs - chapter.lastMs,
        ...(detail === undefined ? {} : { detail }),
      };
      chapter.lastMs = atMs;
      reached.set(milestone, entry);
      this.#options.onReached(entry);
    }
    if (reached.size === milestones.length) chapter.finish();
  }

  /** Resolves once every milestone was seen, in any order. Rejects with MilestoneMissed, or the signal's reason. */
  async tell(
    milestones: readonly Milestone[],
    { limitMs, signal }: { readonly limitMs: number; readonly signal: AbortSignal },
  ): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#chapters.push({ milestones, reached: new Map(), lastMs: this.elapsedMs, finish: resolve });
    const timer = setTimeout(() => {
      const missing = milestones.find((milestone) => !milestone.reached(this.#options.world));
      reject(new MilestoneMissed(`Not reached within ${Math.round(limitMs / 1000)} s: ${missing?.title ?? 'the end'}`));
    }, limitMs);
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    this.look();
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }
}
