import { describe, expect, it } from 'vitest';
import { accepted, refusal, sized } from '../../test/support/pool-plans.ts';

describe('planPool labels', () => {
  it.each([
    'kubernetes.azure.com/mode',
    'x.kubernetes.azure.com/mode',
    'kubernetes.io/role',
    'node-role.kubernetes.io/gpu',
    'k8s.io/x',
    'scheduling.k8s.io/x',
    'agentpool',
  ])('refuse the reserved %s and name it', (label) => {
    expect(refusal({ labels: { [label]: 'x' } })).toContain(`"${label}"`);
  });

  it.each([
    'kubelet.kubernetes.io/x',
    'node.kubernetes.io/x',
    'karpenter.sh/capacity',
    'my-k8s.io.example.com/x',
    'plain',
  ])('send %s', (label) => {
    expect(accepted({ labels: { [label]: 'x' } }).body.nodeLabels).toHaveProperty([label], 'x');
  });

  it('neither refuse nor send a reserved one that a requirement explains', () => {
    const key = 'kubernetes.azure.com/os-sku';
    const requirements = [sized('Standard_NC4as_T4_v3'), { key, operator: 'In', values: ['Ubuntu'] }];
    expect(accepted({ requirements, labels: { [key]: 'Ubuntu' } }).body.nodeLabels).not.toHaveProperty([key]);
    expect(refusal({ requirements, labels: { [key]: 'Windows' } })).toContain(key);
  });

  it('leave to AKS what it sets itself', () => {
    const labels = {
      'topology.kubernetes.io/zone': 'eastus-1',
      'topology.kubernetes.io/region': 'eastus',
      'kubernetes.io/hostname': 'h',
      'kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
      'node.kubernetes.io/instance-type': 'standard_nc24ads_a100_v4',
    };
    expect(Object.keys(accepted({ labels }).body.nodeLabels).filter((key) => key in labels)).toEqual([]);
    expect(refusal({ labels: { 'kubernetes.io/arch': 'arm64' } })).toContain('kubernetes.io/arch: arm64');
  });

  it('are set by requirements that leave one value, over the labels of the claim', () => {
    const requirements = [
      sized('Standard_NC4as_T4_v3'),
      { key: 'team', operator: 'In', values: ['ml'] },
      { key: 'tier', operator: 'In', values: ['a', 'b'] },
      { key: 'karpenter.sh/capacity-type', operator: 'In', values: ['on-demand'] },
    ];
    expect(accepted({ requirements, labels: { team: 'other', 'kaito.sh/machine-type': 'x' } }).body.nodeLabels).toEqual(
      {
        'karpenter.sh/provisioner-name': 'default',
        'karpenter.sh/capacity-type': 'on-demand',
        'kaito.sh/machine-type': 'gpu',
        'kaito.sh/workspace': 'w',
        'kaito.sh/workspacenamespace': 'ns',
        team: 'ml',
      },
    );
  });

  it.each([
    ['a b', 'x'],
    ['a/b/c', 'x'],
    ['Upper.Case/x', 'x'],
    ['x', 'a b'],
    ['x', '-a'],
    ['x', 'a'.repeat(64)],
  ])('refuse the requirement %j with the value %j', (key, value) => {
    const requirements = [sized('Standard_NC4as_T4_v3'), { key, operator: 'In', values: [value] }];
    expect(refusal({ requirements })).toContain(`Requirement "${key}"`);
  });
});
