// The labels that a claim gets from its own requirements and from its Node, so that its columns are filled (M5).
import type { Claim } from '../apis/claim.ts';
import type { Node } from '../apis/wire.ts';
import { isLabelKey, isLabelValue } from '../azure/label-rules.ts';
import { intentOf } from './annotations.ts';

const zone = 'topology.kubernetes.io/zone';
const capacityType = 'karpenter.sh/capacity-type';
const instanceType = 'node.kubernetes.io/instance-type';

/**
 * The claim as its pool is planned from. A label of the size that was asked for last says what we did, not what a person
 * wants: they may have chosen another one since.
 */
export function withoutSizeAsked(claim: Claim): Claim {
  const { [instanceType]: size, ...labels } = claim.labels;
  return size === undefined || size !== intentOf(claim)?.size ? claim : { ...claim, labels };
}

/**
 * Requirements with one value, and the size that was chosen; labels that the claim has already are not changed, but for
 * the size that was asked for before.
 */
export function labelsFromSpec(claim: Claim, vmSize: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const { key, operator, values } of claim.spec.requirements) {
    const [value] = values ?? [];
    if (operator === 'In' && values?.length === 1 && value !== undefined) labels[key] = value;
  }
  labels[instanceType] = vmSize;
  return absentFrom(withoutSizeAsked(claim), labels);
}

/** Where the Node is and what it is paid as. */
export function labelsFromNode(claim: Claim, node: Node): Record<string, string> {
  const has = node.metadata.labels ?? {};
  const where = has[zone];
  const isSpot = has['kubernetes.azure.com/scalesetpriority'] === 'spot';
  return absentFrom(claim, {
    ...(where === undefined ? {} : { [zone]: where }),
    [capacityType]: isSpot ? 'spot' : 'on-demand',
  });
}

function absentFrom(claim: Claim, labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).filter((entry) => claim.labels[entry[0]] === undefined && fits(entry)),
  );
}

/** What the API server would refuse as a label must not keep the patch that carries it from being written. */
function fits([key, value]: readonly [string, string]): boolean {
  return isLabelKey(key) && isLabelValue(value);
}
