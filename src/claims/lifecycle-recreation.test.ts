import { describe, expect, test } from 'vitest';
import {
  aMachine,
  aNode,
  aPool,
  aRegisteredNode,
  poolIdOf,
  sentHashFor,
  timeAt,
} from '../../test/support/claim-builders.ts';
import { playLifecycle, type LifecyclePlay } from '../../test/support/lifecycle-fixture.ts';
import { ArmError } from '../azure/arm-errors.ts';
import { conditionOf } from '../apis/conditions.ts';
import { intentOf, recordOf } from './annotations.ts';
import type { ClaimRecord } from './annotations.ts';

const name = 'ws1a2b3c4d5';
const nodeName = 'aks-ws1a2b3c4d5-12345678-vmss000000';
const minute = 60_000;

function aClaim(record: Partial<ClaimRecord> = {}): ReturnType<typeof aMachine> {
  return aMachine({
    intent: { at: timeAt(-7200) },
    record: {
      poolId: poolIdOf(name),
      sentHash: sentHashFor(aMachine()),
      boundUid: 'node-uid-1',
      boundNode: nodeName,
      ...record,
    },
  });
}

const writesOf = (play: LifecyclePlay): readonly string[] =>
  play.arm.calls.filter((call) => call.startsWith('create') || call.startsWith('delete'));

const reasonsOf = (play: LifecyclePlay): readonly string[] => play.events.map(({ reason }) => reason);

/** A Machine whose Node is gone, and its pool, which has no machine any more. */
async function emptied(play: LifecyclePlay): Promise<void> {
  const claim = aClaim();
  play.arm.put(aPool(claim));
  play.arm.machinesOf.set(name, []);
  await play.clock.advance(0);
  play.create(claim);
}

describe('Lifecycle and an instance that is gone', () => {
  test('B6, A0, A11, A12, A5: the same Machine gets another pool: one DELETE, then one PUT', async () => {
    const play = playLifecycle();
    await emptied(play);
    const { uid } = play.claim(name);
    await play.drive(name, 5 * minute);
    expect(writesOf(play)).toEqual([`delete ${name}`]);
    expect(recordOf(play.claim(name))).toMatchObject({ recreating: true, recreated: { times: 1 } });
    expect(recordOf(play.claim(name))?.boundUid).toBeUndefined();
    expect(conditionOf(play.claim(name).status.conditions, 'Ready')).toMatchObject({ reason: 'Replacing' });

    play.arm.pools.delete(name);
    await play.clock.advance(minute);
    await play.drive(name, 5 * minute);
    expect(writesOf(play)).toEqual([`delete ${name}`, `create ${name}`]);
    expect(play.claim(name).uid).toBe(uid);
    expect(recordOf(play.claim(name))?.recreating).toBeUndefined();
    expect(recordOf(play.claim(name))).toMatchObject({ recreated: { times: 1 } });
    expect(intentOf(play.claim(name))).toMatchObject({ attempt: 2 });
    expect(reasonsOf(play)).toContain('Replacing');
  });

  test('B6: nothing is replaced before two looks a minute apart and a pass that only wished', async () => {
    const play = playLifecycle();
    await emptied(play);
    await play.drive(name, 69_000);
    expect(recordOf(play.claim(name))?.recreating).toBeUndefined();
    expect(play.arm.calls.filter((call) => call.startsWith('machines'))).toHaveLength(2);
  });

  test('B6: an answer that Azure does not give is not an empty one', async () => {
    const play = playLifecycle();
    await emptied(play);
    play.arm.fault = (call) => (call.startsWith('machines') ? 'before' : undefined);
    await play.drive(name, 30 * minute);
    expect(writesOf(play)).toEqual([]);
    expect(recordOf(play.claim(name))?.boundUid).toBe('node-uid-1');
  });

  test('A0: the gate that closes in between keeps the pool, and the Node that comes back its Machine', async () => {
    const play = playLifecycle();
    await emptied(play);
    play.arm.fault = (call) => (call.startsWith('delete') ? { status: 409, code: 'x', armMessage: 'busy' } : undefined);
    await play.drive(name, 2 * minute);
    expect(recordOf(play.claim(name))?.recreating).toBe(true);
    play.arm.fault = () => undefined;
    const before = writesOf(play).length;
    play.setGate({ state: 'settling', reason: 'ClusterSettling', message: 'x' });
    await play.drive(name, 30 * minute);
    expect(writesOf(play)).toHaveLength(before);
    play.join(aNode({ uid: 'node-uid-2' }));
    await play.drive(name);
    expect(recordOf(play.claim(name))).toMatchObject({ boundUid: 'node-uid-2', recreated: { times: 1 } });
    expect(conditionOf(play.claim(name).status.conditions, 'Ready')?.status).toBe('True');
    expect(writesOf(play)).toHaveLength(before);
  });

  test('B6: a Ready Node keeps its pool, whoever it belongs to', async () => {
    const play = playLifecycle();
    await emptied(play);
    play.join(aNode({ uid: 'node-uid-2', owner: 'uid-of-another-claim' }));
    await play.drive(name, 30 * minute);
    expect(writesOf(play)).toEqual([]);
    expect(recordOf(play.claim(name))?.recreating).toBeUndefined();
    // Asked once a minute at most, and no claim is written to meanwhile.
    expect(play.kube.reads.length).toBeLessThanOrEqual(30);
    expect(play.kube.writes.length).toBeLessThanOrEqual(3);
  });

  test.each([
    ['shows that the cluster stops', { state: 'closed', by: 'clusterStopped', forMs: 0, reason: 'x', message: 'x' }],
    [
      'is not answered',
      new ArmError({ operation: 'cluster', pool: undefined }, { code: 'ECONNRESET', armMessage: 'x' }),
    ],
  ] as const)('B6: a live look at the cluster that %s keeps the pool', async (_what, live) => {
    const play = playLifecycle();
    await emptied(play);
    play.setLiveGate(live);
    await play.drive(name, 30 * minute);
    expect(writesOf(play)).toEqual([]);
    expect(recordOf(play.claim(name))?.recreating).toBeUndefined();
    play.setLiveGate({ state: 'open' });
    await play.drive(name, 35 * minute);
    expect(writesOf(play)).toEqual([`delete ${name}`]);
  });

  test('A10: a live look at the cluster that shows it stopping keeps a failed pool', async () => {
    const play = playLifecycle();
    const claim = aMachine({ intent: { at: timeAt(-3000) }, record: { poolId: poolIdOf(name) } });
    play.arm.put(aPool(claim, 'failed', { error: { code: 'AllocationFailed', message: 'x' } }));
    await play.clock.advance(0);
    play.create(claim);
    play.setLiveGate({ state: 'closed', by: 'clusterStopped', forMs: 0, reason: 'x', message: 'x' });
    await play.drive(name, 30 * minute);
    expect(writesOf(play)).toEqual([]);
  });

  test('A0: a process that dies between the record and the DELETE is carried on by the next', async () => {
    const play = playLifecycle({ termAgeMs: 0 });
    await emptied(play);
    play.arm.fault = (call) => (call.startsWith('delete') ? 'before' : undefined);
    await play.drive(name, 2 * minute);
    expect(recordOf(play.claim(name))?.recreating).toBe(true);
    play.arm.fault = () => undefined;
    play.restart();
    await play.clock.advance(minute);
    await play.drive(name, 5 * minute);
    expect(writesOf(play).at(-1)).toBe(`delete ${name}`);
    play.arm.pools.delete(name);
    await play.clock.advance(minute);
    await play.drive(name, 5 * minute);
    expect(writesOf(play).at(-1)).toBe(`create ${name}`);
    // Counted once: the next process did not decide it anew.
    expect(recordOf(play.claim(name))).toMatchObject({ recreated: { times: 1 } });
  });

  test('the limit of a day outlives a restart', async () => {
    const play = playLifecycle();
    const claim = aClaim({ recreated: { day: '2026-03-01', times: 3 } });
    play.arm.put(aPool(claim));
    play.arm.machinesOf.set(name, []);
    await play.clock.advance(0);
    play.create(claim);
    play.restart();
    await play.drive(name, 60 * minute);
    expect(writesOf(play)).toEqual([]);
    expect(reasonsOf(play)).toContain('RecreationLimit');
  });

  test('B11: a pool that is gone is made again without a DELETE, and its Node objects go first', async () => {
    const play = playLifecycle();
    const claim = aClaim();
    await play.clock.advance(0);
    play.create(claim);
    play.join(aRegisteredNode(claim, { createdAt: -7000, ready: 'Unknown' }));
    await play.drive(name, 5 * minute);
    expect(writesOf(play)).toEqual([`create ${name}`]);
    expect(play.kube.has('nodes', nodeName)).toBe(false);
    expect(intentOf(play.claim(name))).toMatchObject({ attempt: 2 });
  });

  test('B11: with delete-claim it is deleted under its uid, once', async () => {
    const play = playLifecycle({ policies: { onInstanceGone: 'delete-claim' } });
    const claim = aClaim();
    await play.clock.advance(0);
    play.create(claim);
    await play.drive(name, 5 * minute);
    // The watch shows the deletion.
    await play.drive(name, 5 * minute);
    expect(play.kube.writes.filter(({ verb }) => verb === 'delete')).toEqual([
      { verb: 'delete', plural: 'machines', name },
    ]);
    expect(play.kube.has('machines', name)).toBe(false);
    expect(writesOf(play)).toEqual([]);
  });
});

describe('Lifecycle and a Node that stays down', () => {
  test('B5: with --node-repair=act its pool is replaced after 75 minutes by our clock, not by the Node’s', async () => {
    const play = playLifecycle({ policies: { nodeRepair: 'act' } });
    const claim = aClaim();
    play.arm.put(aPool(claim));
    await play.clock.advance(0);
    play.create(claim);
    play.join(aRegisteredNode(claim, { createdAt: -7000, ready: 'False', readySince: -7000 }));
    await play.drive(name, 74 * minute);
    expect(writesOf(play)).toEqual([]);
    await play.drive(name, 76 * minute);
    expect(writesOf(play)).toEqual([`delete ${name}`]);
  });

  test('B4: the clock stands still while the gate is not open', async () => {
    const play = playLifecycle({ policies: { nodeRepair: 'act' } });
    const claim = aClaim();
    play.arm.put(aPool(claim));
    await play.clock.advance(0);
    play.create(claim);
    play.join(aRegisteredNode(claim, { createdAt: -7000, ready: 'False', readySince: -7000 }));
    await play.drive(name, 70 * minute);
    play.setGate({ state: 'closed', by: 'clusterBusy', forMs: 0, reason: 'ClusterBusy', message: 'x' });
    await play.pass(name);
    await play.clock.advance(600 * minute);
    play.setGate({ state: 'open' });
    await play.drive(name, 4 * minute);
    expect(writesOf(play)).toEqual([]);
  });
});
