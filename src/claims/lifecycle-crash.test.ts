import { expect, test } from 'vitest';
import { aMachine, aNode } from '../../test/support/claim-builders.ts';
import { playLifecycle, type LifecyclePlay } from '../../test/support/lifecycle-fixture.ts';
import { conditionOf } from '../apis/conditions.ts';

const name = 'ws1a2b3c4d5';
// A life has 13 writes to the API server and 2 to Azure.
const moments = Array.from({ length: 18 }, (_, write) => write + 1);

class PowerLoss extends Error {}

/** The process dies before or after the `moment`th write of its life is carried out, and another takes over. */
function dying(
  play: LifecyclePlay,
  moment: number,
  when: 'before' | 'after',
): { readonly isDead: () => boolean; readonly revive: () => void } {
  let writes = 0;
  let isDead = false;
  const begins = (): boolean => {
    if (isDead) return true;
    writes += 1;
    if (writes !== moment) return false;
    isDead = when === 'before';
    return isDead;
  };
  const ends = (): boolean => {
    if (writes === moment && when === 'after') isDead = true;
    return isDead;
  };
  play.kube.beforeWrite = () => {
    if (begins()) throw new PowerLoss();
  };
  play.kube.afterWrite = () => {
    if (ends()) throw new PowerLoss();
  };
  play.arm.fault = (call) => {
    if (!/^(create|delete)/u.test(call)) return undefined;
    if (begins()) return 'before';
    return ends() ? 'after' : undefined;
  };
  const revive = (): void => {
    writes = moment + 1;
    isDead = false;
    play.restart();
  };
  return { isDead: () => isDead, revive };
}

test.each(moments.flatMap((moment) => [[moment, 'before'] as const, [moment, 'after'] as const]))(
  'a crash at write %i, %s it, loses no pool, makes no second one and leaves nothing behind',
  async (moment, when) => {
    const play = playLifecycle();
    const life = dying(play, moment, when);
    await play.clock.advance(0);
    play.create(aMachine({ createdAt: 0, status: { conditions: [] } }));
    const orphans: string[] = [];
    /** A second of the world; Azure and the kubelet do their part. */
    const second = async (): Promise<void> => {
      const hadMachine = play.kube.has('machines', name);
      await play.pass(name).catch((error: unknown) => {
        if (!(error instanceof PowerLoss)) throw error;
      });
      if (life.isDead()) life.revive();
      await play.clock.advance(1000);
      const pool = play.arm.pools.get(name);
      // The money rule: a pool never outlives the Machine that it was made for.
      if (hadMachine && !play.kube.has('machines', name) && pool !== undefined) orphans.push(pool.name);
      if (pool?.phase === 'creating') play.arm.change(name, { phase: 'settled', state: 'Succeeded' });
      else if (pool?.phase === 'settled' && !play.kube.has('nodes', aNode().metadata.name))
        play.join(aNode({ createdAt: play.clock.monotonicMs() / 1000 }));
      else if (pool?.phase === 'deleting') play.arm.pools.delete(name);
    };
    const isReady = (): boolean => conditionOf(play.claim(name).status.conditions, 'Ready')?.status === 'True';
    for (let seconds = 0; seconds < 200 && !isReady(); seconds += 1) await second();
    expect(isReady()).toBe(true);
    expect(play.arm.calls.filter((call) => call.startsWith('create')).length).toBeLessThanOrEqual(2);
    play.kube.remove('machines', name);
    for (let seconds = 0; seconds < 300 && play.kube.has('machines', name); seconds += 1) await second();
    expect([play.kube.has('machines', name), play.kube.has('nodes', aNode().metadata.name)]).toEqual([false, false]);
    expect([...orphans, ...play.arm.pools.keys()]).toEqual([]);
  },
);
