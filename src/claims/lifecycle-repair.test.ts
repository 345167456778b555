import { describe, expect, test } from 'vitest';
import { aPool, aRegisteredNode, timeAt } from '../../test/support/claim-builders.ts';
import { registered } from '../../test/support/claim-days.ts';
import { playLifecycle, type LifecyclePlay } from '../../test/support/lifecycle-fixture.ts';
import { conditionOf } from '../apis/conditions.ts';

const name = 'ws1a2b3c4d5';
const nodeName = 'aks-ws1a2b3c4d5-12345678-vmss000000';
const minute = 60_000;

/** A Machine whose Node went down ten seconds before noon. */
async function playDown(): Promise<LifecyclePlay> {
  const play = playLifecycle();
  const claim = registered();
  play.arm.put(aPool(claim));
  await play.clock.advance(0);
  play.create(claim);
  play.join(aRegisteredNode(claim, { createdAt: -7000, ready: 'False', readySince: -10 }));
  return play;
}

/** AKS's auto-repair speaks of the Node seven minutes after noon. */
function repairs({ kube }: LifecyclePlay): void {
  const metadata = { name: 'e', uid: 'e', resourceVersion: '1', creationTimestamp: timeAt(420) };
  const said = { involvedObject: { kind: 'Node', name: nodeName }, source: { component: 'aks-auto-repair' } };
  kube.put('events', Object.assign({ metadata, lastTimestamp: timeAt(420) }, said));
}

function mute({ kube }: LifecyclePlay): void {
  kube.unserved.add('events');
}

describe('Lifecycle and the report of a Node that is down', () => {
  test.each<[string, (play: LifecyclePlay) => void, string]>([
    ['is told of', () => {}, 'AKS repairs nodes by itself'],
    ['is told of with what AKS says of it', repairs, 'aks-auto-repair spoke of it 3 min ago'],
    ['is told of all the same when events may not be read', mute, 'AKS repairs nodes by itself'],
  ])('B5: it %s once, and the API server is asked once', async (_what, arrange, words) => {
    const play = await playDown();
    arrange(play);
    for (let minutes = 0; minutes < 30; minutes += 1) {
      await play.pass(name);
      await play.clock.advance(minute);
    }
    expect(play.kube.reads.filter((read) => read === 'list events')).toHaveLength(1);
    const told = play.events.filter(({ message }) => message.includes('has not been Ready'));
    expect(told.map(({ message }) => message)).toEqual([expect.stringContaining(words)]);
    // Not Ready, and once more for what AKS said.
    expect(play.kube.writes.filter(({ subresource }) => subresource === 'status').length).toBeLessThanOrEqual(2);
  });

  test('B5: what AKS said leaves the condition when it is an hour old', async () => {
    const play = await playDown();
    repairs(play);
    const message = (): string | undefined => conditionOf(play.claim(name).status.conditions, 'Ready')?.message;
    await play.drive(name, 60 * minute);
    expect(message()).toContain('; aks-auto-repair spoke of it at 2026-03-01T12:07:00Z, 3 min before it was reported');
    await play.drive(name, 60 * minute);
    expect(message()).toBe(`Node "${nodeName}" is not Ready`);
  });
});
