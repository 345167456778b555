import { describe, expect, test } from 'vitest';
import { aMachine, aPool, aRegisteredNode, poolIdOf, timeAt } from '../../test/support/claim-builders.ts';
import { playLifecycle, type LifecyclePlay } from '../../test/support/lifecycle-fixture.ts';
import { conditionOf } from '../apis/conditions.ts';
import { recordOf } from './annotations.ts';

const name = 'ws1a2b3c4d5';
const nodeName = 'aks-ws1a2b3c4d5-12345678-vmss000000';
const minute = 60_000;

const writesOf = (play: LifecyclePlay): readonly string[] =>
  play.arm.calls.filter((call) => call.startsWith('create') || call.startsWith('delete'));

describe('Lifecycle that is paused or only reports', () => {
  test.each([['paused'], ['reportOnly']] as const)(
    'P2: %s: nothing is asked of Azure, and the Machine says so',
    async (by) => {
      const play = playLifecycle({ policies: { [by]: true } });
      await play.clock.advance(0);
      play.create(aMachine({ createdAt: -2, status: { conditions: [] } }));
      await play.drive(name, 10 * minute);
      expect(writesOf(play)).toEqual([]);
      const word = by === 'paused' ? 'Paused' : 'Report only';
      expect(conditionOf(play.claim(name).status.conditions, 'Ready')).toMatchObject({
        reason: by === 'paused' ? 'Paused' : 'ReportOnly',
        message: `${word}, would create agent pool "${name}" (Standard_NC24ads_A100_v4)`,
      });
    },
  );

  test('P2: a Machine whose annotation goes is served at once', async () => {
    const play = playLifecycle();
    await play.clock.advance(0);
    play.create(aMachine({ annotations: { 'gpu-provisioner.io/pause': 'true' } }));
    await play.drive(name, 10 * minute);
    expect(writesOf(play)).toEqual([]);
    const { metadata, ...rest } = play.kube.find('machines', name);
    play.kube.put('machines', { ...rest, metadata: { ...metadata, annotations: {} } });
    await play.drive(name, minute);
    expect(writesOf(play)).toEqual([`create ${name}`]);
  });

  test('P2: a Machine that is deleted while it is paused ends when its pool is gone', async () => {
    const play = playLifecycle({ policies: { paused: true } });
    const claim = aMachine({ deletingSince: -1, intent: { at: timeAt(-3000) }, record: { poolId: poolIdOf(name) } });
    play.arm.put(aPool(claim));
    await play.clock.advance(0);
    play.create(claim);
    play.join(aRegisteredNode(claim));
    await play.drive(name, 30 * minute);
    expect(writesOf(play)).toEqual([]);
    expect(play.kube.writes.filter(({ verb, plural }) => verb !== 'patch' || plural === 'nodes')).toEqual([]);
    play.arm.pools.delete(name);
    await play.clock.advance(10 * minute);
    await play.drive(name, 10 * minute);
    expect(play.kube.has('nodes', nodeName)).toBe(true);
    expect(conditionOf(play.claim(name).status.conditions, 'InstanceTerminating')).toMatchObject({
      reason: 'Paused',
      message: `Paused, would delete Node "${nodeName}"`,
    });
    play.kube.remove('nodes', nodeName);
    await play.drive(name, 10 * minute);
    expect(play.kube.has('machines', name)).toBe(false);
  });
});

describe('Lifecycle and a record', () => {
  test('a poolId that was lost to a conflict right after the 201 is written again', async () => {
    const play = playLifecycle();
    await play.clock.advance(0);
    play.create(aMachine({ createdAt: -2 }));
    let patches = 0;
    play.kube.beforeWrite = ({ subresource, verb }) => {
      if (verb !== 'patch' || subresource !== undefined) return;
      patches += 1;
      // Somebody labels the Machine between the intent and the record.
      if (patches === 2) play.kube.put('machines', play.kube.find('machines', name));
    };
    await play.pass(name);
    expect(recordOf(play.claim(name))?.poolId).toBeUndefined();
    await play.drive(name, minute);
    expect(recordOf(play.claim(name))).toMatchObject({ poolId: poolIdOf(name) });
    expect(writesOf(play)).toEqual([`create ${name}`]);
  });

  test('the same refusal is the same event, whatever id Azure gives its answer', async () => {
    const play = playLifecycle();
    await play.clock.advance(0);
    play.create(aMachine({ createdAt: -2 }));
    let asked = 0;
    play.arm.fault = (call) => {
      if (!call.startsWith('create')) return undefined;
      asked += 1;
      return { status: 400, code: 'QuotaExceeded', armMessage: 'no quota', requestId: `id-${asked}` };
    };
    await play.drive(name, 600 * minute);
    const told = new Set(play.events.filter(({ type }) => type === 'Warning').map(({ message }) => message));
    expect(asked).toBeGreaterThan(1);
    expect(told.size).toBe(1);
    const shown = conditionOf(play.claim(name).status.conditions, 'MachineLaunched')?.message;
    expect(shown).toContain(`id-${asked}`);
  });
});
