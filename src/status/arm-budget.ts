// What Azure last said of the requests that are left to us, kept beside the metrics, which cannot be read back.
import type { ArmObserver, RemainingRequests } from '../azure/arm-observer.ts';

export interface ArmBudget {
  readonly remaining: () => RemainingRequests;
  /** To be given to the ARM client in place of the one that it was made of. */
  readonly observer: ArmObserver;
}

export function createArmBudget(observer: ArmObserver): ArmBudget {
  let remaining: RemainingRequests = {};
  return {
    remaining: () => remaining,
    observer: {
      ...observer,
      observeRequest(note) {
        // Each answer tells of one kind.
        remaining = { ...remaining, ...note.remaining };
        observer.observeRequest(note);
      },
    },
  };
}
