// A Machine or a NodeClaim explained: how far it is, what it waits for, why, and what to do (pure).
import type { Claim } from '../../apis/claim.ts';
import { gpuCatalogue, isLargeSize } from '../../azure/catalogue.ts';
import { isOrdered, pauseAnnotation } from '../../claims/annotations.ts';
import { poolOfClaim } from '../../claims/observe.ts';
import { guideOf } from '../../claims/reason-guide.ts';
import { defaultTimings } from '../../claims/timings.ts';
import { attentionOf } from '../../status/attention.ts';
import { sizeOf } from '../../status/claim-rows.ts';
import type { FeedAttention, StatusFeed } from '../../status/feed.ts';
import { timelineOf } from '../../status/timeline.ts';
import type { Phase } from '../../status/timeline.ts';
import type { SeenClaim } from '../asking/claims.ts';
import { lasted } from '../printing/lasted.ts';
import { commandsFor } from './commands.ts';
import { expectationOf } from './expectation.ts';
import type { Around, Cause, Explanation, Next, Step, Verdict } from './explanation.ts';
import { gateHolds } from './gate-holds.ts';
import { refOf } from './refs.ts';
import { waitsFor } from './waits-for.ts';

export interface ClaimContext extends Around {
  readonly feed: StatusFeed | undefined;
}

export function explainClaim({ claim, ours }: SeenClaim, context: ClaimContext): Explanation {
  const { events, feed, missing, now, troubles } = context;
  const { kind, name } = claim;
  const { phases, current } = timelineOf(claim, now);
  const phase: Phase = current ?? { name: 'launching', since: claim.createdAt };
  const told = feed?.claims.find(({ uid }) => uid === claim.uid);
  const vmSize = told?.vmSize ?? sizeOf(claim);
  const common = {
    version: 1,
    at: now.toISOString(),
    kind,
    name,
    facts: factsOf(claim, vmSize, feed),
    timeline: phases.map((each) => stepOf(each, now)),
    parts: [],
    events,
    missing,
  } as const;
  if (!ours) {
    const headline = `${kind} "${name}" belongs to another provisioner: nothing is done for it here`;
    return { ...common, verdict: 'well', headline, holds: [] };
  }
  const largeSize = vmSize !== undefined && isLargeSize(vmSize);
  const own = attentionOf(claim, phase, { now, largeSize, timings: defaultTimings });
  // The controller knows its own waits; while it shows another phase, it knows less than the object.
  const attention = told?.phase === phase.name ? told.attention : own;
  const expectation = expectationOf(claim, phase, { now, vmSize, expectations: feed?.expectations ?? [] });
  const wait = waitsFor(claim, phase, { now, vmSize });
  const cause = causeOf(phase);
  const next = nextOf(cause, { claim, vmSize, feed });
  return {
    ...common,
    verdict: phase.name !== 'ready' && troubles.length > 0 ? 'wrong' : verdictOf(phase, attention),
    headline: headlineOf(claim, phase, now),
    ...(wait === undefined ? {} : { waitsFor: wait }),
    ...(cause === undefined ? {} : { cause }),
    ...(next === undefined ? {} : { next }),
    ...(expectation === undefined ? {} : { expectation }),
    holds: [...(phase.name === 'ready' ? [] : troubles), ...pauseOf(claim), ...gateHolds(phase, feed?.gate)],
  };
}

function verdictOf(phase: Phase, attention: FeedAttention): Verdict {
  if (attention !== 'none') return 'wrong';
  return phase.name === 'ready' ? 'well' : 'waiting';
}

function headlineOf({ kind, name }: Claim, phase: Phase, now: Date): string {
  const since = lasted(now.getTime() - phase.since.getTime());
  const subject = `${kind} "${name}"`;
  if (phase.name === 'deleting') return `${subject} has been going away for ${since}`;
  if (phase.name !== 'ready') return `${subject} is not Ready: it has been ${phase.name} for ${since}`;
  return phase.reason === undefined
    ? `${subject} has been Ready for ${since}`
    : `${subject} has been Ready for ${since}, but its GPUs cannot all be used`;
}

function factsOf(claim: Claim, vmSize: string | undefined, feed: StatusFeed | undefined): readonly string[] {
  const { labels, status, uid } = claim;
  const size = vmSize === undefined ? undefined : gpuCatalogue.find(vmSize);
  const gpus = size === undefined ? '' : ` (${size.gpuCount} x ${size.gpuModel})`;
  const told = feed?.claims.find((each) => each.uid === uid);
  const workspace = labels['kaito.sh/workspace'];
  return [
    ...(vmSize === undefined ? [] : [`${vmSize}${gpus}`]),
    `pool ${poolOfClaim(claim)}`,
    ...(status.nodeName === undefined || status.nodeName === '' ? [] : [`node ${status.nodeName}`]),
    ...(workspace === undefined ? [] : [`workspace ${labels['kaito.sh/workspacenamespace'] ?? ''}/${workspace}`]),
    ...(told?.usdPerHour === undefined || told.usdPerHour === 0 ? [] : [`$${told.usdPerHour.toFixed(2)} an hour`]),
  ];
}

function stepOf({ name, since, until }: Phase, now: Date): Step {
  return {
    phase: name,
    since: since.toISOString(),
    ...(until === undefined ? {} : { until: until.toISOString() }),
    seconds: Math.round(((until ?? now).getTime() - since.getTime()) / 1000),
  };
}

function causeOf({ message = '', reason }: Phase): Cause | undefined {
  return reason === undefined ? undefined : { reason, message };
}

function nextOf(
  cause: Cause | undefined,
  {
    claim,
    feed,
    vmSize,
  }: { readonly claim: Claim; readonly feed: StatusFeed | undefined; readonly vmSize: string | undefined },
): Next | undefined {
  if (cause === undefined) return undefined;
  const { message, reason } = cause;
  const commands = commandsFor(reason, {
    claim: isPausedByOther(claim, reason) ? undefined : refOf(claim),
    pool: poolOfClaim(claim),
    node: claim.status.nodeName,
    vmSize,
    taints: [...claim.spec.taints, ...claim.spec.startupTaints],
    message,
    cluster: feed?.cluster,
  });
  const { means, todo } = guideOf(reason) ?? unknownReason;
  return { means, todo, commands: isPausedByOther(claim, reason) ? [] : commands };
}

const unknownReason = {
  means: 'This release does not know the reason; the message is all that is known.',
  todo: 'Look at the events, and at the controller that wrote it.',
} as const;

/** By --pause of the controller, which no command on the claim ends. */
function isPausedByOther(claim: Claim, reason: string): boolean {
  return reason === 'Paused' && !isOrdered(claim, pauseAnnotation);
}

function pauseOf(claim: Claim): readonly string[] {
  return isOrdered(claim, pauseAnnotation) ? [`A person paused it: annotation ${pauseAnnotation}`] : [];
}
