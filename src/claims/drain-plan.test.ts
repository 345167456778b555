import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noon } from '../../test/support/claim-builders.ts';
import { aPod, daemonSet, nodeItself } from '../../test/support/pod-builders.ts';
import type { PodOptions } from '../../test/support/pod-builders.ts';
import { planDrain } from './drain-plan.ts';
import type { DrainPlan } from './drain-plan.ts';
import { fateOf } from './drain-pod.ts';

const taint = 'karpenter.sh/disrupted';
const kind = 'NodeClaim';

describe('fateOf', () => {
  test.each<[string, PodOptions, string]>([
    ['an ordinary pod', {}, 'evictable'],
    ['K29-NT06 K17-NT11 a pod without an owner', {}, 'evictable'],
    ['K29-NT10 K17-NT16 a mirror pod', { owner: nodeItself }, 'ignored'],
    ['K29-NT07 K17-NT12 a finished pod', { phase: 'Succeeded' }, 'ignored'],
    ['K29-NT07 K17-NT12 a failed pod', { phase: 'Failed' }, 'ignored'],
    ['a daemon that tolerates everything', { tolerations: [{ operator: 'Exists' }] }, 'ignored'],
    [
      'K17-NT09 a pod that tolerates the taint, operator Exists',
      { tolerations: [{ key: taint, operator: 'Exists' }] },
      'ignored',
    ],
    [
      'K17-NT08 a pod that tolerates the taint, operator Equal',
      { tolerations: [{ key: taint, operator: 'Equal', effect: 'NoSchedule' }] },
      'ignored',
    ],
    ['a pod that tolerates the taint without an operator', { tolerations: [{ key: taint }] }, 'ignored'],
    ['a pod that tolerates another value', { tolerations: [{ key: taint, value: 'x' }] }, 'evictable'],
    [
      'a pod that tolerates another effect',
      { tolerations: [{ operator: 'Exists', effect: 'NoExecute' }] },
      'evictable',
    ],
    [
      'K17-NT10 a pod that tolerates unschedulable alone',
      { tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }] },
      'evictable',
    ],
    ['K29-NT13 a pod on its way out', { endsAt: 30 }, 'ending'],
    ['a pod past its end, for less than a minute', { endsAt: -59 }, 'ending'],
    ['K17-NT20 a pod stuck past its end', { endsAt: -60 }, 'ignored'],
    ['a pod that must not be disrupted', { annotations: { 'karpenter.sh/do-not-disrupt': 'true' } }, 'kept'],
    ['a pod that may be disrupted', { annotations: { 'karpenter.sh/do-not-disrupt': 'false' } }, 'evictable'],
  ])('%s', (_what, options, fate) => {
    expect(fateOf(aPod(options), { kind, nowApiMs: noon })).toBe(fate);
  });

  test('K29-NT05 a pod that tolerates unschedulable stays on the Node of a Machine, and of a NodeClaim it goes', () => {
    const pod = aPod({ tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }] });
    expect(fateOf(pod, { kind: 'Machine', nowApiMs: noon })).toBe('ignored');
    expect(fateOf(pod, { kind: 'NodeClaim', nowApiMs: noon })).toBe('evictable');
  });
});

function names(plan: DrainPlan): Record<string, readonly string[]> {
  return {
    evict: plan.evict.map(({ metadata }) => metadata.name),
    kept: plan.kept.map(({ metadata }) => metadata.name),
    remove: plan.remove.map(({ pod, graceSeconds }) => `${pod.metadata.name} ${graceSeconds}`),
  };
}

const model = aPod({ name: 'model' });
const daemon = aPod({ name: 'daemon', owner: daemonSet });
const critical = aPod({ name: 'critical', priorityClass: 'system-cluster-critical' });
const criticalDaemon = aPod({ name: 'critical-daemon', owner: daemonSet, priorityClass: 'system-node-critical' });

describe('planDrain', () => {
  test('K17-NT14 K17-NT15 K29-NT09 evicts one group after the other: pods, daemons, critical pods, critical daemons', () => {
    let pods = [criticalDaemon, critical, daemon, model];
    const order: (readonly string[] | undefined)[] = [];
    while (pods.length > 0) {
      const plan = planDrain(pods, { kind, nowApiMs: noon });
      expect(plan.left).toBe(pods.length);
      order.push(names(plan)['evict']);
      pods = pods.filter((pod) => !plan.evict.includes(pod));
    }
    expect(order).toEqual([['model'], ['daemon'], ['critical'], ['critical-daemon']]);
  });

  test('K17-NT14 a pod on its way out keeps the next group', () => {
    const plan = planDrain([aPod({ name: 'model', endsAt: 20 }), daemon], { kind, nowApiMs: noon });
    expect(names(plan)).toEqual({ evict: [], kept: [], remove: [] });
    expect(plan.left).toBe(2);
  });

  test('a pod that must not be disrupted is waited for, and with it the next group', () => {
    const kept = aPod({ name: 'training', annotations: { 'karpenter.sh/do-not-disrupt': 'true' } });
    expect(names(planDrain([daemon, kept, model], { kind, nowApiMs: noon }))).toEqual({
      evict: ['model'],
      kept: ['training'],
      remove: [],
    });
    expect(names(planDrain([daemon, kept], { kind, nowApiMs: noon }))).toEqual({
      evict: [],
      kept: ['training'],
      remove: [],
    });
  });

  test('K29-NT11 K17-NT17 is done only when every pod that has to go is gone', () => {
    expect(planDrain([aPod({ endsAt: 5 })], { kind, nowApiMs: noon }).left).toBe(1);
    expect(planDrain([aPod({ owner: nodeItself }), aPod({ phase: 'Failed' })], { kind, nowApiMs: noon }).left).toBe(0);
  });

  const endsAtApiMs = noon + 300_000;

  test('K17-NT22 K17-EV12 deletes a pod whose own time would not fit before the end, whatever its group and annotations', () => {
    const slow = aPod({ name: 'slow', graceSeconds: 301, annotations: { 'karpenter.sh/do-not-disrupt': 'true' } });
    const slowDaemon = aPod({ name: 'slow-daemon', graceSeconds: 600, owner: daemonSet });
    expect(names(planDrain([model, slow, slowDaemon], { kind, nowApiMs: noon, endsAtApiMs }))).toEqual({
      evict: ['model'],
      kept: [],
      remove: ['slow 300', 'slow-daemon 300'],
    });
  });

  test('K17-NT23 K17-EV11 leaves a pod to its eviction as long as its own time fits', () => {
    const plan = planDrain([aPod({ name: 'fits', graceSeconds: 300 })], { kind, nowApiMs: noon, endsAtApiMs });
    expect(names(plan)).toEqual({ evict: ['fits'], kept: [], remove: [] });
  });

  test('K17-EV10 hurries no pod where no end was promised', () => {
    const plan = planDrain([aPod({ name: 'slow', graceSeconds: 86_400 })], { kind, nowApiMs: noon });
    expect(names(plan)).toEqual({ evict: ['slow'], kept: [], remove: [] });
  });

  test('K17-NT24 deletes a pod again that would end after the Node', () => {
    const late = aPod({ name: 'late', endsAt: 400 });
    const inTime = aPod({ name: 'in-time', endsAt: 300 });
    expect(names(planDrain([late, inTime], { kind, nowApiMs: noon, endsAtApiMs }))['remove']).toEqual(['late 300']);
  });

  test('the last second is given too: a grace of 0 would take the pod away without its kubelet', () => {
    const plan = planDrain([model], { kind, nowApiMs: endsAtApiMs - 400, endsAtApiMs });
    expect(names(plan)['remove']).toEqual(['model 1']);
  });

  test('asks for each pod once at most, evicts of one group alone, and does not care for the order of a LIST', () => {
    const pod = fc.record({
      name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      graceSeconds: fc.constantFrom(30, 400),
      endsAt: fc.constantFrom(undefined, 10, 500, -100),
      owner: fc.constantFrom(undefined, daemonSet, nodeItself),
      priorityClass: fc.constantFrom(undefined, 'system-cluster-critical', 'other'),
      annotations: fc.constantFrom(undefined, { 'karpenter.sh/do-not-disrupt': 'true' }),
    });
    const some = fc.uniqueArray(pod, { selector: ({ name }) => name });
    fc.assert(
      fc.property(some, fc.constantFrom(undefined, endsAtApiMs), (drawn, end) => {
        const pods = drawn.map(({ annotations, endsAt, owner, priorityClass, ...rest }) =>
          aPod({
            ...rest,
            ...(annotations === undefined ? {} : { annotations }),
            ...(endsAt === undefined ? {} : { endsAt }),
            ...(owner === undefined ? {} : { owner }),
            ...(priorityClass === undefined ? {} : { priorityClass }),
          }),
        );
        const plan = planDrain(pods, { kind, nowApiMs: noon, endsAtApiMs: end });
        const asked = [...plan.evict, ...plan.kept, ...plan.remove.map((one) => one.pod)];
        expect(new Set(asked).size).toBe(asked.length);
        expect(asked.length).toBeLessThanOrEqual(plan.left);
        expect(plan.remove.length).toBeLessThanOrEqual(end === undefined ? 0 : pods.length);
        for (const each of plan.evict) expect(each.metadata.annotations).toBeUndefined();
        expect(names(planDrain(pods.toReversed(), { kind, nowApiMs: noon, endsAtApiMs: end }))).toEqual(names(plan));
      }),
    );
  });
});
