import { describe, expect, test } from 'vitest';
import { noon, timeAt } from '../../test/support/claim-builders.ts';
import type { Pod } from '../apis/wire.ts';
import { planDrain } from './drain.ts';

interface PodOptions {
  readonly phase?: string;
  readonly owner?: { readonly apiVersion: string; readonly kind: string };
  readonly deletingSince?: number;
  readonly annotations?: Record<string, string>;
  readonly tolerations?: readonly { key?: string; operator?: string; value?: string; effect?: string }[];
}

function aPod({ phase = 'Running', owner, deletingSince, annotations, tolerations = [] }: PodOptions): Pod {
  return {
    metadata: {
      name: 'p',
      namespace: 'ns',
      uid: 'u',
      resourceVersion: '1',
      creationTimestamp: timeAt(-100),
      ...(owner === undefined ? {} : { ownerReferences: [{ ...owner, name: 'o', uid: 'o' }] }),
      ...(deletingSince === undefined ? {} : { deletionTimestamp: timeAt(deletingSince) }),
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec: { containers: [], tolerations },
    status: { phase },
  };
}

function fateOf(options: PodOptions): string {
  const { evict, ending, kept } = planDrain([aPod(options)], noon);
  if (evict.length > 0) return 'evict';
  if (ending.length > 0) return 'ending';
  return kept.length > 0 ? 'kept' : 'ignored';
}

describe('planDrain', () => {
  test.each<[string, PodOptions, string]>([
    ['an ordinary pod', {}, 'evict'],
    ['a pod without an owner', {}, 'evict'],
    ['a mirror pod', { owner: { apiVersion: 'v1', kind: 'Node' } }, 'ignored'],
    ['a finished pod', { phase: 'Succeeded' }, 'ignored'],
    ['a failed pod', { phase: 'Failed' }, 'ignored'],
    ['a daemon that tolerates everything', { tolerations: [{ operator: 'Exists' }] }, 'ignored'],
    [
      'a pod that tolerates the taint by key',
      { tolerations: [{ key: 'karpenter.sh/disrupted', operator: 'Exists' }] },
      'ignored',
    ],
    [
      'a pod that tolerates the taint, operator Equal',
      { tolerations: [{ key: 'karpenter.sh/disrupted', effect: 'NoSchedule' }] },
      'ignored',
    ],
    ['a pod that tolerates another value', { tolerations: [{ key: 'karpenter.sh/disrupted', value: 'x' }] }, 'evict'],
    ['a pod that tolerates another effect', { tolerations: [{ operator: 'Exists', effect: 'NoExecute' }] }, 'evict'],
    [
      'a pod that tolerates unschedulable alone',
      { tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }] },
      'evict',
    ],
    ['a pod on its way out', { deletingSince: -59 }, 'ending'],
    ['a pod stuck past its end', { deletingSince: -60 }, 'ignored'],
    ['a pod that must not be disrupted', { annotations: { 'karpenter.sh/do-not-disrupt': 'true' } }, 'kept'],
    ['a pod that may be disrupted', { annotations: { 'karpenter.sh/do-not-disrupt': 'false' } }, 'evict'],
  ])('%s', (_what, options, fate) => {
    expect(fateOf(options)).toBe(fate);
  });
});
