// The one status patch of a pass: conditions of the face, and what the bound Node is (pure).
import type { Claim } from '../apis/claim.ts';
import { withConditions } from '../apis/conditions.ts';
import type { Decision } from './decision.ts';
import { conditionsOf } from './faces.ts';

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
  const conditions = withConditions(claim.status.conditions, wanted, {
    now,
    ...(observesGeneration ? { observedGeneration: claim.generation } : {}),
  });
  const status: Record<string, unknown> = conditions === claim.status.conditions ? {} : { conditions };
  const node = decision.bound?.node;
  if (node !== undefined) {
    const { providerId, name } = decision.bound ?? {};
    if (claim.status.nodeName !== name) status['nodeName'] = name;
    if (providerId !== undefined && claim.status.providerID !== providerId) status['providerID'] = providerId;
    for (const field of ['capacity', 'allocatable'] as const) {
      const change = mapPatch(claim.status[field], node.status?.[field]);
      if (change !== undefined) status[field] = change;
    }
  }
  if (Object.keys(status).length === 0) return undefined;
  return { metadata: { resourceVersion: claim.resourceVersion }, status };
}

type Quantities = Readonly<Record<string, string | number>>;

/** A merge patch from one map to the other: `null` deletes. */
function mapPatch(had: Quantities = {}, has: Quantities = {}): Record<string, string | number | null> | undefined {
  const patch: Record<string, string | number | null> = {};
  for (const [key, value] of Object.entries(has)) if (String(had[key]) !== String(value)) patch[key] = value;
  for (const key of Object.keys(had)) if (has[key] === undefined) patch[key] = null;
  return Object.keys(patch).length === 0 ? undefined : patch;
}
