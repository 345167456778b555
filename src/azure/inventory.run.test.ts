import { describe, expect, it } from 'vitest';
import { body, playInventory, pool, timedOut, write } from '../../test/support/played-inventory.ts';
import { ArmNotNow } from './arm-errors.ts';

describe('Inventory.run', () => {
  it('lists rarely at rest and often while something is in flight', async () => {
    const { clock, arm, run } = playInventory();
    arm.pools = [pool('a')];
    void run();
    await clock.advance(600_000);
    expect(arm.listTimes).toEqual([0, 300_000, 600_000]);
    arm.pools = [pool('a', 'busy')];
    await clock.advance(330_000);
    expect(arm.listTimes.slice(3)).toEqual([900_000, 915_000, 930_000]);
  });

  it.each(['creating', 'deleting', 'busy'] as const)('takes %s for in flight', async (phase) => {
    const { clock, arm, run } = playInventory();
    arm.pools = [pool('a', phase)];
    void run();
    await clock.advance(30_000);
    expect(arm.listTimes).toEqual([0, 15_000, 30_000]);
  });

  it('hurries when asked, at once after a rest, and rests again when it is quiet', async () => {
    const { clock, arm, inventory, run } = playInventory();
    void run();
    await clock.advance(100_000);
    inventory.hurry();
    await clock.advance(500_000);
    expect(arm.listTimes).toEqual([0, 100_000, 115_000, 130_000, 145_000, 160_000, 175_000, 475_000]);
  });

  it('hurries after a PUT was accepted', async () => {
    const { clock, arm, inventory, run } = playInventory();
    void run();
    await clock.advance(100_000);
    const created = inventory.create('a', body, write);
    arm.pools = [pool('a', 'creating')];
    await arm.creates.answer(pool('a', 'creating'));
    await created;
    await clock.advance(15_000);
    expect(arm.listTimes).toEqual([0, 100_000, 115_000]);
  });

  it('hurries when a GET shows something in flight, as a new leader’s first looks do', async () => {
    const { clock, arm, inventory, signal, run } = playInventory();
    void run();
    await clock.advance(100_000);
    expect(arm.listTimes).toEqual([0]);
    arm.pools = [pool('a', 'creating')];
    const look = inventory.refresh('a', { signal });
    await arm.gets.answer(pool('a', 'creating'));
    await look;
    await clock.advance(20_000);
    expect(arm.listTimes).toEqual([0, 100_000, 115_000]);
  });

  it('slows down while LISTs fail, to one a minute', async () => {
    const { clock, arm, run } = playInventory();
    arm.pools = timedOut();
    void run();
    await clock.advance(225_000);
    expect(arm.listTimes).toEqual([0, 15_000, 45_000, 105_000, 165_000, 225_000]);
  });

  it('asks no sooner than a throttled answer allows, and hurry changes nothing', async () => {
    const { clock, arm, inventory, run } = playInventory();
    arm.pools = new ArmNotNow('Azure throttles requests', { retryAfterMs: 200_000 });
    void run();
    await clock.advance(100_000);
    inventory.hurry();
    await clock.advance(99_999);
    expect(arm.listTimes).toEqual([0]);
    await clock.advance(1);
    expect(arm.listTimes).toEqual([0, 200_000]);
  });

  it('ends when its signal aborts, also in the middle of a pause', async () => {
    const { clock, arm, inventory } = playInventory();
    const stop = new AbortController();
    const ended = inventory.run(stop.signal);
    await clock.advance(0);
    stop.abort();
    await ended;
    expect(arm.listTimes).toEqual([0]);
    expect(clock.pendingMs).toEqual([]);
  });

  it('knows its age', async () => {
    const { clock, inventory, run } = playInventory();
    expect(inventory.ageMs).toBeUndefined();
    void run();
    await clock.advance(12_000);
    expect(inventory.ageMs).toBe(12_000);
  });
});
