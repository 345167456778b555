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

/** AKS's auto-repair speaks of the Node so many minutes after noon. */
function repairs({ kube }: LifecyclePlay, minutes: number): void {
  const saidAt = timeAt(minutes * 60);
  const metadata = { name: 'e', uid: 'e', resourceVersion: '1', creationTimestamp: saidAt };
  const said = { involvedObject: { kind: 'Node', name: nodeName }, source: { component: 'aks-auto-repair' } };
  kube.put('events', Object.assign({ metadata, lastTimestamp: saidAt }, said));
}

/** A pass each minute, for half an hour. */
async function passes(play: LifecyclePlay): Promise<void> {
  for (let minutes = 0; minutes < 30; minutes += 1) {
    await play.pass(name);
    await play.clock.advance(minute);
  }
}

const reportsOf = ({ events }: LifecyclePlay): readonly string[] =>
  events.map(({ message }) => message).filter((message) => message.includes('has not been Ready'));
const asksOf = ({ kube }: LifecyclePlay): number => kube.reads.filter((read) => read === 'list events').length;

describe('Lifecycle and the report of a Node that is down', () => {
  test('B5: what AKS says of it is asked for once, and is in the one event', async () => {
    const play = await playDown();
    repairs(play, 7);
    await passes(play);
    expect(reportsOf(play)).toEqual([expect.stringContaining('for 10 min, and aks-auto-repair spoke of it 3 min ago')]);
    expect(asksOf(play)).toBe(1);
    // Not Ready, and once more for what AKS said.
    expect(play.kube.writes.filter(({ subresource }) => subresource === 'status').length).toBeLessThanOrEqual(2);
  });

  test('B5: what AKS says later is found ten minutes later, and told too', async () => {
    const play = await playDown();
    repairs(play, 12);
    play.kube.unserved.add('events');
    await play.drive(name, 11 * minute);
    play.kube.unserved.delete('events');
    await play.clock.advance(minute);
    await passes(play);
    expect(reportsOf(play)).toEqual([
      expect.stringContaining('for 10 min. AKS repairs nodes by itself'),
      expect.stringContaining('for 20 min, and aks-auto-repair spoke of it 8 min ago'),
    ]);
    expect(asksOf(play)).toBe(2);
  });

  test('B5: it is told of all the same, and once, while events may not be read, or say nothing', async () => {
    for (const isServed of [true, false]) {
      const play = await playDown();
      if (!isServed) play.kube.unserved.add('events');
      await passes(play);
      expect(reportsOf(play)).toEqual([expect.stringContaining('AKS repairs nodes by itself')]);
      expect(asksOf(play)).toBe(2);
    }
  });

  test('B5: what AKS said leaves the condition when it is an hour old', async () => {
    const play = await playDown();
    repairs(play, 7);
    const message = (): string | undefined => conditionOf(play.claim(name).status.conditions, 'Ready')?.message;
    await play.drive(name, 60 * minute);
    expect(message()).toContain('; aks-auto-repair spoke of it at 2026-03-01T12:07:00Z, 3 min before we looked');
    await play.drive(name, 60 * minute);
    expect(message()).toBe(`Node "${nodeName}" is not Ready`);
  });
});
