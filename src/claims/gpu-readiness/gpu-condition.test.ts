import { describe, expect, test } from 'vitest';
import { aMachine, anInput, aNode, aPool, aRegisteredNode, noon } from '../../../test/support/claim-builders.ts';
import type { NodeOptions } from '../../../test/support/claim-builders.ts';
import type { Claim } from '../../apis/claim.ts';
import { decide } from '../decide.ts';
import { milestonesBetween } from '../events.ts';
import { viewOfNode } from '../node-view.ts';
import type { NodeView } from '../node-view.ts';
import { withGpus } from './gpu-condition.ts';
import type { GpuSources } from './gpu-condition.ts';

const record = { poolId: aPool(aMachine()).id, boundUid: 'node-uid-1', boundNode: 'n' };
const machine = aMachine({ intent: {}, record });
const sized = { 'node.kubernetes.io/instance-type': 'Standard_NC24ads_A100_v4' };
const initialized = { 'karpenter.sh/initialized': 'true' };

/** What a pass sees of a Node, and the pools for which it asked for device plugins. */
function look(node: NodeOptions, policy: 'report' | 'require' = 'report') {
  const asked: string[] = [];
  const sources: GpuSources = {
    poolName: 'ws1a2b3c4d5',
    policies: { gpuReadiness: policy },
    plugins: { ask: (pool) => (asked.push(pool), []) },
    nowApiMs: noon,
    graceMs: 1000,
  };
  return { view: withGpus(viewOfNode(aNode(node), machine.spec), sources), asked };
}

function decideOn(nodes: readonly NodeView[], claim: Claim = machine) {
  return decide({ ...anInput({ claim, pool: aPool(claim) }), nodes });
}

const saying = (status: string, reason: string): Claim =>
  aMachine({ status: { conditions: [{ type: 'GPUReady', status, reason, message: 'm' }] } });
const between = (a: Claim, b: Claim): readonly string[] => milestonesBetween(a, b).map(({ reason }) => reason);

describe('withGpus', () => {
  test('a Node of a size without GPUs has nothing to say of them', () => {
    const { asked, view } = look({ labels: { 'node.kubernetes.io/instance-type': 'Standard_D4s_v5' } });
    expect(view.gpu).toBeUndefined();
    expect(asked).toEqual([]);
  });

  test('device plugins are asked for when a Ready Node lacks GPUs, and only then', () => {
    expect(look({ labels: sized }).asked).toEqual(['ws1a2b3c4d5']);
    expect(look({ labels: sized, allocatable: { 'nvidia.com/gpu': '1' } }).asked).toEqual([]);
    expect(look({ labels: sized, ready: 'False' }).asked).toEqual([]);
  });

  test('required GPUs that are missing keep a Node from being initialized, after whatever else does', () => {
    expect(look({ labels: sized }).view.initBlocker).toBeUndefined();
    expect(look({ labels: sized }, 'require').view.initBlocker).toMatchObject({ reason: 'NoDevicePlugin' });
    expect(look({ labels: sized, ready: 'False' }, 'require').view.initBlocker).toMatchObject({
      reason: 'NodeNotReady',
    });
    expect(look({ labels: sized, allocatable: { 'nvidia.com/gpu': '1' } }, 'require').view.initBlocker).toBeUndefined();
  });
});

describe('GPUReady on a claim', () => {
  const bound = { owner: 'uid-1', finalizers: ['karpenter.sh/termination'] };

  test('is said of the Node that the claim is bound to', () => {
    const { view } = look({ ...bound, labels: { ...sized, ...initialized } });
    expect(decideOn([view])).toMatchObject({ row: 'B1', extra: [{ type: 'GPUReady', reason: 'NoDevicePlugin' }] });
  });

  test('B2: under --gpu-readiness=require a Node without its GPUs is not initialized', () => {
    const { view } = look({ ...bound, labels: sized }, 'require');
    expect(decideOn([view])).toMatchObject({ row: 'B2', face: { face: 'initializing', reason: 'NoDevicePlugin' } });
  });

  test('B1: a Node that was initialized stays so when GPUs go', () => {
    const { view } = look({ ...bound, labels: { ...sized, ...initialized } }, 'require');
    expect(decideOn([view])).toMatchObject({ row: 'B1', face: { face: 'ready' } });
  });

  test('a claim without a Node has no GPUs to speak of; one that never spoke of any does not begin to', () => {
    const had = { type: 'GPUReady', status: 'True', reason: 'GPUReady', message: '' };
    const spoken = aMachine({ intent: {}, record, status: { conditions: [...machine.status.conditions, had] } });
    expect(decideOn([], spoken).extra).toMatchObject([{ type: 'GPUReady', status: 'Unknown', reason: 'NodeNotFound' }]);
    expect(decideOn([]).extra ?? []).toEqual([]);
  });

  test('a claim that is being deleted leaves it as it was', () => {
    const deleting = aMachine({ intent: {}, record, deletingSince: -5 });
    const view = viewOfNode(aRegisteredNode(deleting, { labels: sized }), deleting.spec);
    expect(decideOn([view], deleting).extra ?? []).toEqual([]);
  });
});

describe('events of GPUReady', () => {
  test('a verdict is told, another one too, and that it is over; waiting is not', () => {
    const waiting = saying('Unknown', 'AwaitingGpus');
    const none = saying('False', 'NoDevicePlugin');
    const short = saying('False', 'GpuCountShort');
    const good = saying('True', 'GPUReady');
    expect(between(waiting, none)).toEqual(['NoDevicePlugin']);
    expect(between(none, none)).toEqual([]);
    expect(between(none, short)).toEqual(['GpuCountShort']);
    expect(between(short, good)).toEqual(['GPUReady']);
    expect(between(waiting, good)).toEqual([]);
    expect(between(aMachine(), waiting)).toEqual([]);
  });
});
