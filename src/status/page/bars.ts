// A claim's way to Ready as a bar: all bars of a page have one scale, so that they can be compared (pure).
import type { FeedClaim } from '../feed.ts';
import { shownOf, shownWords, type Shown } from './model.ts';
import { durationText, secondsBetween } from './words.ts';

interface Part {
  readonly shown: Shown;
  /** Its share of the bar, relative to the other parts. */
  readonly weight: number;
  /** It goes on, and how long it has lasted says nothing: the time that a claim has been Ready. */
  readonly isTail: boolean;
}

export interface Bar {
  readonly parts: readonly Part[];
  /** What of the bar's length is not reached yet. */
  readonly rest: number;
  /** The same in words. */
  readonly text: string;
}

const leastScale = 5 * 60;
const greatestScale = 60 * 60;
/** Of the bar: what a time of any length is shown as once it does not matter how long it was. */
const tokenShare = 0.12;

interface Step {
  readonly name: Shown;
  readonly seconds: number;
  readonly isLast: boolean;
}

/** Seconds that a whole bar stands for: the longest way to Ready that has been gone, within reason. */
export function scaleOf(claims: readonly FeedClaim[], at: string): number {
  const gone = claims.filter(({ phase }) => phase === 'ready').map((claim) => onTheWay(stepsOf(claim, at)));
  // A tail has to be seen beyond it.
  return Math.min(greatestScale, Math.max(leastScale, ...gone.map((seconds) => seconds / (1 - tokenShare))));
}

/** `at`: when the feed was put together. */
export function barOf(claim: FeedClaim, { at, scale }: { readonly at: string; readonly scale: number }): Bar {
  const steps = stepsOf(claim, at);
  const isStuck = shownOf(claim) === 'stuck';
  const token = scale * tokenShare;
  const onWay = onTheWay(steps);
  const parts = steps.map(({ name, seconds, isLast }): Part => {
    const shown = isLast && isStuck ? 'stuck' : name;
    if (name !== 'ready') return { shown, weight: seconds, isTail: false };
    const weight = isLast ? Math.max(token, scale - onWay) : token;
    return { shown, weight, isTail: shown === 'ready' && isLast };
  });
  const filled = parts.reduce((total, { weight }) => total + weight, 0);
  return {
    parts,
    rest: Math.max(0, scale - filled),
    text: steps
      .map(
        ({ name, seconds, isLast }) =>
          `${shownWords[name].toLowerCase()} ${isLast ? 'for ' : ''}${durationText(seconds)}`,
      )
      .join(' · '),
  };
}

function stepsOf({ timeline }: FeedClaim, at: string): readonly Step[] {
  return timeline.map(({ name, since, until }, index) => ({
    name,
    seconds: secondsBetween(since, until ?? at),
    isLast: index === timeline.length - 1,
  }));
}

function onTheWay(steps: readonly Step[]): number {
  return steps.filter(({ name }) => name !== 'ready').reduce((total, { seconds }) => total + seconds, 0);
}
