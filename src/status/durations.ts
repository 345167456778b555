// How long the phases of claims took, by VM size: a small memory of this process, for people who ask what is usual.
import type { Claim } from '../apis/claim.ts';
import type { FeedExpectation, FeedPhaseName } from './feed.ts';
import { timelineOf } from './timeline.ts';

// The newest ones, of each size and phase: a few days of a busy fleet, and a few kilobytes.
const samplesKept = 100;
// More sizes than Azure has with GPUs.
const sizesKept = 100;
// Clocks of two machines are behind these times, and nobody is told a share of a second.
const second = 1000;

type Samples = Partial<Record<FeedPhaseName, number[]>>;

const order = ['launching', 'registering', 'initializing', 'ready', 'deleting'] as const satisfies FeedPhaseName[];

/** One for the process. */
export class Durations {
  /** By size in lower case, the size that was heard of last at the end. */
  readonly #bySize = new Map<string, { readonly vmSize: string; readonly samples: Samples }>();
  /** Phases that count already, by the uid of a claim that is there. */
  readonly #counted = new Map<string, Set<FeedPhaseName>>();

  /** Takes in each phase of the claim that has ended, once. Doing it again changes nothing. */
  note(claim: Claim, vmSize: string | undefined, now: Date): void {
    if (vmSize === undefined) return;
    // A deletion cuts short what it finds: that is no duration of anything.
    if (claim.deletingSince !== undefined) return;
    const { phases } = timelineOf(claim, now);
    let reachedMs = claim.createdAt.getTime();
    for (const { name, since, until } of phases) {
      // After a gap it is Ready again, and not for the first time.
      if (name === 'ready' && since.getTime() === reachedMs)
        this.#count(claim, vmSize, name, reachedMs - claim.createdAt.getTime());
      if (until === undefined) return;
      this.#count(claim, vmSize, name, until.getTime() - since.getTime());
      reachedMs = since.getTime() === reachedMs ? until.getTime() : Number.NaN;
    }
  }

  /** The claim is gone: its deletion took until now. */
  noteGone(claim: Claim, vmSize: string | undefined, now: Date): void {
    if (vmSize !== undefined && claim.deletingSince !== undefined)
      this.#count(claim, vmSize, 'deleting', Math.max(0, now.getTime() - claim.deletingSince.getTime()));
    this.#counted.delete(claim.uid);
  }

  /** By size and in the order of a claim's life. */
  expectations(): readonly FeedExpectation[] {
    const sizes = [...this.#bySize.values()].toSorted((a, b) => (a.vmSize < b.vmSize ? -1 : 1));
    return sizes.flatMap(({ vmSize, samples }) =>
      order.flatMap((phase) => {
        const known = samples[phase];
        if (known === undefined) return [];
        const sorted = known.toSorted((a, b) => a - b);
        return [
          {
            vmSize,
            phase,
            count: known.length,
            p50Seconds: secondsAt(sorted, 0.5),
            p90Seconds: secondsAt(sorted, 0.9),
          },
        ];
      }),
    );
  }

  #count({ uid }: Claim, vmSize: string, phase: FeedPhaseName, ms: number): void {
    const counted = this.#counted.get(uid) ?? new Set();
    if (counted.has(phase)) return;
    this.#counted.set(uid, counted.add(phase));
    const samples = this.#samplesOf(vmSize);
    const known = (samples[phase] ??= []);
    known.push(ms);
    if (known.length > samplesKept) known.shift();
  }

  #samplesOf(vmSize: string): Samples {
    const key = vmSize.toLowerCase();
    const entry = this.#bySize.get(key) ?? { vmSize, samples: {} };
    this.#bySize.delete(key);
    this.#bySize.set(key, entry);
    for (const oldest of this.#bySize.keys()) {
      if (this.#bySize.size <= sizesKept) break;
      this.#bySize.delete(oldest);
    }
    return entry.samples;
  }
}

/** The nearest rank: a duration that somebody really waited. */
function secondsAt(sorted: readonly number[], share: number): number {
  const ms = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return Math.round(ms / second);
}
