import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../aks/json.ts';
import { misfitOf } from './node-fit.ts';

const taint = { key: 'sku', value: 'gpu', effect: 'NoSchedule' };
const tolerations = [{ key: 'sku', operator: 'Equal', value: 'gpu', effect: 'NoSchedule' }];

function aNode({ labels = { apps: 'phi' }, taints = [taint], gpus = 1, unschedulable = false } = {}): JsonObject {
  return {
    metadata: { name: 'n', labels },
    spec: { taints, unschedulable },
    status: { allocatable: { 'nvidia.com/gpu': `${gpus}` } },
  };
}

function aPod(gpus: number, expressions: readonly JsonObject[] = [], spec: JsonObject = {}): JsonObject {
  const terms = expressions.length === 0 ? {} : { nodeSelectorTerms: [{ matchExpressions: [...expressions] }] };
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } };
  return {
    metadata: { name: 'p' },
    spec: {
      containers: [{ name: 'c', resources: { limits: { 'nvidia.com/gpu': gpus } } }],
      tolerations,
      ...(expressions.length === 0 ? {} : { affinity }),
      ...spec,
    },
  };
}

const mismatch = "node(s) didn't match Pod's node affinity/selector";

describe('misfitOf', () => {
  it('counts the GPUs that other pods of the node hold', () => {
    expect(misfitOf(aPod(1), aNode(), [])).toBeUndefined();
    expect(misfitOf(aPod(1), aNode(), [aPod(1)])).toBe('Insufficient nvidia.com/gpu');
    expect(misfitOf(aPod(1), aNode({ gpus: 2 }), [aPod(1)])).toBeUndefined();
    expect(misfitOf(aPod(0), aNode({ gpus: 0 }), [])).toBeUndefined();
  });

  it.each<[JsonObject, boolean]>([
    [{ key: 'apps', operator: 'In', values: ['phi'] }, true],
    [{ key: 'apps', operator: 'In', values: ['other'] }, false],
    [{ key: 'apps', operator: 'NotIn', values: ['phi'] }, false],
    [{ key: 'gone', operator: 'NotIn', values: ['phi'] }, true],
    [{ key: 'apps', operator: 'Exists' }, true],
    [{ key: 'gone', operator: 'Exists' }, false],
    [{ key: 'apps', operator: 'DoesNotExist' }, false],
    [{ key: 'gone', operator: 'DoesNotExist' }, true],
  ])('matches %j: %s', (expression, matches) => {
    expect(misfitOf(aPod(1, [expression]), aNode(), [])).toBe(matches ? undefined : mismatch);
  });

  it('honours the node selector, too', () => {
    expect(misfitOf(aPod(1, [], { nodeSelector: { apps: 'other' } }), aNode(), [])).toBe(mismatch);
  });

  it('honours taints that keep pods away, and no others', () => {
    const words = 'node(s) had untolerated taint {sku: gpu}';
    expect(misfitOf(aPod(1, [], { tolerations: [] }), aNode(), [])).toBe(words);
    expect(misfitOf(aPod(1, [], { tolerations: [{ operator: 'Exists' }] }), aNode(), [])).toBeUndefined();
    const soft = { ...taint, effect: 'PreferNoSchedule' };
    expect(misfitOf(aPod(1, [], { tolerations: [] }), aNode({ taints: [soft] }), [])).toBeUndefined();
  });

  it('says first that a node is cordoned', () => {
    expect(misfitOf(aPod(9), aNode({ unschedulable: true }), [])).toBe('node(s) were unschedulable');
  });
});
