// The claims of the cluster as a person may see them, and whose they are.
import type { Claim } from '../../apis/claim.ts';
import type { KubeObject } from '../../apis/wire.ts';
import { machineAdapter, nodeClaimAdapter } from '../../claims/adapter.ts';
import type { ClaimAdapter } from '../../claims/adapter.ts';
import { recordOf } from '../../claims/annotations.ts';
import type { KubeClient, ListOptions } from '../../kube/client.ts';
import { attempt } from './answer.ts';
import type { Answer } from './answer.ts';

export interface SeenClaim {
  readonly claim: Claim;
  /** This provisioner serves it. Its `--claim-selector` is not known here. */
  readonly ours: boolean;
}

export interface SeenClaims {
  readonly machines: Answer<readonly SeenClaim[]>;
  readonly nodeClaims: Answer<readonly SeenClaim[]>;
}

/** Those that the selection names. */
export async function askClaims(
  kube: Pick<KubeClient, 'list'>,
  selection: Pick<ListOptions, 'signal' | 'labelSelector' | 'fieldSelector'>,
): Promise<SeenClaims> {
  const ask = <T extends KubeObject>(adapter: ClaimAdapter<T>): Promise<Answer<readonly SeenClaim[]>> =>
    attempt(`${adapter.kind}s`, { verb: 'list', resource: `${adapter.resource.plural}.karpenter.sh` }, async () => {
      const { items } = await kube.list(adapter.resource, selection);
      return items.map((object) => seen(adapter, object));
    });
  const [machines, nodeClaims] = await Promise.all([ask(machineAdapter), ask(nodeClaimAdapter)]);
  return { machines, nodeClaims };
}

function seen<T extends KubeObject>(adapter: ClaimAdapter<T>, object: T): SeenClaim {
  const claim = adapter.read(object);
  return { claim, ours: adapter.isOurs(object) || recordOf(claim) !== undefined };
}
