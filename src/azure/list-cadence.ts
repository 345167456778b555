// When the next LIST is due: often while something is in flight, rarely at rest, slower while Azure does not answer.

export interface CadenceOptions {
  /** Between the beginnings of two LISTs while something is in flight. */
  readonly fastMs: number;
  /** The same at rest. */
  readonly idleMs: number;
}

export const defaultCadence: CadenceOptions = { fastMs: 15_000, idleMs: 300_000 };

export interface CadenceState {
  /** When the last LIST began; absent before the first. */
  readonly lastStartMs?: number;
  readonly inFlight: boolean;
  /** LISTs in a row that failed. */
  readonly failures: number;
  /** ARM or the limiter asked not to be called before this. */
  readonly notBeforeMs: number;
}

// A cluster whose ARM is down is looked at once a minute at least: everything waits for it.
const slowestRetryMs = 60_000;

/** The moment, on the clock of the state's times, at which the next LIST begins. */
export function nextListAtMs(state: CadenceState, { fastMs, idleMs }: CadenceOptions): number {
  if (state.lastStartMs === undefined) return state.notBeforeMs;
  const backoffMs = Math.min(fastMs * 2 ** (state.failures - 1), Math.max(fastMs, slowestRetryMs));
  const restMs = state.inFlight ? fastMs : idleMs;
  return Math.max(state.notBeforeMs, state.lastStartMs + (state.failures > 0 ? backoffMs : restMs));
}
