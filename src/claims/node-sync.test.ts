import { describe, expect, test } from 'vitest';
import { aMachine, aNode, aPool, aRegisteredNode } from '../../test/support/claim-builders.ts';
import { machines } from '../apis/machine.ts';
import { drainPatch, nodeSyncPatch, releasePatch } from './node-sync.ts';

const claim = aMachine({
  labels: { team: 'a', 'kubernetes.io/arch': 'amd64' },
  annotations: {
    note: 'x',
    'gpu-provisioner.io/record': '{}',
    'kubectl.kubernetes.io/last-applied-configuration': '{}',
  },
  spec: { startupTaints: [{ key: 'init', effect: 'NoSchedule' }] },
});
const sync = { initialize: false, resource: machines };

describe('nodeSyncPatch', () => {
  test('gives a new Node finalizer, owner, labels, annotations and both kinds of taints, under its version', () => {
    const node = aNode({ taints: [{ key: 'other', effect: 'NoExecute' }] });
    expect(nodeSyncPatch(node, claim, sync)).toEqual({
      metadata: {
        resourceVersion: '11',
        labels: {
          team: 'a',
          'kubernetes.io/arch': 'amd64',
          'kaito.sh/workspace': 'w',
          'kaito.sh/workspacenamespace': 'ns',
          'karpenter.sh/registered': 'true',
        },
        annotations: { note: 'x' },
        finalizers: ['karpenter.sh/termination'],
        ownerReferences: [
          {
            apiVersion: 'karpenter.sh/v1alpha5',
            kind: 'Machine',
            name: 'ws1a2b3c4d5',
            uid: 'uid-1',
            blockOwnerDeletion: true,
          },
        ],
      },
      spec: {
        taints: [
          { key: 'other', effect: 'NoExecute' },
          { key: 'sku', value: 'gpu', effect: 'NoSchedule' },
          { key: 'init', effect: 'NoSchedule' },
        ],
      },
    });
  });

  const complete = aRegisteredNode(claim, {
    labels: {
      team: 'a',
      'kubernetes.io/arch': 'amd64',
      'kaito.sh/workspace': 'w',
      'kaito.sh/workspacenamespace': 'ns',
    },
    annotations: { note: 'x', theirs: 'y' },
    taints: [{ key: 'sku', value: 'gpu', effect: 'NoSchedule' }],
  });

  test('changes nothing on a Node that has it all', () => {
    expect(nodeSyncPatch(complete, claim, sync)).toBeUndefined();
  });

  test('does not put a startup taint back that was taken off', () => {
    expect(nodeSyncPatch(complete, claim, { ...sync, initialize: true })).toBeUndefined();
  });

  test('puts a taint back that the claim asks for, and its value right', () => {
    const bare = aRegisteredNode(claim, {
      ...complete.metadata,
      taints: [{ key: 'sku', value: 'cpu', effect: 'NoSchedule' }],
    });
    expect(nodeSyncPatch(bare, claim, sync)).toMatchObject({ spec: { taints: [{ key: 'sku', value: 'gpu' }] } });
  });

  test('leaves taints alone where the Node says so', () => {
    const node = aNode({ labels: { 'karpenter.sh/do-not-sync-taints': 'true' } });
    expect(nodeSyncPatch(node, claim, sync)).not.toHaveProperty('spec');
  });

  test("takes Karpenter's unregistered taint off", () => {
    const node = aNode({ taints: [{ key: 'karpenter.sh/unregistered', effect: 'NoExecute' }] });
    expect(nodeSyncPatch(node, claim, sync)).toMatchObject({ spec: { taints: [{ key: 'sku' }, { key: 'init' }] } });
  });

  test('takes it off also where the Node keeps its other taints to itself: else no pod would ever come', () => {
    const taints = [
      { key: 'karpenter.sh/unregistered', effect: 'NoExecute' },
      { key: 'own', effect: 'NoSchedule' },
    ];
    const node = aNode({ labels: { 'karpenter.sh/do-not-sync-taints': 'true' }, taints });
    expect(nodeSyncPatch(node, claim, sync)).toMatchObject({ spec: { taints: [{ key: 'own' }] } });
  });

  test('does not change what the kubelet and AKS say of the Node', () => {
    const arm = aNode({ labels: { 'kubernetes.io/arch': 'arm64' } });
    expect(nodeSyncPatch(arm, claim, sync)).not.toHaveProperty(['metadata', 'labels', 'kubernetes.io/arch']);
  });

  test("does not take a claim's word for it that the Node is initialized", () => {
    const copied = aMachine({ labels: { 'karpenter.sh/initialized': 'true' } });
    expect(nodeSyncPatch(aNode(), copied, sync)).not.toHaveProperty(['metadata', 'labels', 'karpenter.sh/initialized']);
    expect(aPool(copied).nodeLabels).not.toHaveProperty(['karpenter.sh/initialized']);
  });

  test('says that the Node is initialized when it is', () => {
    const node = aRegisteredNode(claim, { labels: { 'karpenter.sh/initialized': 'no' } });
    expect(nodeSyncPatch(node, claim, { ...sync, initialize: true })).toMatchObject({
      metadata: { labels: { 'karpenter.sh/initialized': 'true' } },
    });
  });
});

describe('drainPatch', () => {
  test('cordons, taints and takes the Node out of load balancers, once', () => {
    const patch = drainPatch(aNode({ taints: [{ key: 'sku', effect: 'NoSchedule' }] }));
    expect(patch).toEqual({
      metadata: {
        resourceVersion: '11',
        labels: { 'node.kubernetes.io/exclude-from-external-load-balancers': 'karpenter' },
      },
      spec: {
        unschedulable: true,
        taints: [
          { key: 'sku', effect: 'NoSchedule' },
          { key: 'karpenter.sh/disrupted', effect: 'NoSchedule' },
        ],
      },
    });
    const drained = aNode({
      cordoned: true,
      labels: { 'node.kubernetes.io/exclude-from-external-load-balancers': 'karpenter' },
      taints: [{ key: 'karpenter.sh/disrupted', effect: 'NoSchedule' }],
    });
    expect(drainPatch(drained)).toBeUndefined();
  });
});

describe('releasePatch', () => {
  test("takes our finalizer and this claim's reference off and keeps everybody else's", () => {
    const node = aRegisteredNode(claim, { finalizers: ['example.com/x', 'karpenter.sh/termination'] });
    expect(releasePatch(node, 'uid-1')).toEqual({
      metadata: { resourceVersion: '11', finalizers: ['example.com/x'], ownerReferences: [] },
    });
    expect(releasePatch(node, undefined)).toEqual({
      metadata: { resourceVersion: '11', finalizers: ['example.com/x'] },
    });
    expect(releasePatch(aNode(), 'uid-1')).toBeUndefined();
  });
});
