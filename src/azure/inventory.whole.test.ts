// What the inventory says of all pools together, and of the machines in one.
import { describe, expect, it } from 'vitest';
import { settle } from '../../test/support/fake-clock.ts';
import { playInventory, pool, thrownBy } from '../../test/support/played-inventory.ts';
import { ArmError } from './arm-errors.ts';

const down = new ArmError({ operation: 'list' }, { status: 500, code: 'InternalServerError', armMessage: 'down' });

describe('Inventory.unknownWhy', () => {
  it('says why nothing is known before the first LIST, and after a minute of failures', async () => {
    const { clock, arm, inventory, run } = playInventory();
    expect(inventory.unknownWhy).toBe('Azure has not been asked yet');
    arm.pools = [pool('a', 'creating')];
    void run();
    await clock.advance(0);
    expect(inventory.unknownWhy).toBeUndefined();
    arm.pools = down;
    await clock.advance(74_999);
    expect(inventory.unknownWhy).toBeUndefined();
    await clock.advance(1);
    expect(inventory.unknownWhy).toContain('InternalServerError');
    arm.pools = [];
    await clock.advance(60_000);
    expect(inventory.unknownWhy).toBeUndefined();
  });
});

describe('Inventory.pools', () => {
  it('are those that were there when last seen', async () => {
    const { clock, arm, inventory, run } = playInventory();
    arm.pools = [pool('a', 'creating'), pool('b')];
    void run();
    await clock.advance(0);
    expect([...inventory.pools()].map(({ name }) => name)).toEqual(['a', 'b']);
    arm.pools = [pool('b')];
    await clock.advance(15_000);
    expect([...inventory.pools()].map(({ name, phase }) => [name, phase])).toEqual([['b', 'settled']]);
  });
});

describe('Inventory.machines', () => {
  it('are live, and an error is no empty list', async () => {
    const { arm, inventory, signal } = playInventory();
    const machines = inventory.machines('a', { signal });
    await settle();
    await arm.machineLists.answer([{ name: 'aks-a-1-vmss000000' }]);
    await expect(machines).resolves.toEqual([{ name: 'aks-a-1-vmss000000' }]);
    const failed = thrownBy(inventory.machines('a', { signal }));
    await settle();
    await arm.machineLists.fail(down);
    expect(await failed).toBe(down);
  });
});
