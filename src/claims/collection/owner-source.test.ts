import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { MemoryKube } from '../../../test/support/memory-kube.ts';
import { finalizer } from '../annotations.ts';
import type { Machine } from '../../apis/machine.gen.ts';
import { machineAdapter } from '../adapter.ts';
import { createClaimStore } from '../claim-controller.ts';
import { ownerSource } from './owner-source.ts';

const { signal } = new AbortController();

function arrange() {
  const clock = new FakeClock();
  const kube = new MemoryKube(clock, () => undefined);
  const claims = createClaimStore(machineAdapter, clock);
  return { kube, claims, source: ownerSource({ adapter: machineAdapter, claims, kube }) };
}

function machine(name: string, uid: string): Parameters<MemoryKube['put']>[1] {
  return { metadata: { name, uid, resourceVersion: '1', creationTimestamp: '2026-03-01T11:00:00Z' } };
}

/** Being deleted. */
function keptBy(kept: string): Machine {
  const { metadata } = machine('wsa', 'uid-1');
  return {
    apiVersion: 'karpenter.sh/v1alpha5',
    kind: 'Machine',
    metadata: { ...metadata, deletionTimestamp: '2026-03-01T11:30:00Z', finalizers: [kept] },
  };
}

describe('ownerSource', () => {
  test('is known while its kind is served and listed', () => {
    const { claims, source } = arrange();
    expect(source.known).toBe(false);
    claims.replace([], '1');
    expect(source.known).toBe(true);
    claims.markUnserved();
    expect(source.known).toBe(false);
  });

  test('asks for one claim by its name, and answers with its uid', async () => {
    const { kube, source } = arrange();
    kube.put('machines', machine('wsa', 'uid-1'));
    kube.put('machines', machine('wsb', 'uid-2'));
    expect(await source.ask('wsb', { signal })).toEqual({ known: true, uid: 'uid-2' });
    expect(await source.ask('wsc', { signal })).toEqual({ known: true, uid: undefined });
  });

  test('a deleting claim without our finalizer, which another one keeps, is as good as gone', async () => {
    const { claims, kube, source } = arrange();
    const [held, letGo] = [keptBy(finalizer), keptBy('foregroundDeletion')];
    claims.replace([held], '1');
    kube.put('machines', held);
    expect(source.byUid('uid-1')).toBeDefined();
    expect(source.byPool('wsa')).toHaveLength(1);
    expect(await source.ask('wsa', { signal })).toEqual({ known: true, uid: 'uid-1' });
    claims.replace([letGo], '2');
    kube.put('machines', letGo);
    expect(source.byUid('uid-1')).toBeUndefined();
    expect(source.byPool('wsa')).toEqual([]);
    expect(await source.ask('wsa', { signal })).toEqual({ known: true, uid: undefined });
  });

  test('a kind that is not served says nothing of its claims', async () => {
    const { kube, source } = arrange();
    kube.unserved.add('machines');
    expect(await source.ask('wsa', { signal })).toMatchObject({ known: false });
  });

  test('a CRD that goes while it is asked: the empty list says nothing', async () => {
    const { kube, source } = arrange();
    kube.serves = async () => Promise.resolve(false);
    expect(await source.ask('wsa', { signal })).toMatchObject({ known: false });
  });
});
