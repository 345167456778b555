// A signal that ends with its parent or after a time, whichever is first, and leaves nothing behind; and the wait that it ends.
import type { Clock } from '../clock.ts';

/** The time that a call was given is over. */
export class DeadlineExceeded extends Error {
  readonly code = 'DEADLINE_EXCEEDED';

  constructor(ms: number) {
    super(`Not done within ${ms} ms`);
    this.name = 'DeadlineExceeded';
  }
}

export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
  /** Whether the time passed, rather than that the parent aborted. */
  readonly exceeded: boolean;
  /** Starts the time anew. */
  restart(): void;
  /** Stops the time; the parent still counts. */
  pause(): void;
}

/**
 * Unlike AbortSignal.any with AbortSignal.timeout it takes its time from a Clock, and unlike both it lets go of a parent
 * that lives as long as the process. Use it with `using`.
 */
export function deadlineAfter(
  ms: number,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Deadline {
  const controller = new AbortController();
  let exceeded = false;
  const follow = (): void => controller.abort(signal.reason);
  const expire = (): void => {
    if (controller.signal.aborted) return;
    exceeded = true;
    controller.abort(new DeadlineExceeded(ms));
  };
  if (signal.aborted) follow();
  else signal.addEventListener('abort', follow, { once: true });
  let timer = clock.after(ms, expire);
  return {
    signal: controller.signal,
    get exceeded() {
      return exceeded;
    },
    restart() {
      timer.cancel();
      timer = clock.after(ms, expire);
    },
    pause() {
      timer.cancel();
    },
    [Symbol.dispose]() {
      timer.cancel();
      signal.removeEventListener('abort', follow);
    },
  };
}

/**
 * What the promise comes to, or the signal's reason when that is first: for work that does not follow a signal everywhere.
 * The work itself may go on; what becomes of it then reaches nobody.
 */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
