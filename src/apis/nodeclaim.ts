// NodeClaims: where they are served, and how one reads as a claim.
import type { Claim } from './claim.ts';
import { readClaim } from './claim-reading.ts';
import { parseGoDuration } from './go-duration.ts';
import type { NodeClaim } from './nodeclaim.gen.ts';
import type { Resource } from './resource.ts';

export const nodeClaims: Resource<NodeClaim> = {
  group: 'karpenter.sh',
  version: 'v1',
  plural: 'nodeclaims',
  kind: 'NodeClaim',
  namespaced: false,
};

/** `Never`, and a duration that no CRD of Karpenter's lets in, are no limit. */
export function claimOfNodeClaim(nodeClaim: NodeClaim): Claim {
  const { expireAfter, terminationGracePeriod } = nodeClaim.spec;
  const expireAfterMs = parseGoDuration(expireAfter);
  const terminationGracePeriodMs = parseGoDuration(terminationGracePeriod);
  return readClaim('NodeClaim', nodeClaim, {
    ...(expireAfterMs === undefined ? {} : { expireAfterMs }),
    ...(terminationGracePeriodMs === undefined ? {} : { terminationGracePeriodMs }),
  });
}
