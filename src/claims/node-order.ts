// Row D4: a person deleted a Node, and means its instance. What follows happens to the claim.
import { apiVersionOf } from '../apis/resource.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Logger } from '../observability/logger.ts';
import type { EventRecorder } from '../runtime/events.ts';
import { annotationText, intentAnnotation, recordAnnotation } from './annotations.ts';
import { isOfAzure } from './arm-outcome.ts';
import { NotLeading } from './context.ts';
import type { Pass } from './context.ts';
import type { ClaimEvent } from './decision.ts';
import { permits } from './gate.ts';
import type { DecideInput } from './input.ts';
import type { KnownClaims } from './known-claims.ts';
import type { NodeRow } from './node-decision.ts';
import type { NodeView } from './node-view.ts';
import type { Sources } from './observe.ts';
import { reasons } from './reasons.ts';
import { renewalOf } from './recreation.ts';
import type { TerminationMetrics } from './termination-metrics.ts';

export interface NodeReleaseContext extends Sources {
  readonly kube: KubeClient;
  /** One for each kind of claim. */
  readonly kinds: readonly KnownClaims[];
  readonly log: Logger;
  readonly events: EventRecorder;
  readonly termination?: TerminationMetrics;
  /** Told of every decision: which row. */
  readonly onDecision?: (row: NodeRow) => void;
}

/** `unsure`: Azure did not say how the cluster is. `changed`: the gate is not open any more. Nothing was written then. */
export type OrderOutcome = 'done' | 'unsure' | 'changed';

/** `--on-node-deletion=delete-claim`: one DELETE under the claim's uid, so that one of the same name that was made since stays. */
export async function deleteOwner(
  node: NodeView,
  claim: DecideInput,
  context: NodeReleaseContext,
  pass: Pass,
): Promise<OrderOutcome> {
  const { name, uid, kind } = claim.claim;
  const resource = resourceOf(claim, context);
  const gate = await gateNow(context, pass);
  if (gate !== 'done' || resource === undefined) return gate;
  if (!pass.term.mayWrite()) throw new NotLeading();
  context.restraint.note(claim.poolName);
  await context.kube.delete(resource, { name }, { preconditions: { uid }, signal: pass.signal });
  context.log.info({ claim: name, Node: node.name, row: 'D4' }, 'claim deleted: somebody deleted its node');
  tell(claim, context, {
    type: 'Normal',
    reason: reasons.NodeDeletedByPerson,
    message: `Somebody deleted Node "${node.name}" while nothing else was at work on it, so its ${kind} is deleted (--on-node-deletion)`,
  });
  return 'done';
}

/**
 * `--on-node-deletion=replace`: the claim forgets its pool, and its own passes replace that once the Node is gone (rows A0,
 * A11). A claim whose pool was replaced too often today keeps it, and is told so.
 */
export async function replaceInstance(
  node: NodeView,
  claim: DecideInput,
  context: NodeReleaseContext,
  pass: Pass,
): Promise<OrderOutcome> {
  const resource = resourceOf(claim, context);
  const gate = await gateNow(context, pass);
  if (gate !== 'done' || resource === undefined) return gate;
  const renewal = renewalOf(claim, `somebody deleted Node "${node.name}"`);
  if (!renewal.ok) {
    tell(claim, context, renewal.event);
    return 'done';
  }
  if (!pass.term.mayWrite()) throw new NotLeading();
  const { name, resourceVersion } = claim.claim;
  const annotations = {
    [recordAnnotation]: annotationText(claim.claim, renewal.record),
    ...(renewal.intent === undefined ? {} : { [intentAnnotation]: annotationText(claim.claim, renewal.intent) }),
  };
  const body = { metadata: { resourceVersion, annotations } };
  await context.kube.patch(resource, { name }, { type: 'merge', body }, { signal: pass.signal });
  context.log.info({ claim: name, Node: node.name, row: 'D4' }, 'agent pool is replaced: somebody deleted its node');
  tell(claim, context, {
    type: 'Normal',
    reason: reasons.NodeDeletedByPerson,
    message: `Somebody deleted Node "${node.name}" while nothing else was at work on it, so its instance is replaced (--on-node-deletion)`,
  });
  return 'done';
}

/** On a live look at the cluster: what follows cannot be undone. */
async function gateNow({ confirmGate, gate }: NodeReleaseContext, { signal }: Pass): Promise<OrderOutcome> {
  try {
    const now = confirmGate === undefined ? gate() : await confirmGate({ signal });
    return permits(now, 'replace') ? 'done' : 'changed';
  } catch (error) {
    if (isOfAzure(error)) return 'unsure';
    throw error;
  }
}

function resourceOf({ claim }: DecideInput, { kinds }: NodeReleaseContext): KnownClaims['resource'] | undefined {
  return kinds.find(({ kind }) => kind === claim.kind)?.resource;
}

function tell(claim: DecideInput, context: NodeReleaseContext, { type, reason, message }: ClaimEvent): void {
  const { kind, name, uid } = claim.claim;
  const resource = resourceOf(claim, context);
  if (resource === undefined) return;
  const regarding = { apiVersion: apiVersionOf(resource), kind, name, uid };
  context.events.record({ regarding, type, reason, message });
}
