// A Node that the API server does not let us change: said on its claim, since it costs money and only a person can mend it.
import type { Claim } from '../apis/claim.ts';
import { conditionOf } from '../apis/conditions.ts';
import { headlineWithStep } from '../azure/headline.ts';
import { isRefusedWrite } from '../kube/errors.ts';
import type { KubeError } from '../kube/errors.ts';
import type { Decision } from './decision.ts';
import { conditionTypes } from './faces.ts';
import type { Face } from './faces.ts';
import { reasons } from './reasons.ts';

/** The Node does not get what its claim has for it; a webhook, a right that is missing or the claim itself is the cause. */
export class NodeRefused extends Error {
  readonly code = 'NODE_REFUSED';

  constructor(nodeName: string, cause: KubeError) {
    const next = 'correct the claim, or the webhook that says so';
    const what = `The API server refuses to change Node "${nodeName}"`;
    super(headlineWithStep({ what, next, quote: whyOf(cause) }), { cause });
    this.name = 'NodeRefused';
  }
}

/** What was thrown by a write to this Node, told apart from what passes by itself. */
export function nodeRefusalOf(error: unknown, nodeName: string): unknown {
  return isRefusedWrite(error) ? new NodeRefused(nodeName, error) : error;
}

/** What the claim says in place of what its row would when the Node were written to. A claim that serves goes on serving. */
export function decisionAfter({ message }: NodeRefused, decision: Decision, { kind, status }: Claim): Decision {
  const why = { reason: reasons.NodeRefused, message };
  const { bound, ...rest } = decision;
  const events = [{ type: 'Warning', ...why, once: message } as const];
  if (decision.step.do === 'register') return { ...rest, events, face: { face: 'joining', ...why } };
  const serves = conditionOf(status.conditions, conditionTypes[kind].initialized)?.status === 'True';
  const face: Face = serves ? decision.face : { face: 'initializing', ...why };
  return { ...rest, ...(bound === undefined ? {} : { bound }), events, face };
}

/** The fields that are wrong, else the words of the answer, without the id that a webhook's has another of each time. */
function whyOf({ causes, message }: KubeError): string {
  const fields = causes.map(({ field = '', message: text = '' }) => `${field}: ${text}`);
  return (fields.length === 0 ? message : fields.join(', ')).replaceAll(/\(UID: [\w-]+\) ?/gi, '');
}
