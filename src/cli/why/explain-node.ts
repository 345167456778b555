// A Node explained: as its claim, or as one that nobody's claim stands for (pure).
import type { Node } from '../../apis/wire.ts';
import { poolOfProviderId } from '../../claims/provider-id.ts';
import type { StatusFeed } from '../../status/feed.ts';
import type { SeenClaim } from '../asking/claims.ts';
import { lasted } from '../printing/lasted.ts';
import { commandsFor } from './commands.ts';
import { explainClaim } from './explain-claim.ts';
import type { Around, Explanation } from './explanation.ts';
import { refOf } from './refs.ts';

export interface NodeContext extends Around {
  readonly feed: StatusFeed | undefined;
  readonly owner: SeenClaim | undefined;
}

export function explainNode(node: Node, context: NodeContext): Explanation {
  const { owner } = context;
  return owner === undefined ? ofNobody(node, context) : ofClaim(node, owner, context);
}

function ofClaim(node: Node, owner: SeenClaim, context: NodeContext): Explanation {
  const explained = explainClaim(owner, context);
  const name = node.metadata.name;
  const ready = readinessOf(node, context.now);
  return {
    ...explained,
    kind: 'Node',
    name,
    headline: `Node "${name}" is of ${refOf(owner.claim)}. ${explained.headline}`,
    parts: [{ ref: `node/${name}`, verdict: ready.is ? 'well' : 'wrong', text: ready.text }],
  };
}

function ofNobody(node: Node, { events, feed, missing, now }: NodeContext): Explanation {
  const { labels = {}, name } = node.metadata;
  const providerId = node.spec?.providerID;
  const pool = labels['agentpool'] ?? (providerId === undefined ? undefined : poolOfProviderId(providerId));
  const told = feed?.pools.find((each) => each.name === pool);
  const ready = readinessOf(node, now);
  const size = labels['node.kubernetes.io/instance-type'];
  const whose = told === undefined ? [] : [`pool ${told.name} (${told.ownership.replaceAll('_', ' ')})`];
  return {
    version: 1,
    at: now.toISOString(),
    kind: 'Node',
    name,
    verdict: ready.is ? 'well' : 'wrong',
    headline: `Node "${name}" is not of any claim: nothing is done for it here`,
    facts: [
      ...(size === undefined ? [] : [size]),
      ...(whose.length > 0 || pool === undefined ? whose : [`pool ${pool}`]),
      ready.text,
    ],
    timeline: [],
    ...(ready.is
      ? {}
      : {
          cause: { reason: ready.reason, message: ready.message },
          next: {
            means: 'The kubelet of this Node does not report that it is well.',
            todo: 'Look at its conditions and events; who made the Node has to mend it.',
            commands: commandsFor('NodeNotReady', { node: name }),
          },
        }),
    holds: [],
    parts: [],
    events,
    missing,
  };
}

interface Readiness {
  readonly is: boolean;
  readonly text: string;
  readonly reason: string;
  readonly message: string;
}

function readinessOf({ spec, status }: Node, now: Date): Readiness {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const is = ready?.status === 'True';
  const turned = Date.parse(ready?.lastTransitionTime ?? '');
  const since = Number.isNaN(turned) ? '' : ` for ${lasted(now.getTime() - turned)}`;
  const cordoned = spec?.unschedulable === true ? ', cordoned' : '';
  return {
    is,
    text: `${is ? 'Ready' : 'not Ready'}${since}${cordoned}`,
    reason: ready?.reason ?? 'NodeNotReady',
    message: ready?.message ?? '',
  };
}
