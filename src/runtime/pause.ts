// Sleep for loops that a signal ends: being woken by the stop is an answer, not an error.
import type { Clock } from '../clock.ts';

/** Resolves after `ms` with true, or with false as soon as the signal aborts. Never rejects. */
export async function pause(
  ms: number,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<boolean> {
  if (signal.aborted) return false;
  try {
    await clock.sleep(ms, { signal });
    return true;
  } catch {
    // A sleep rejects for one reason: its signal aborted.
    return false;
  }
}
