import { describe, expect, test } from 'vitest';
import { aMachine, aNode, aPool, poolIdOf, timeAt } from '../../test/support/claim-builders.ts';
import { playLifecycle, type LifecyclePlay } from '../../test/support/lifecycle-fixture.ts';
import { ArmError, ArmNotNow } from '../azure/arm-errors.ts';
import { intentOf, recordOf } from './annotations.ts';
import { conditionOf } from '../apis/conditions.ts';

const name = 'ws1a2b3c4d5';
const minuteMs = 60_000;
const launched = aMachine({ intent: { at: timeAt(-3000) }, record: { poolId: poolIdOf(name) } });
const noCapacity = { code: 'AllocationFailed', message: 'no capacity' };

function callsOf(play: LifecyclePlay, operation: string): readonly string[] {
  return play.arm.calls.filter((call) => call.startsWith(operation));
}

/** Writes to the Machine's metadata. */
function notesOf(play: LifecyclePlay): readonly object[] {
  return play.kube.writes.filter(({ plural, subresource }) => plural === 'machines' && subresource === undefined);
}

/** A Machine that is being deleted, and its pool. */
async function deleting(play: LifecyclePlay): Promise<void> {
  const claim = aMachine({
    deletingSince: -1,
    intent: { at: timeAt(-3000) },
    record: { poolId: poolIdOf(name) },
  });
  play.arm.put(aPool(claim));
  await play.clock.advance(0);
  play.create(claim);
}

/** A Machine whose pool failed to come up ten minutes ago. */
async function failed(play: LifecyclePlay): Promise<void> {
  play.arm.put(aPool(launched, 'failed', { error: noCapacity }));
  await play.clock.advance(0);
  play.create(launched);
  await play.clock.advance(200_000);
}

describe('Lifecycle and an Azure that fails', () => {
  test.each(['before', { status: 500, code: 'InternalServerError', armMessage: 'x' }] as const)(
    'a DELETE without an answer (%j) is not repeated at once, for ever',
    async (fault) => {
      const play = playLifecycle();
      await deleting(play);
      play.arm.fault = (call) => (call.startsWith('delete') ? fault : undefined);
      await play.drive(name, 60_000);
      expect(callsOf(play, 'delete').length).toBeGreaterThan(1);
      expect(callsOf(play, 'delete').length).toBeLessThanOrEqual(12);
    },
  );

  test('a DELETE that is refused again and again neither writes to the Machine each time nor slows the next PUT', async () => {
    const play = playLifecycle();
    await failed(play);
    play.arm.fault = (call) =>
      call.startsWith('delete')
        ? { status: 409, code: 'OperationNotAllowed', armMessage: 'Another operation (Updating) is in progress' }
        : undefined;
    await play.drive(name, 600_000);
    expect(callsOf(play, 'delete').length).toBeGreaterThan(5);
    expect(recordOf(play.claim(name))?.lastAnswer?.times).toBe(1);
    expect(play.kube.writes.length).toBeLessThanOrEqual(4);
  });

  test('a Machine whose deletion waits while Azure throttles is not written to at each answer', async () => {
    const play = playLifecycle();
    await deleting(play);
    let seconds = 30;
    play.arm.fault = () => {
      seconds += 1;
      const answer = { status: 429, code: 'TooManyRequests', armMessage: 'slow' };
      const retryAfterMs = seconds * 1000;
      throw new ArmNotNow('Cannot look yet', { retryAfterMs, answer: new ArmError({ operation: 'get' }, answer) });
    };
    await play.drive(name, 1_800_000);
    expect(play.arm.calls.length).toBeGreaterThan(20);
    expect(play.kube.writes.length).toBeLessThanOrEqual(4);
  });

  test('A10: a Ready Node that our cache does not show keeps the pool, and is not asked for without a pause', async () => {
    const play = playLifecycle();
    await failed(play);
    play.holdWatch(true);
    play.join(aNode({ createdAt: 100 }));
    await play.drive(name, 30_000);
    expect(callsOf(play, 'delete')).toEqual([]);
    expect(play.kube.reads.length).toBeLessThanOrEqual(4);
    play.holdWatch(false);
    await play.drive(name, 1000);
    expect(recordOf(play.claim(name))?.boundUid).toBe('node-uid-1');
  });

  test('the deletion of a Machine waits for a PUT without an answer, also after a later PUT was answered', async () => {
    const play = playLifecycle();
    await play.clock.advance(0);
    play.create(aMachine({ createdAt: -10 }));
    let puts = 0;
    play.arm.fault = (call) => {
      if (!call.startsWith('create')) return undefined;
      puts += 1;
      return puts === 1
        ? 'before'
        : { status: 409, code: 'OperationNotAllowed', armMessage: 'Another operation (Updating) is in progress' };
    };
    await play.drive(name, 21_000);
    expect(puts).toBe(2);
    const answeredMs = play.clock.monotonicMs();
    play.kube.remove('machines', name);
    await play.drive(name);
    expect(play.kube.has('machines', name)).toBe(false);
    expect(play.clock.monotonicMs() - answeredMs).toBeGreaterThan(60_000);
  });

  test('a LIST that does not show a pool which was accepted is no proof that it is gone', async () => {
    const play = playLifecycle();
    await play.clock.advance(0);
    play.create(aMachine({ createdAt: -10 }));
    await play.drive(name, 1000);
    expect(play.arm.pools.has(name)).toBe(true);
    const shown = play.arm.list.bind(play.arm);
    play.arm.list = async () => (await shown()).filter((pool) => pool.name !== name);
    await play.clock.advance(20_000);
    play.kube.remove('machines', name);
    await play.drive(name, 30_000);
    expect(play.kube.has('machines', name)).toBe(true);
    expect(callsOf(play, 'delete')).toEqual([`delete ${name}`]);
  });

  test("the deletion of a pool tells nothing of what an earlier attempt's pool met", async () => {
    const play = playLifecycle();
    play.run();
    await failed(play);
    expect(callsOf(play, 'delete')).toHaveLength(1);
    play.arm.pools.clear();
    await play.clock.advance(3_600_000);
    expect(intentOf(play.claim(name))?.attempt).toBe(2);
    play.arm.change(name, { phase: 'failed', state: 'Failed', error: noCapacity });
    await play.clock.advance(20_000);
    play.kube.remove('machines', name);
    await play.clock.advance(5000);
    expect(callsOf(play, 'delete')).toHaveLength(2);
  });

  test('looks that fail, each with ids of its own, do not write to the Machine each time', async () => {
    const play = playLifecycle();
    let request = 0;
    play.arm.fault = () => {
      request += 1;
      return {
        status: 503,
        code: 'ServiceUnavailable',
        armMessage: 'Not now',
        requestId: `r-${request}`,
        correlationId: `c-${request}`,
      };
    };
    play.run();
    await play.clock.advance(600_000);
    const before = callsOf(play, 'get').length;
    play.create(aMachine({ createdAt: 600, status: { conditions: [] } }));
    await play.clock.advance(600_000);
    expect(callsOf(play, 'get').length - before).toBeLessThanOrEqual(15);
    expect(conditionOf(play.claim(name).status.conditions, 'MachineLaunched')?.reason).toBe('AwaitingAzure');
    expect(play.kube.writes.length).toBeLessThanOrEqual(4);
  });

  test('C12: a pool that fails to be deleted is tried again after 1 minute, then 2, up to 10', async () => {
    const play = playLifecycle();
    play.run();
    await deleting(play);
    const sentAt: number[] = [];
    play.arm.fault = (call) => {
      if (call.startsWith('delete')) sentAt.push(play.clock.monotonicMs());
      return undefined;
    };
    for (let minute = 0; minute < 60; minute += 0.5) {
      await play.clock.advance(30_000);
      if (play.arm.pools.get(name)?.phase === 'deleting') play.arm.change(name, { phase: 'failed', state: 'Failed' });
    }
    const waits = sentAt.slice(1).map((at, index) => Math.floor((at - (sentAt[index] ?? 0)) / 60_000));
    expect(waits.slice(0, 4)).toEqual([1, 2, 4, 8]);
    expect(Math.max(...waits)).toBeLessThanOrEqual(11);
  });

  test('C12: a new leader keeps to the time and the pace of deletions that failed, and writes each down once', async () => {
    const play = playLifecycle();
    await deleting(play);
    const failNext = async (): Promise<void> => {
      await play.drive(name, 11 * minuteMs);
      play.arm.change(name, {
        phase: 'failed',
        state: 'Failed',
        error: { code: 'InternalOperationError', message: 'x' },
      });
      await play.clock.advance(20_000);
      await play.drive(name, 5000);
    };
    for (let failures = 0; failures < 4; failures += 1) await failNext();
    expect(callsOf(play, 'delete')).toHaveLength(4);
    const recorded = recordOf(play.claim(name))?.failedDeletion;
    expect(recorded?.times).toBe(4);
    expect(notesOf(play)).toHaveLength(4);

    const dueMs = Date.parse(recorded?.at ?? '') + 8 * minuteMs;
    await play.clock.advance(2 * minuteMs);
    play.restart();
    await play.clock.advance(dueMs - play.clock.now().getTime() - 1000);
    await play.pass(name);
    expect(callsOf(play, 'delete')).toHaveLength(4);
    expect(conditionOf(play.claim(name).status.conditions, 'InstanceTerminating')).toMatchObject({ status: 'False' });
    expect(recordOf(play.claim(name))?.failedDeletion).toEqual(recorded);
    await play.clock.advance(1000);
    await play.pass(name);
    expect(callsOf(play, 'delete')).toHaveLength(5);

    await failNext();
    expect(recordOf(play.claim(name))?.failedDeletion?.times).toBe(5);
    expect(notesOf(play)).toHaveLength(5);
  });
});
