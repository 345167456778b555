// A Workspace explained by what it is made of: its claims, its pods, and what it says itself (pure).
import type { Workspace } from '../../apis/workspace.gen.ts';
import { countOf, sizeOf } from '../../apis/workspace.ts';
import type { Pod } from '../../apis/wire.ts';
import type { StatusFeed } from '../../status/feed.ts';
import { troubleOf } from '../../workspaces/pod-trouble.ts';
import type { Trouble } from '../../workspaces/pod-trouble.ts';
import { guideOfWorkspace } from '../../workspaces/reason-guide.ts';
import type { SeenClaim } from '../asking/claims.ts';
import { lasted } from '../printing/lasted.ts';
import { verdictOf } from '../status/workspace-verdict.ts';
import type { WorkspaceVerdict } from '../status/workspace-verdict.ts';
import { explainClaim } from './explain-claim.ts';
import type { Around, Cause, Explanation, Next, Part, Verdict } from './explanation.ts';
import { refOf } from './refs.ts';

export interface WorkspaceContext extends Around {
  readonly feed: StatusFeed | undefined;
  readonly claims: readonly SeenClaim[];
  readonly pods: readonly Pod[];
}

export function explainWorkspace(workspace: Workspace, context: WorkspaceContext): Explanation {
  const { events, missing, now, troubles } = context;
  const { name, namespace = '' } = workspace.metadata;
  const said = verdictOf(workspace);
  const claims = context.claims.map((seen) => ({ seen, told: explainClaim(seen, context) }));
  const culprit =
    claims.find(({ told }) => told.verdict === 'wrong') ?? claims.find(({ told }) => told.verdict !== 'well');
  const trouble = troubleOf(context.pods);
  const own = ownCause(said, trouble);
  // A pod that no node takes is the consequence of the node that is not as it should be.
  const isOwnTrouble = trouble !== undefined && trouble.reason !== 'Unschedulable';
  const fromClaim = !said.ready && culprit !== undefined && !isOwnTrouble;
  const cause = fromClaim ? (culprit.told.cause ?? own) : own;
  const next = fromClaim ? (culprit.told.next ?? nextOf(cause, namespace, trouble)) : nextOf(cause, namespace, trouble);
  const waits = waitsOf(
    said,
    culprit === undefined ? undefined : { ref: refOf(culprit.seen.claim), told: culprit.told },
    trouble,
  );
  const worst =
    claims.some(({ told }) => told.verdict === 'wrong') || (trouble !== undefined && !said.ready) || said.failed;
  return {
    version: 1,
    at: now.toISOString(),
    kind: 'Workspace',
    namespace,
    name,
    verdict: worst ? 'wrong' : said.ready ? 'well' : 'waiting',
    headline: headlineOf(workspace, said, now),
    facts: [`${countOf(workspace)} x ${sizeOf(workspace)}`, workspace.tuning === undefined ? 'inference' : 'tuning'],
    timeline: culprit?.told.timeline ?? [],
    ...(waits === undefined ? {} : { waitsFor: waits }),
    ...(cause === undefined ? {} : { cause }),
    ...(next === undefined ? {} : { next }),
    ...(culprit?.told.expectation === undefined ? {} : { expectation: culprit.told.expectation }),
    // A Workspace may be KAITO's to work on; its claims are the controller's.
    holds: culprit?.told.holds ?? (said.ready || context.claims.length > 0 ? [] : troubles),
    parts: [
      ...claims.map(({ seen, told }) => ({ ref: refOf(seen.claim), verdict: told.verdict, text: shortText(told) })),
      ...context.pods.map(podPart),
    ],
    events,
    missing,
  };
}

function headlineOf({ metadata: { name, namespace = '' } }: Workspace, said: WorkspaceVerdict, now: Date): string {
  const since = said.since === undefined ? '' : ` for ${lasted(now.getTime() - Date.parse(said.since))}`;
  const subject = `Workspace "${namespace}/${name}"`;
  if (said.since === undefined && !said.ready)
    return `${subject} says nothing of itself: no controller has looked at it yet`;
  return said.ready ? `${subject} has been ready${since}` : `${subject} is not ready${since}`;
}

function ownCause({ message = '', ready, reason }: WorkspaceVerdict, trouble: Trouble | undefined): Cause | undefined {
  if (trouble !== undefined && !ready) return { reason: trouble.reason, message: trouble.message };
  return ready || reason === undefined ? undefined : { reason, message };
}

function nextOf(cause: Cause | undefined, namespace: string, trouble: Trouble | undefined): Next | undefined {
  if (cause === undefined) return undefined;
  const guide = guideOfWorkspace(cause.reason);
  const pod = /pod "([a-z0-9][-a-z0-9.]*)"/i.exec(trouble?.message ?? '')?.[1];
  return {
    means: guide?.means ?? 'This release does not know the reason; the message is all that is known.',
    todo: guide?.todo ?? 'Look at the events of the Workspace and of its pods.',
    commands: pod === undefined ? [] : [`kubectl describe pod ${pod} --namespace ${namespace}`],
  };
}

function waitsOf(
  { ready }: WorkspaceVerdict,
  culprit: { readonly ref: string; readonly told: Explanation } | undefined,
  trouble: Trouble | undefined,
): string | undefined {
  if (ready) return undefined;
  if (trouble !== undefined) return 'its pods, to run';
  if (culprit === undefined) return undefined;
  return `${culprit.ref}, which waits for ${culprit.told.waitsFor ?? 'nothing that is known'}`;
}

/** The headline without the name, which stands beside it. */
function shortText({ cause, headline }: Explanation): string {
  const words = headline.replace(/^\w+ "[^"]*" (?:is )?/, '');
  return cause === undefined || cause.reason === '' ? words : `${words} (${cause.reason})`;
}

function podPart(pod: Pod): Part {
  const { name, namespace = '' } = pod.metadata;
  const trouble = troubleOf([pod]);
  const phase = pod.status?.phase ?? 'Unknown';
  const verdict: Verdict = trouble === undefined ? (phase === 'Pending' ? 'waiting' : 'well') : 'wrong';
  return { ref: `pod/${namespace}/${name}`, verdict, text: trouble?.message ?? phase };
}
