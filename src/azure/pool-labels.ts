// The labels of a claim's pool, which AKS puts on its Nodes: what the Go provisioner sends, less what AKS refuses.
import type { Claim } from '../apis/claim.ts';
import { allowanceOf } from './allowance.ts';
import { hasGpu } from './catalogue.ts';
import { isLabelKey, isLabelValue, isReservedLabel, isSetByNode } from './label-rules.ts';
import { PlanRefused } from './plan-refused.ts';
import { sameArmText } from './same-text.ts';

/** Throws PlanRefused for a label of the claim that AKS would refuse and no requirement explains. */
export function poolLabels(claim: Claim, vmSize: string): Record<string, string> {
  return { ...baseLabels(claim), ...claimLabels(claim, vmSize), ...requiredLabels(claim), ...ownLabels(claim, vmSize) };
}

function baseLabels({ kind }: Claim): Record<string, string> {
  return kind === 'Machine' ? { 'karpenter.sh/provisioner-name': 'default' } : { 'karpenter.sh/nodepool': 'kaito' };
}

function ownLabels({ kind, createdAt }: Claim, vmSize: string): Record<string, string> {
  const machineType = { 'kaito.sh/machine-type': hasGpu(vmSize) ? 'gpu' : 'cpu' };
  if (kind === 'Machine') return machineType;
  // A label's value takes no colons; the Go provisioner's collector reads this form.
  const seconds = createdAt.toISOString().replace(/\.\d+Z$/, 'Z');
  return { ...machineType, 'kaito.sh/creation-timestamp': seconds.replaceAll(':', '-') };
}

function claimLabels(claim: Claim, vmSize: string): Record<string, string> {
  const sent = Object.entries(claim.labels).filter(([key, value]) => isSent(claim, key, value, vmSize));
  return Object.fromEntries(sent);
}

/** What the lifecycle says of a Node when it is true; a claim that carries them says nothing. */
const milestoneLabels: ReadonlySet<string> = new Set(['karpenter.sh/registered', 'karpenter.sh/initialized']);

function isSent(claim: Claim, key: string, value: string, vmSize: string): boolean {
  if (milestoneLabels.has(key)) return false;
  const required = allowanceOf(claim.spec.requirements, [key]);
  const explained = required.asked && required.allows(value);
  if (isSetByNode(key)) {
    if (!explained && !isTrueOfNode(key, value, vmSize)) {
      throw new PlanRefused(
        `Label "${key}: ${value}" cannot be had: nodes are linux, amd64 and ${vmSize}; AKS sets this label itself`,
      );
    }
    return false;
  }
  if (!isReservedLabel(key)) return true;
  if (explained) return false;
  throw new PlanRefused(`Label "${key}" is reserved, AKS refuses it on a pool; remove it from the claim`);
}

/** Zone, region and host name are the Node's to tell; whoever copied them onto the claim asks for nothing. */
function isTrueOfNode(key: string, value: string, vmSize: string): boolean {
  if (key.endsWith('/arch')) return value === 'amd64';
  if (key.endsWith('/os')) return value === 'linux';
  return key.endsWith('/instance-type') ? sameArmText(value, vmSize) : true;
}

/** Requirements that leave one value hold for the Node as labels. */
function requiredLabels({ spec }: Claim): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const { key } of spec.requirements) {
    const [value, ...others] = allowanceOf(spec.requirements, [key]).named ?? [];
    if (value === undefined || others.length > 0 || isSetByNode(key) || isReservedLabel(key)) continue;
    if (milestoneLabels.has(key)) continue;
    if (!isLabelKey(key)) throw new PlanRefused(`Requirement "${key}" cannot be a label: its key is malformed`);
    if (!isLabelValue(value))
      throw new PlanRefused(`Requirement "${key}" cannot be a label: "${value}" is no label value`);
    labels[key] = value;
  }
  return labels;
}
