import { describe, expect, test } from 'vitest';
import { aksNodeClass, kaitoNodeClaim, kaitoNodeClass } from '../../test/support/nodeclaims.ts';
import { kaitoMachine } from '../../test/support/machines.ts';
import { machines } from '../apis/machine.ts';
import { nodeClaims } from '../apis/nodeclaim.ts';
import type { Machine } from '../apis/machine.gen.ts';
import type { NodeClaim } from '../apis/nodeclaim.gen.ts';
import { checkObject } from '../kube/answer.ts';
import { machineAdapter, nodeClaimAdapter } from './adapter.ts';

const served = { uid: 'uid-1', resourceVersion: '7', generation: 1, creationTimestamp: '2026-03-01T12:00:00Z' };

/** As the API server would answer it. */
function withMetadata(object: object): object {
  const { metadata } = { metadata: {}, ...object };
  return { ...object, metadata: { ...served, ...Object(metadata) } };
}

function aNodeClaim(wish: Partial<Parameters<typeof kaitoNodeClaim>[0]> = {}): NodeClaim {
  return checkObject(withMetadata(kaitoNodeClaim({ name: 'ws1', ...wish })), nodeClaims, 'read');
}

function aMachine(template?: object): Machine {
  const object = checkObject(withMetadata(kaitoMachine({ name: 'ws1' })), machines, 'read');
  return template === undefined ? object : { ...object, spec: { ...object.spec, ...template } };
}

describe('nodeClaimAdapter', () => {
  test.each([
    ['KaitoNodeClass of kaito.sh', kaitoNodeClass, {}, true],
    ['AKSNodeClass', aksNodeClass, {}, false],
    ['AKSNodeClass with a Workspace', aksNodeClass, { 'kaito.sh/workspace': '' }, true],
    ['AKSNodeClass with a RAGEngine', aksNodeClass, { 'kaito.sh/ragengine': 'r' }, true],
    ["AKSNodeClass with labels of KAITO's that name nobody", aksNodeClass, { 'kaito.sh/machine-type': 'gpu' }, false],
    ['a class without a group', { ...kaitoNodeClass, group: '' }, {}, false],
    [
      'a class without a group, with a Workspace',
      { ...kaitoNodeClass, group: '' },
      { 'kaito.sh/workspace': 'w' },
      true,
    ],
    ['KaitoNodeClass of another group', { ...kaitoNodeClass, group: 'other.io' }, { 'kaito.sh/workspace': 'w' }, false],
    [
      'EC2NodeClass with a Workspace, which is on AWS',
      { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' },
      { 'kaito.sh/workspace': 'w' },
      false,
    ],
  ])('N1 isOurs: %s', (_, nodeClassRef, labels, ours) => {
    expect(nodeClaimAdapter.isOurs(aNodeClaim({ nodeClassRef, labels }))).toBe(ours);
  });

  test('reads durations, requests, taints and requirements', () => {
    const claim = nodeClaimAdapter.read(aNodeClaim({ terminationGracePeriod: '1h30m', expireAfter: '720h' }));
    expect(claim).toMatchObject({
      kind: 'NodeClaim',
      name: 'ws1',
      spec: {
        requests: { storage: '120Gi' },
        taints: [{ key: 'sku', value: 'gpu', effect: 'NoSchedule' }],
        terminationGracePeriodMs: 5_400_000,
        expireAfterMs: 2_592_000_000,
      },
    });
    expect(nodeClaimAdapter.read(aNodeClaim({ expireAfter: 'Never' })).spec).not.toHaveProperty('expireAfterMs');
  });

  test.each([
    {},
    { nodeClassRef: aksNodeClass, labels: { 'kaito.sh/workspace': 'w' } },
    { nodeClassRef: aksNodeClass },
  ])('a husk is small, keeps its name and uid, and is as much ours as the whole (%o)', (wish) => {
    const whole = aNodeClaim({ ...wish, annotations: { big: 'x'.repeat(5000) } });
    const husk = nodeClaimAdapter.husk(whole);
    expect(nodeClaimAdapter.isOurs(husk)).toBe(nodeClaimAdapter.isOurs(whole));
    expect(husk.metadata).toMatchObject({ name: 'ws1', uid: 'uid-1', resourceVersion: '7' });
    expect(JSON.stringify(husk).length).toBeLessThan(600);
    expect(nodeClaimAdapter.read(husk)).toMatchObject({ name: 'ws1', uid: 'uid-1' });
  });
});

describe('machineAdapter', () => {
  test.each([
    ['no template', { machineTemplateRef: undefined }, true],
    ["KAITO's template, which names nobody", {}, true],
    ["another provider's", { machineTemplateRef: { kind: 'AWSNodeTemplate', name: 'default' } }, false],
  ])('M1 M11 isOurs: %s, and its husk alike', (_, template, ours) => {
    const machine = aMachine(template);
    expect(machineAdapter.isOurs(machine)).toBe(ours);
    expect(machineAdapter.isOurs(machineAdapter.husk(machine))).toBe(ours);
  });
});
