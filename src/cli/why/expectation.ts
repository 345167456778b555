// How long it usually takes, by what this controller has seen of other claims of the same size (pure).
import type { Claim } from '../../apis/claim.ts';
import type { FeedExpectation } from '../../status/feed.ts';
import type { Phase } from '../../status/timeline.ts';
import { lasted } from '../printing/lasted.ts';
import type { Expectation } from './explanation.ts';

export interface ExpectationContext {
  readonly now: Date;
  readonly vmSize: string | undefined;
  readonly expectations: readonly FeedExpectation[];
}

/** Undefined of a claim that is Ready, of one that was it once, and where nothing was seen. */
export function expectationOf(claim: Claim, phase: Phase, context: ExpectationContext): Expectation | undefined {
  const { expectations, now, vmSize } = context;
  if (phase.name === 'ready') return undefined;
  const of = phase.name === 'deleting' ? 'deleting' : 'ready';
  // A second launch begins with a deletion, and takes another time than the first.
  if (of === 'ready' && claim.status.nodeName !== undefined && phase.name === 'launching') return undefined;
  const found = expectations.find(
    (each) => each.phase === of && each.vmSize.toLowerCase() === vmSize?.toLowerCase() && each.count > 0,
  );
  if (found === undefined) return undefined;
  const since = of === 'deleting' ? phase.since : claim.createdAt;
  const { count, p50Seconds, p90Seconds } = found;
  const elapsedSeconds = Math.max(0, Math.round((now.getTime() - since.getTime()) / 1000));
  return { of, count, p50Seconds, p90Seconds, elapsedSeconds };
}

export function expectationText({ count, elapsedSeconds, of, p50Seconds, p90Seconds }: Expectation): string {
  const is = of === 'ready' ? 'ready' : 'gone';
  const usual = lasted(p50Seconds * 1000);
  const own = `this one has taken ${lasted(elapsedSeconds * 1000)}`;
  return count === 1
    ? `${is} after ${usual} (the one that was seen), ${own}`
    : `${is} after ${usual} (p50 of ${count}, p90 ${lasted(p90Seconds * 1000)}), ${own}`;
}
