// What Azure last said of the requests that are left to us, kept beside the metrics, which cannot be read back.
import type { ArmObserver, LaneState, RemainingRequests } from '../azure/arm-observer.ts';
import { saidForMs } from '../azure/arm-metrics.ts';
import type { Clock } from '../clock.ts';
import type { FeedAzure } from './feed.ts';

export interface ArmBudget {
  /** As of now: what Azure said longer ago than ten minutes is left out. */
  readonly now: () => Pick<FeedAzure, 'remaining' | 'throttledSeconds'>;
  /** To be given to the ARM client in place of the one that it was made of. */
  readonly observer: ArmObserver;
}

const kinds = ['reads', 'writes', 'deletes'] as const;

export function createArmBudget(observer: ArmObserver, clock: Pick<Clock, 'monotonicMs'>): ArmBudget {
  const said = new Map<keyof RemainingRequests, { readonly left: number; readonly atMs: number }>();
  let lanes: (() => readonly LaneState[]) | undefined;
  return {
    now() {
      const nowMs = clock.monotonicMs();
      const fresh = [...said].filter(([, { atMs }]) => nowMs - atMs < saidForMs);
      const closedMs = Math.max(0, ...(lanes?.() ?? []).map((lane) => lane.closedMs));
      return {
        remaining: Object.fromEntries(fresh.map(([kind, { left }]) => [kind, left])),
        ...(closedMs === 0 ? {} : { throttledSeconds: Math.ceil(closedMs / 1000) }),
      };
    },
    observer: {
      ...observer,
      observeLanes(read) {
        lanes = read;
        observer.observeLanes(read);
      },
      observeRequest(note) {
        // Each answer tells of one kind.
        for (const kind of kinds) {
          const left = note.remaining[kind];
          if (left !== undefined) said.set(kind, { left, atMs: clock.monotonicMs() });
        }
        observer.observeRequest(note);
      },
    },
  };
}
