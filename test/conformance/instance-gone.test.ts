// What Karpenter's own tests ask of claims that never come to life, and of claims whose instance is gone, in both eras.
import { describe, expect, test } from 'vitest';
import { aMachine } from '../support/claim-builders.ts';
import { begin, joined, kinds, type Era } from '../support/eras.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Neither gone nor asked to go. */
function stays(era: Era): boolean {
  return era.exists() && era.now().deletingSince === undefined;
}

function told(era: Era, reason: string): boolean {
  return era.events.some((event) => event.reason === reason);
}

/** The Node object goes as the cloud controller manager makes it go. */
function nodeVanishes(era: Era): void {
  era.change(({ metadata, ...rest }) => ({ ...rest, metadata: { ...metadata, finalizers: [] } }));
  era.kube.remove('nodes', era.node().metadata.name);
}

/** While `wanted`, a pool that is being deleted is gone a minute later, as on AKS. */
async function pass(era: Era, ms: number): Promise<void> {
  for (let gone = 0; gone < ms; gone += minuteMs) {
    await era.clock.advance(minuteMs);
    for (const [name, { phase }] of era.arm.pools) if (phase === 'deleting') era.arm.pools.delete(name);
  }
}

describe.each(kinds)('liveness of a %s', (kind) => {
  test('K29-LI02 K17-LI01 a claim whose Node never comes is told of, and kept', async () => {
    const era = await begin(kind);
    era.settle();
    await era.clock.advance(2 * hourMs);
    expect([stays(era), told(era, 'NodeNotJoining')]).toEqual([true, true]);
  });

  test('K29-LI03 K17-LI04 a claim that never launches is told of, and kept', async () => {
    const era = await begin(kind, {
      before: ({ arm }) => {
        arm.fault = (call) =>
          call.startsWith('create') ? { status: 403, code: 'AuthorizationFailed', armMessage: 'x' } : undefined;
      },
    });
    await era.clock.advance(2 * hourMs);
    expect([stays(era), era.condition('Launched')?.status]).toEqual([true, 'False']);
  });

  test('K17-LI05 nothing is told of a claim that launches in its time', async () => {
    const era = await begin(kind);
    await era.clock.advance(4 * minuteMs);
    expect([stays(era), era.events.filter(({ type }) => type === 'Warning')]).toEqual([true, []]);
  });

  test('K17-LI06 K17-LI07 the wait for the Node begins with its pool, not with its claim', async () => {
    const era = await begin(kind);
    await era.clock.advance(25 * minuteMs);
    era.settle();
    await era.clock.advance(15 * minuteMs);
    expect(told(era, 'NodeNotJoining')).toBe(false);
    await era.clock.advance(10 * minuteMs);
    expect(told(era, 'NodeNotJoining')).toBe(true);
  });
});

describe.each(kinds)('garbage collection of a %s', (kind) => {
  test('K29-GC01 a claim whose Node never appears and whose instance is gone gets another instance', async () => {
    const era = await begin(kind);
    era.settle();
    era.arm.machinesOf.set(era.name, []);
    await pass(era, 2 * hourMs);
    expect(stays(era)).toBe(true);
    expect(era.callsOf('create').length).toBeGreaterThan(1);
  });

  test('K29-GC02 so do several', async () => {
    const era = await begin(kind);
    era.create({ ...aMachine({ name: 'wsb', uid: 'uid-b', createdAt: 2, status: { conditions: [] } }), kind });
    await era.clock.advance(2000);
    for (const name of [era.name, 'wsb']) {
      era.arm.change(name, { phase: 'settled', state: 'Succeeded' });
      era.arm.machinesOf.set(name, []);
    }
    await pass(era, 2 * hourMs);
    for (const name of [era.name, 'wsb'])
      expect(era.callsOf('create').filter((call) => call.endsWith(name)).length).toBeGreaterThan(1);
  });

  test('K29-GC03 K17-GC05 a claim whose Node is not there while its instance is stays as it is', async () => {
    const era = await joined(kind);
    nodeVanishes(era);
    await pass(era, 5 * hourMs);
    expect([stays(era), era.callsOf('delete')]).toEqual([true, []]);
  });

  const gone = { policies: { onInstanceGone: 'delete-claim' } } as const;

  test('K17-GC01 with --on-instance-gone=delete-claim a NotReady Node without instance takes its claim along', async () => {
    const era = await joined(kind, gone);
    era.nodeJoins({ ready: 'False', labels: era.node().metadata.labels ?? {}, owner: 'uid-1' });
    era.arm.pools.clear();
    await pass(era, 30 * minuteMs);
    expect(era.exists()).toBe(false);
  });

  test('K17-GC02 a Ready Node keeps its claim, whatever Azure says of the instance', async () => {
    const era = await joined(kind, gone);
    era.arm.pools.clear();
    await pass(era, 30 * minuteMs);
    expect([stays(era), era.condition('Ready')?.status]).toEqual([true, 'True']);
  });

  test('K17-GC04 a claim without Node and without instance is not deleted, but gets another instance', async () => {
    const era = await joined(kind);
    nodeVanishes(era);
    era.arm.pools.clear();
    await pass(era, 30 * minuteMs);
    expect([stays(era), era.callsOf('create').length]).toEqual([true, 2]);
  });

  test('K17-GC03 with --on-instance-gone=delete-claim several such claims go', async () => {
    const era = await joined(kind, gone);
    era.create({ ...aMachine({ name: 'wsb', uid: 'uid-b', createdAt: 22, status: { conditions: [] } }), kind });
    await era.clock.advance(2000);
    era.arm.change('wsb', { phase: 'settled', state: 'Succeeded' });
    const second = { name: 'aks-wsb-12345678-vmss000000', uid: 'node-b', pool: 'wsb' };
    era.nodeJoins({ ...second, createdAt: 23 });
    await era.clock.advance(20_000);
    const down = { ready: 'False', readySince: 60 } as const;
    era.nodeJoins({ ...down, labels: era.node().metadata.labels ?? {}, owner: 'uid-1' });
    era.nodeJoins({ ...second, ...down, createdAt: 23, owner: 'uid-b' });
    era.arm.pools.clear();
    await pass(era, 30 * minuteMs);
    expect([era.exists(), era.kube.has(kind === 'Machine' ? 'machines' : 'nodeclaims', 'wsb')]).toEqual([false, false]);
  });
});
