// An agent pool that no claim has, explained from the controller's ledger (pure).
import { guideOf } from '../../claims/reason-guide.ts';
import type { FeedOwnership, FeedPool, StatusFeed } from '../../status/feed.ts';
import { lasted } from '../printing/lasted.ts';
import { commandsFor } from './commands.ts';
import type { Around, Explanation, Verdict } from './explanation.ts';
import { gateText } from './gate-holds.ts';
import { refOf } from './refs.ts';

const verdicts: Readonly<Record<FeedOwnership, Verdict>> = {
  owned: 'well',
  foreign: 'well',
  unknown: 'waiting',
  orphan: 'wrong',
  orphan_in_use: 'wrong',
  ambiguous: 'wrong',
};

const sentences: Readonly<Record<FeedOwnership, string>> = {
  owned: 'has a claim',
  foreign: 'was not made for a claim: it is never touched',
  unknown: 'may or may not have a claim: that cannot be known now',
  orphan: 'has lost its claim and is billed',
  orphan_in_use: 'has lost its claim and is in use',
  ambiguous: 'has signs of a claim that contradict each other, and is never deleted',
};

export function explainPool(pool: FeedPool, feed: StatusFeed, { events, missing, now }: Around): Explanation {
  const { ageSeconds, count, message = '', name, owner, ownership, reason, state, usdPerHour, vmSize } = pool;
  const leaks = verdicts[ownership] === 'wrong';
  const guide = reason === undefined ? undefined : guideOf(reason);
  const context = { pool: name, vmSize, message, cluster: feed.cluster };
  return {
    version: 1,
    at: now.toISOString(),
    kind: 'AgentPool',
    name,
    verdict: verdicts[ownership],
    headline: `Agent pool "${name}" ${sentences[ownership]}`,
    facts: [
      count === 1 ? vmSize : `${count} x ${vmSize}`,
      state,
      ...(owner === undefined ? [] : [`made for ${refOf(owner)}`]),
      ...(usdPerHour === undefined ? ['price unknown'] : [`$${usdPerHour.toFixed(2)} an hour`]),
      ...(leaks ? [`known as such for ${lasted(ageSeconds * 1000)}`] : []),
    ],
    timeline: [],
    ...(reason === undefined ? {} : { cause: { reason, message } }),
    ...(reason === undefined || guide === undefined
      ? {}
      : { next: { means: guide.means, todo: guide.todo, commands: commandsFor(reason, context) } }),
    holds: ownership === 'orphan' && feed.gate.state !== 'open' ? [gateText(feed.gate)] : [],
    parts: [],
    events,
    missing,
  };
}
