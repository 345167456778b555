// The status of a process: its board, with the memory and the looks at pools that feed it.
import type { Claim } from '../apis/claim.ts';
import { guideOf } from '../claims/reason-guide.ts';
import { sizeOf } from './claim-rows.ts';
import { Durations } from './durations.ts';
import { PoolBoard } from './pool-board.ts';
import type { PoolBoardOptions } from './pool-board.ts';
import { StatusBoard } from './status-board.ts';
import type { StatusBoardOptions } from './status-board.ts';

/** Claims of one kind, as ClaimKind has them. */
interface WatchedClaims {
  ours(): Iterable<Claim>;
  onChange(listener: (claim: Claim, is: { readonly gone: boolean }) => void): void;
}

export interface StatusOptions
  extends
    Pick<StatusBoardOptions, 'instance' | 'leads' | 'now' | 'gate' | 'checks' | 'timings'>,
    Omit<PoolBoardOptions, 'inventory'> {
  readonly inventory: PoolBoardOptions['inventory'] & StatusBoardOptions['inventory'];
  readonly kinds: readonly WatchedClaims[];
}

export interface Status {
  readonly board: StatusBoard;
  /** Keeps the ages of pools true until the signal aborts, then resolves. */
  run(signal: AbortSignal): Promise<void>;
}

/** Build it before the claims are watched: it learns from their changes how long things take. */
export function createStatus(options: StatusOptions): Status {
  const { kinds, now } = options;
  const pools = new PoolBoard(options);
  const durations = new Durations();
  for (const kind of kinds) {
    kind.onChange((claim, is) => {
      if (is.gone) durations.noteGone(claim, sizeOf(claim), now());
      else durations.note(claim, sizeOf(claim), now());
    });
  }
  const claims = (): readonly Claim[] => kinds.flatMap((kind) => [...kind.ours()]);
  return {
    board: new StatusBoard({ ...options, claims, pools, durations, guideOf }),
    run: (signal) => pools.run(signal),
  };
}
