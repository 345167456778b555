import { describe, expect, it } from 'vitest';
import { settle } from '../../test/support/fake-clock.ts';
import {
  body,
  playInventory,
  pool,
  refusedBy,
  remove,
  thrownBy,
  timedOut,
  write,
} from '../../test/support/played-inventory.ts';
import { ArmError, ArmNotNow } from './arm-errors.ts';

describe('Inventory.look', () => {
  it('is unknown until the first complete LIST, which tells everybody who asked', async () => {
    const { arm, inventory, told, run } = playInventory();
    arm.pools = 'wait';
    void run();
    expect(inventory.look('a')).toMatchObject({ seen: 'unknown' });
    expect(inventory.look('c')).toMatchObject({ seen: 'unknown' });
    await arm.lists.answer([pool('a'), pool('b')]);
    expect(inventory.look('a')).toMatchObject({ seen: 'present' });
    expect(inventory.look('c')).toMatchObject({ seen: 'absent', proof: 'list' });
    expect(told.toSorted()).toEqual(['a', 'b', 'c']);
    expect([...inventory.names()]).toEqual(['a', 'b']);
  });

  it('says why Azure has not answered yet', async () => {
    const { clock, arm, inventory, run } = playInventory();
    arm.pools = new ArmError({ operation: 'list' }, { code: 'CredentialFailed', armMessage: 'AADSTS700213: no match' });
    void run();
    await clock.advance(0);
    expect(inventory.look('a')).toMatchObject({ seen: 'unknown', why: expect.stringContaining('AADSTS700213') });
  });

  it('tells everybody who asked why nothing is known: at once, and again only when the cause is another', async () => {
    const { clock, arm, inventory, told, run } = playInventory();
    inventory.look('a');
    arm.pools = new ArmError({ operation: 'list' }, { code: 'CredentialFailed', armMessage: 'AADSTS700213: no match' });
    void run();
    await clock.advance(0);
    expect(told).toEqual(['a']);
    await clock.advance(15_000);
    expect(arm.listTimes).toHaveLength(2);
    expect(told).toEqual(['a']);
    arm.pools = new ArmError(
      { operation: 'list' },
      { status: 403, code: 'AuthorizationFailed', armMessage: 'no role' },
    );
    await clock.advance(30_000);
    expect(told).toEqual(['a', 'a']);
    expect(inventory.look('a')).toMatchObject({ why: expect.stringContaining('lacks a role') });
  });

  it('does not tell of each second that Azure asks to wait for', async () => {
    const { clock, arm, inventory, told, run } = playInventory();
    inventory.look('a');
    arm.pools = new ArmNotNow('Azure throttles requests', { retryAfterMs: 20_000 });
    void run();
    await clock.advance(0);
    arm.pools = new ArmNotNow('Azure throttles requests', { retryAfterMs: 30_000 });
    await clock.advance(20_000);
    expect(arm.listTimes).toHaveLength(2);
    expect(told).toEqual(['a']);
  });

  it('becomes unknown, and never absent, a minute after LISTs began to fail', async () => {
    const { clock, arm, inventory, told, health, run } = playInventory();
    arm.pools = [pool('a', 'creating')];
    void run();
    await clock.advance(0);
    told.length = 0;
    arm.pools = new ArmError({ operation: 'list' }, { status: 500, code: 'InternalServerError', armMessage: 'down' });
    await clock.advance(74_999);
    expect(inventory.look('a')).toMatchObject({ seen: 'present' });
    expect(told).toEqual([]);
    await clock.advance(1);
    expect(inventory.look('a')).toEqual({
      seen: 'unknown',
      why: 'Azure failed (InternalServerError); tried again by itself: down',
    });
    expect(inventory.look('b')).toMatchObject({ seen: 'unknown' });
    expect(told).toEqual(['a']);
    expect(health).toEqual([
      { ok: true, detail: 'Azure shows 1 agent pool' },
      { ok: false, detail: 'Azure failed (InternalServerError); tried again by itself: down' },
    ]);
    arm.pools = [pool('a', 'creating')];
    await clock.advance(60_000);
    expect(inventory.look('a')).toMatchObject({ seen: 'present' });
    expect(told).toEqual(['a', 'a', 'b']);
    expect(inventory.health.ok).toBe(true);
  });

  it('stays known through one lost LIST', async () => {
    const { clock, arm, inventory, told, run } = playInventory();
    arm.pools = [pool('a', 'creating')];
    void run();
    await clock.advance(0);
    told.length = 0;
    arm.pools = timedOut();
    await clock.advance(15_000);
    arm.pools = [pool('a', 'creating')];
    await clock.advance(120_000);
    expect(told).toEqual([]);
    expect(inventory.look('a')).toMatchObject({ seen: 'present' });
  });

  it('is known from a GET although LISTs fail', async () => {
    const { clock, arm, inventory, signal, run } = playInventory();
    arm.pools = timedOut();
    void run();
    await clock.advance(120_000);
    const look = inventory.refresh('a', { signal });
    await arm.gets.answer(undefined);
    await expect(look).resolves.toEqual({ seen: 'absent', proof: 'get404', startedAtMs: 120_000 });
    expect(inventory.look('a')).toMatchObject({ seen: 'absent', proof: 'get404' });
    await clock.advance(60_001);
    expect(inventory.look('a')).toMatchObject({ seen: 'unknown' });
  });
});

describe('Inventory.refresh', () => {
  it('throws what ARM threw and leaves knowledge as it was', async () => {
    const { clock, arm, inventory, signal, run } = playInventory();
    arm.pools = [pool('a')];
    void run();
    await clock.advance(0);
    const before = inventory.look('a');
    const look = inventory.refresh('a', { signal });
    const thrown = thrownBy(look);
    await arm.gets.fail(timedOut());
    expect(await thrown).toMatchObject({ code: 'RequestTimeout' });
    expect(inventory.look('a')).toEqual(before);
  });

  it('returns what it saw, live, although a later LIST is newer', async () => {
    const { clock, arm, inventory, signal, run } = playInventory();
    const look = inventory.refresh('a', { signal });
    await clock.advance(5);
    arm.pools = [pool('a', 'failed')];
    void run();
    await settle();
    await arm.gets.answer(pool('a'));
    await expect(look).resolves.toMatchObject({ live: true, startedAtMs: 0, pool: { phase: 'settled' } });
    expect(inventory.look('a')).toMatchObject({ live: false, startedAtMs: 5, pool: { phase: 'failed' } });
  });

  it('does not return what it saw when a write was answered meanwhile', async () => {
    const { arm, inventory, signal } = playInventory();
    const look = inventory.refresh('a', { signal });
    const created = inventory.create('a', body, write);
    await arm.creates.answer(pool('a', 'creating'));
    await created;
    await arm.gets.answer(undefined);
    await expect(look).resolves.toMatchObject({ seen: 'present', pool: { phase: 'creating' } });
  });
});

describe('Inventory.create', () => {
  it('puts the answer in at once, whatever a LIST says that began before it', async () => {
    const { clock, arm, inventory, told, run } = playInventory();
    arm.pools = 'wait';
    void run();
    const created = inventory.create('a', body, write);
    await clock.advance(100);
    await arm.creates.answer(pool('a', 'creating'));
    await expect(created).resolves.toMatchObject({ seen: 'present', live: false, pool: { phase: 'creating' } });
    expect(inventory.lastAnswerMs('A')).toBe(100);
    expect(told).toEqual(['a']);
    await arm.lists.answer([]);
    expect(inventory.look('a')).toMatchObject({ seen: 'present', pool: { phase: 'creating' } });
  });

  it.each([
    ['a refusal', refusedBy(400), 50],
    ['a throttled answer', new ArmNotNow('x', { retryAfterMs: 1, answer: refusedBy(429) }), 50],
    ['a time-out', timedOut(), undefined],
    ['a refusal of our own limiter', new ArmNotNow('x', { retryAfterMs: 1 }), undefined],
  ])('notes the time of the answer for %s', async (_what, error, expected) => {
    const { clock, arm, inventory } = playInventory();
    const thrown = thrownBy(inventory.create('a', body, write));
    await clock.advance(50);
    await arm.creates.fail(error);
    expect(await thrown).toBe(error);
    expect(inventory.lastAnswerMs('a')).toBe(expected);
    expect(inventory.look('a')).toMatchObject({ seen: 'unknown' });
  });
});

describe('Inventory.delete', () => {
  it('shows the pool deleting at once, and absent when there was none', async () => {
    const { clock, arm, inventory, run } = playInventory();
    arm.pools = [pool('a'), pool('b')];
    void run();
    await clock.advance(0);
    const first = inventory.delete('a', remove);
    const second = inventory.delete('b', remove);
    await arm.deletes.answer('accepted');
    await arm.deletes.answer('absent');
    await expect(first).resolves.toMatchObject({ seen: 'present', pool: { phase: 'deleting' } });
    await expect(second).resolves.toMatchObject({ seen: 'absent', proof: 'get404' });
  });
});
