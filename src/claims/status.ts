// The one status patch of a pass: conditions of the face, and what the bound Node is (pure).
import type { Claim, Condition } from '../apis/claim.ts';
import { withConditions } from '../apis/conditions.ts';
import type { Decision } from './decision.ts';
import { conditionTypes, conditionsOf } from './faces.ts';

/** Which node image AKS has put on the Node; its upgrades change it. */
const imageLabel = 'kubernetes.azure.com/node-image-version';

/** A merge patch for the status subresource, locked by resourceVersion; undefined when the status says it all already. */
export function statusPatch(
  claim: Claim,
  decision: Pick<Decision, 'face' | 'terminating' | 'bound' | 'extra'>,
  { now, observesGeneration }: { readonly now: Date; readonly observesGeneration: boolean },
): { readonly metadata: object; readonly status: Record<string, unknown> } | undefined {
  const wanted = [
    ...conditionsOf(decision.face, claim.kind, claim.status.conditions),
    ...(decision.terminating ?? []),
    ...(decision.extra ?? []),
  ];
  const observed = observesGeneration ? { observedGeneration: claim.generation } : {};
  const changed = withConditions(claim.status.conditions, wanted, { now, ...observed });
  // A deletion is a new generation: what stays of the claim's life is as true of it, and says so.
  const conditions = decision.terminating === undefined ? changed : changed.map((one) => ofOurs(one, claim, observed));
  const status: Record<string, unknown> = isSame(conditions, claim.status.conditions) ? {} : { conditions };
  const node = decision.bound?.node;
  if (node !== undefined) {
    const { providerId, name } = decision.bound ?? {};
    if (claim.status.nodeName !== name) status['nodeName'] = name;
    if (providerId !== undefined && claim.status.providerID !== providerId) status['providerID'] = providerId;
    const imageId = claim.kind === 'NodeClaim' ? node.metadata.labels?.[imageLabel] : undefined;
    if (imageId !== undefined && claim.status.imageID !== imageId) status['imageID'] = imageId;
    for (const field of ['capacity', 'allocatable'] as const) {
      const change = mapPatch(claim.status[field], node.status?.[field]);
      if (change !== undefined) status[field] = change;
    }
  }
  if (Object.keys(status).length === 0) return undefined;
  return { metadata: { resourceVersion: claim.resourceVersion }, status };
}

/** The condition under the observed generation, when it is one that the lifecycle writes. */
function ofOurs(condition: Condition, { kind }: Claim, observed: { readonly observedGeneration?: number }): Condition {
  const { launched, registered, initialized } = conditionTypes[kind];
  const isOurs = [launched, registered, initialized, 'Ready'].includes(condition.type);
  return isOurs && condition.observedGeneration !== observed.observedGeneration
    ? { ...condition, ...observed }
    : condition;
}

function isSame(a: readonly Condition[], b: readonly Condition[]): boolean {
  return a.length === b.length && a.every((condition, index) => condition === b[index]);
}

type Quantities = Readonly<Record<string, string | number>>;

/** A merge patch from one map to the other: `null` deletes. */
function mapPatch(had: Quantities = {}, has: Quantities = {}): Record<string, string | number | null> | undefined {
  const patch: Record<string, string | number | null> = {};
  for (const [key, value] of Object.entries(has)) if (String(had[key]) !== String(value)) patch[key] = value;
  for (const key of Object.keys(had)) if (has[key] === undefined) patch[key] = null;
  return Object.keys(patch).length === 0 ? undefined : patch;
}
