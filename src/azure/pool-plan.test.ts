import { describe, expect, it } from 'vitest';
import { accepted, plan, refusal, sized, sizeKey, type ClaimChanges } from '../../test/support/pool-plans.ts';
import type { Requirement } from '../apis/claim.ts';

const chosen = (...requirements: Requirement[]): string => accepted({ requirements }).vmSize;

const required = (key: string, ...values: string[]): ClaimChanges => ({
  requirements: [sized('Standard_NC4as_T4_v3'), { key, operator: 'In', values }],
});

describe('planPool', () => {
  it("plans KAITO's Machine", () => {
    const requirements = [
      sized('Standard_NC6s_v3'),
      { key: 'karpenter.sh/provisioner-name', operator: 'In', values: ['default'] },
      { key: 'kaito.sh/machine-type', operator: 'In', values: ['gpu'] },
      { key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] },
      { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] },
    ];
    expect(plan({ requirements, labels: { 'kubernetes.io/arch': 'amd64', 'kubernetes.io/os': 'linux' } })).toEqual({
      ok: true,
      poolName: 'ws1a2b3c4d5',
      vmSize: 'Standard_NC6s_v3',
      warnings: [
        {
          reason: 'RetiredSize',
          message: 'Azure retired Standard_NC6s_v3 on 2025-09-30; use Standard_NC24ads_A100_v4',
        },
      ],
      body: {
        vmSize: 'Standard_NC6s_v3',
        count: 1,
        enableAutoScaling: false,
        mode: 'User',
        type: 'VirtualMachineScaleSets',
        osType: 'Linux',
        osDiskSizeGB: 50,
        nodeLabels: {
          'karpenter.sh/provisioner-name': 'default',
          'kaito.sh/machine-type': 'gpu',
          'kaito.sh/workspace': 'w',
          'kaito.sh/workspacenamespace': 'ns',
        },
        nodeTaints: ['sku=gpu:NoSchedule'],
        tags: {
          'gpu-provisioner-schema': '1',
          'gpu-provisioner-kind': 'Machine',
          'gpu-provisioner-name': 'ws1a2b3c4d5',
          'gpu-provisioner-uid': '0e3a',
          'gpu-provisioner-mode': 'dedicated',
        },
      },
    });
  });

  it("plans KAITO's NodeClaim", () => {
    const { body } = accepted({
      kind: 'NodeClaim',
      annotations: { 'kaito.sh/node-image-family': 'AzureLinux' },
      requirements: [
        { key: 'karpenter.sh/nodepool', operator: 'In', values: ['kaito'] },
        sized('Standard_NC24ads_A100_v4'),
        { key: 'karpenter.azure.com/sku-name', operator: 'In', values: ['Standard_NC24ads_A100_v4'] },
      ],
      spec: { requests: { 'ephemeral-storage': '1024Gi' } },
    });
    expect(body.nodeLabels).toEqual({
      'karpenter.sh/nodepool': 'kaito',
      'karpenter.azure.com/sku-name': 'Standard_NC24ads_A100_v4',
      'kaito.sh/machine-type': 'gpu',
      'kaito.sh/creation-timestamp': '2025-10-17T15-49-18Z',
      'kaito.sh/workspace': 'w',
      'kaito.sh/workspacenamespace': 'ns',
    });
    expect(body).toMatchObject({ osSKU: 'AzureLinux', osDiskSizeGB: 1024 });
  });

  it('gives a claim whose name AKS refuses a pool of another name', () => {
    expect(accepted({ name: 'my-gpu-machine' }).poolName).toMatch(/^g[a-z2-7]{11}$/);
  });

  it('reads an image family on NodeClaims only, and warns of one that it does not know', () => {
    const annotations = { 'kaito.sh/node-image-family': 'flatcar' };
    expect(accepted({ annotations })).toMatchObject({ warnings: [] });
    const made = accepted({ kind: 'NodeClaim', annotations });
    expect(made.warnings).toMatchObject([{ reason: 'UnknownImageFamily' }]);
    expect(made.body.osSKU).toBe('Ubuntu');
  });
});

describe('planPool instance type', () => {
  it('takes the first that all requirements allow', () => {
    expect(chosen(sized('Standard_A', 'Standard_B'))).toBe('Standard_A');
    expect(chosen(sized('Standard_A', 'Standard_B'), { key: sizeKey, operator: 'NotIn', values: ['Standard_A'] })).toBe(
      'Standard_B',
    );
    expect(chosen(sized('Standard_A', 'Standard_B', 'Standard_C'), sized('Standard_C', 'Standard_B'))).toBe(
      'Standard_B',
    );
    expect(chosen({ key: sizeKey, operator: 'Exists' }, sized('Standard_A'))).toBe('Standard_A');
  });

  it('compares without regard to case and keeps the case that the claim writes', () => {
    expect(chosen(sized('standard_nc4as_t4_v3'), sized('Standard_NC4as_T4_v3'))).toBe('standard_nc4as_t4_v3');
    expect(accepted({ requirements: [sized('standard_nc4as_t4_v3')] })).toMatchObject({
      warnings: [],
      body: { nodeLabels: { 'kaito.sh/machine-type': 'gpu' } },
    });
  });

  it.each([
    ['none', []],
    ['only what is not wanted', [{ key: sizeKey, operator: 'NotIn', values: ['Standard_A'] }]],
    ['only that there is one', [{ key: sizeKey, operator: 'Exists' }]],
    ['nothing that is left', [sized('Standard_A'), { key: sizeKey, operator: 'NotIn', values: ['standard_a'] }]],
    ['an empty list', [sized()]],
    ['that there is none', [sized('Standard_A'), { key: sizeKey, operator: 'DoesNotExist' }]],
    ['a number', [sized('Standard_A'), { key: sizeKey, operator: 'Gt', values: ['1'] }]],
  ])('is refused when the requirements name %s', (_what, requirements) => {
    expect(refusal({ requirements })).toMatch(/instance type/);
  });

  it.each(['', ' ', 'Standard NC', 'Standard_NC6/..', '6', 'Standard_"', `S${'x'.repeat(80)}`])(
    'is refused when it is %j',
    (bad) => {
      expect(refusal({ requirements: [sized(bad)] })).toMatch(/not a VM size/);
    },
  );

  it.each([
    ['Standard_NC999_v9', 'gpu', ['UnknownSize']],
    ['Standard_NC24ads_A100_v4', 'gpu', []],
    ['Standard_NV12s_v3', 'gpu', ['RetiredSize']],
    ['Standard_D4s_v5', 'cpu', []],
    ['Standard_NP10s', 'cpu', []],
    ['Basic_A1', 'cpu', []],
  ])('%s is %s with the warnings %j', (vmSize, type, warnings) => {
    const made = accepted({ requirements: [sized(vmSize)] });
    expect(made.body.nodeLabels['kaito.sh/machine-type']).toBe(type);
    expect(made.warnings.map(({ reason }) => reason)).toEqual(warnings);
  });
});

describe('planPool platform', () => {
  it.each([
    ['kubernetes.io/arch', 'arm64', 'architecture "arm64"'],
    ['kubernetes.io/os', 'windows', 'operating system "windows"'],
    ['karpenter.sh/capacity-type', 'spot', 'capacity type "spot"'],
  ])('refuses %s %s in words', (key, value, words) => {
    expect(refusal(required(key, value))).toContain(words);
    expect(
      accepted(required(key, value, { arm64: 'amd64', windows: 'linux', spot: 'on-demand' }[value] ?? '')).ok,
    ).toBe(true);
  });

  it.each([
    [['eastus-1'], ['1']],
    [['3'], ['3']],
    [['eastus-1', 'eastus-2'], undefined],
    [['0'], undefined],
  ])('places for the zones %j in %j', (values, zones) => {
    expect(accepted(required('topology.kubernetes.io/zone', ...values)).body.availabilityZones).toEqual(zones);
  });

  it.each(['eastus', 'eastus-12', 'us-east-1a'])('refuses the zone %s', (zone) => {
    expect(refusal(required('topology.kubernetes.io/zone', zone))).toContain(`"${zone}"`);
  });
});
