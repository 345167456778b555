import { describe, expect, test } from 'vitest';
import { aMachine, aNode, timeAt } from '../../test/support/claim-builders.ts';
import type { MachineOptions } from '../../test/support/claim-builders.ts';
import { playLifecycle } from '../../test/support/lifecycle-fixture.ts';
import type { LifecyclePlay } from '../../test/support/lifecycle-fixture.ts';
import { aPod } from '../../test/support/pod-builders.ts';
import { conditionOf } from '../apis/conditions.ts';
import { recordOf } from './annotations.ts';
import type { Policies } from './policies.ts';

const name = 'ws1a2b3c4d5';
const nodeName = aNode().metadata.name;
const second = 1000;
const minute = 60 * second;

/** Ready Machines, each with a Node that has been there for an hour; the gate is open. */
async function ready(policies: Partial<Policies> = {}, names: readonly string[] = [name]): Promise<LifecyclePlay> {
  const play = playLifecycle({ policies });
  play.run();
  await play.clock.advance(0);
  for (const each of names)
    play.create(
      aMachine({ name: each, uid: `uid-${each}`, createdAt: 0, status: { conditions: [] } } satisfies MachineOptions),
    );
  await play.clock.advance(10 * second);
  for (const each of names) {
    play.arm.change(each, { phase: 'settled', state: 'Succeeded' });
    play.join(aNode({ pool: each, uid: `node-of-${each}`, createdAt: 1 }));
  }
  await play.clock.advance(60 * minute);
  for (const each of names) expect(ready1(play, each)).toBe('True');
  play.kube.writes.length = 0;
  play.arm.calls.length = 0;
  return play;
}

function ready1(play: LifecyclePlay, claim: string): string | undefined {
  return conditionOf(play.claim(claim).status.conditions, 'Ready')?.status;
}

function deletions(play: LifecyclePlay): readonly string[] {
  return play.kube.writes.filter(({ verb }) => verb === 'delete').map((write) => `${write.plural} ${write.name}`);
}

function armWrites(play: LifecyclePlay): readonly string[] {
  return play.arm.calls.filter((call) => /^(create|delete) /u.test(call));
}

describe('DeletedNodes', () => {
  test('K29-NT01 K17-NT01 D4: a person deletes a healthy Node: claim, pool and Node go, in that order', async () => {
    const play = await ready();
    play.kube.remove('nodes', nodeName);
    await play.clock.advance(9 * second);
    expect(deletions(play)).toEqual([]);
    await play.clock.advance(3 * second);
    expect(deletions(play)).toEqual([`machines ${name}`]);
    expect(play.events.map(({ reason }) => reason)).toContain('NodeDeletedByPerson');
    expect(play.kube.has('nodes', nodeName)).toBe(true);
    await play.clock.advance(5 * second);
    expect(armWrites(play)).toEqual([`delete ${name}`]);
    play.arm.pools.delete(name);
    await play.clock.advance(minute);
    expect(play.kube.has('machines', name)).toBe(false);
    expect(play.kube.has('nodes', nodeName)).toBe(false);
  });

  test('D3a: the platform is at work on the pool, which only a look after the deletion shows', async () => {
    const play = await ready();
    play.arm.change(name, { phase: 'busy', state: 'Upgrading' });
    play.kube.remove('nodes', nodeName);
    await play.clock.advance(5 * second);
    expect(play.kube.has('nodes', nodeName)).toBe(false);
    await play.clock.advance(10 * minute);
    expect(deletions(play)).toEqual([]);
    expect(armWrites(play)).toEqual([]);
  });

  test('D3b: an upgrade that is over spoke of the Node within the hour', async () => {
    const play = await ready();
    const metadata = {
      name: 'e',
      namespace: 'default',
      uid: 'e',
      resourceVersion: '1',
      creationTimestamp: timeAt(3000),
    };
    const involvedObject = { kind: 'Node', name: nodeName };
    play.kube.put('events', Object.assign({ metadata }, { involvedObject, source: { component: 'upgrader' } }));
    play.kube.remove('nodes', nodeName);
    await play.clock.advance(5 * second);
    expect(play.kube.has('nodes', nodeName)).toBe(false);
    expect(deletions(play)).toEqual([]);
  });

  test('D5, D3a: while Azure does not answer the Node is held for a minute, then released; nothing else is done', async () => {
    const play = await ready();
    play.arm.fault = () => ({ status: 503, code: 'ServiceUnavailable', armMessage: 'x' });
    play.kube.remove('nodes', nodeName);
    await play.clock.advance(55 * second);
    expect(play.kube.has('nodes', nodeName)).toBe(true);
    await play.clock.advance(10 * second);
    expect(play.kube.has('nodes', nodeName)).toBe(false);
    expect(deletions(play)).toEqual([]);
  });

  test('D5: events that cannot be read hold the Node for a minute too', async () => {
    const play = await ready();
    play.kube.unserved.add('events');
    play.kube.remove('nodes', nodeName);
    await play.clock.advance(55 * second);
    expect(play.kube.has('nodes', nodeName)).toBe(true);
    await play.clock.advance(10 * second);
    expect(play.kube.has('nodes', nodeName)).toBe(false);
    expect(deletions(play)).toEqual([]);
  });

  test('D4, D3a: a storm of deletions is nobody’s order: every Node is released, and no claim goes', async () => {
    const names = ['wsa', 'wsb', 'wsc', 'wsd'];
    const play = await ready({}, names);
    for (const each of names) play.kube.remove('nodes', `aks-${each}-12345678-vmss000000`);
    await play.clock.advance(30 * second);
    for (const each of names) expect(play.kube.has('nodes', `aks-${each}-12345678-vmss000000`)).toBe(false);
    expect(deletions(play)).toEqual([]);
    expect(armWrites(play)).toEqual([]);
  });

  test('D3a: while the gate is not open the Node is released within seconds', async () => {
    const play = await ready();
    play.setGate({ state: 'settling', reason: 'ClusterSettling', message: 'just begun' });
    play.kube.remove('nodes', nodeName);
    await play.clock.advance(second);
    expect(play.kube.has('nodes', nodeName)).toBe(false);
    expect(deletions(play)).toEqual([]);
  });

  test('D4: the gate closes while it is found out whether there are many: the Node is released', async () => {
    const play = await ready();
    play.kube.remove('nodes', nodeName);
    await play.clock.advance(5 * second);
    play.setGate({ state: 'closed', by: 'clusterStopped', forMs: 0, reason: 'ClusterStopping', message: 'it stops' });
    await play.clock.advance(7 * second);
    expect(play.kube.has('nodes', nodeName)).toBe(false);
    expect(deletions(play)).toEqual([]);
  });

  test('D4: with "replace" pods leave first, then the same claim gets another instance', async () => {
    const play = await ready({ onNodeDeletion: 'replace' });
    const { uid } = play.claim(name);
    play.kube.put('pods', aPod({ name: 'model', node: nodeName }));
    play.kube.remove('nodes', nodeName);
    await play.clock.advance(12 * second);
    expect(play.kube.has('pods', 'model')).toBe(false);
    await play.clock.advance(10 * second);
    expect(recordOf(play.claim(name))).toMatchObject({ recreating: true });
    expect(play.kube.has('nodes', nodeName)).toBe(false);
    await play.clock.advance(30 * second);
    expect(armWrites(play)).toEqual([`delete ${name}`]);
    play.arm.pools.delete(name);
    await play.clock.advance(2 * minute);
    expect(armWrites(play)).toEqual([`delete ${name}`, `create ${name}`]);
    expect(play.claim(name).uid).toBe(uid);
    expect(deletions(play)).toEqual([]);
  });

  test('K17-NT03 D4: a claim of the same name that was made since is not the one that goes', async () => {
    const play = await ready();
    play.kube.beforeWrite = ({ verb, plural }) => {
      if (verb !== 'delete' || plural !== 'machines') return;
      play.kube.beforeWrite = () => {};
      play.kube.put('machines', {
        ...play.kube.find('machines', name),
        metadata: { ...play.kube.find('machines', name).metadata, uid: 'second' },
      });
    };
    play.kube.remove('nodes', nodeName);
    await play.clock.advance(30 * second);
    expect(play.claim(name)).toMatchObject({ uid: 'second' });
    expect(play.claim(name).deletingSince).toBeUndefined();
  });
});
