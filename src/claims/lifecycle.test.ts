import { describe, expect, test } from 'vitest';
import { aMachine, aNode } from '../../test/support/claim-builders.ts';
import { playLifecycle, type LifecyclePlay } from '../../test/support/lifecycle-fixture.ts';
import { aPod } from '../../test/support/pod-builders.ts';
import { conditionOf } from '../apis/conditions.ts';
import { Invalid, ServerError, TooManyRequests } from '../kube/errors.ts';
import { finalizer, forceReleaseAnnotation } from './annotations.ts';

const name = 'ws1a2b3c4d5';

/** A Machine that is Ready, as this controller made it. */
async function ready(play: LifecyclePlay): Promise<void> {
  play.run();
  await play.clock.advance(0);
  play.create(aMachine({ createdAt: 0, status: { conditions: [] } }));
  await play.clock.advance(2000);
  play.arm.change(name, { phase: 'settled', state: 'Succeeded' });
  play.join(aNode({ createdAt: 1 }));
  await play.clock.advance(20_000);
  expect(status(play, 'Ready')).toBe('True');
}

function status(play: LifecyclePlay, type: string): string | undefined {
  return conditionOf(play.claim(name).status.conditions, type)?.status;
}

function callsOf(play: LifecyclePlay, operation: string): readonly string[] {
  return play.arm.calls.filter((call) => call.startsWith(operation));
}

describe('Lifecycle over a whole life', () => {
  test('Lifecycle brings a Machine up and takes it away again within 16 writes', async () => {
    const play = playLifecycle({ termAgeMs: 7_200_000 });
    await ready(play);
    play.kube.remove('machines', name);
    await play.clock.advance(5000);
    play.arm.pools.clear();
    await play.clock.advance(40_000);
    expect([play.kube.has('machines', name), play.kube.has('nodes', aNode().metadata.name)]).toEqual([false, false]);
    expect(play.kube.writes.length).toBeLessThanOrEqual(16);
    expect([callsOf(play, 'create'), callsOf(play, 'delete')]).toEqual([[`create ${name}`], [`delete ${name}`]]);
  });

  test('Lifecycle writes nothing in 24 idle hours, and asks Azure for the shared LIST alone', async () => {
    const play = playLifecycle();
    await ready(play);
    await play.clock.advance(300_000);
    const [writes, calls] = [play.kube.writes.length, play.arm.calls.length];
    await play.clock.advance(24 * 3_600_000);
    expect(play.kube.writes.slice(writes)).toEqual([]);
    expect(new Set(play.arm.calls.slice(calls))).toEqual(new Set(['list']));
  });
});

describe('Lifecycle and people who edit', () => {
  test('a live Machine whose finalizer somebody removed gets it back, so that its pool is not lost', async () => {
    const play = playLifecycle();
    await ready(play);
    const { metadata, ...rest } = play.kube.find('machines', name);
    play.kube.put('machines', { ...rest, metadata: { ...metadata, finalizers: [] } });
    await play.clock.advance(1000);
    expect(play.claim(name).finalizers).toEqual([finalizer]);
  });

  test('a Machine that was replaced without annotations and finalizer keeps its pool', async () => {
    const play = playLifecycle();
    await ready(play);
    const { metadata, ...rest } = play.kube.find('machines', name);
    play.kube.put('machines', { ...rest, metadata: { ...metadata, finalizers: [], annotations: {} } });
    await play.clock.advance(1000);
    expect(play.claim(name).finalizers).toEqual([finalizer]);
    expect(status(play, 'Ready')).toBe('True');
    expect(callsOf(play, 'create')).toHaveLength(1);
  });

  test('a Machine that was created anew from a copy of an old one is another Machine and gets a pool of its own', async () => {
    const play = playLifecycle();
    await ready(play);
    const copy = play.claim(name);
    play.kube.remove('machines', name);
    await play.clock.advance(5000);
    play.arm.pools.clear();
    await play.clock.advance(40_000);
    expect(play.kube.has('machines', name)).toBe(false);
    play.create({ ...copy, uid: 'uid-2', createdAt: play.clock.now(), status: { conditions: [] } });
    await play.clock.advance(120_000);
    expect(play.arm.pools.get(name)?.tags).toMatchObject({ 'gpu-provisioner-uid': 'uid-2' });
  });
});

describe('Lifecycle and an Azure that takes its time', () => {
  test('Ready goes with the Node, before Azure has answered what became of the pool', async () => {
    const play = playLifecycle();
    await ready(play);
    play.arm.pools.clear();
    await play.clock.advance(400_000);
    expect(status(play, 'Ready')).toBe('True');
    const answer = Promise.withResolvers<undefined>();
    play.arm.get = async () => answer.promise;
    const { metadata } = play.kube.find('nodes', aNode().metadata.name);
    play.join({ ...aNode({ ready: 'False' }), metadata });
    await play.clock.advance(1000);
    expect(status(play, 'Ready')).toBe('False');
    answer.resolve(undefined);
  });
});

describe('Lifecycle and the end of a Machine', () => {
  test('a pod that cannot be evicted is named and keeps the others on the Node no longer', async () => {
    const play = playLifecycle();
    await ready(play);
    const node = aNode().metadata.name;
    for (const pod of ['a', 'b']) play.kube.put('pods', aPod({ name: pod, node }));
    play.kube.beforeWrite = ({ verb, name: pod }) => {
      if (verb === 'evict' && pod === 'a') throw new ServerError('A webhook failed', { status: 500 });
    };
    play.kube.remove('machines', name);
    await play.clock.advance(3000);
    expect(play.kube.has('pods', 'b')).toBe(false);
    expect(conditionOf(play.claim(name).status.conditions, 'Drained')).toMatchObject({
      reason: 'DrainBlocked',
      message: expect.stringContaining('ns/a'),
    });
  });

  test('C10, C3, C4: a CRD that refuses every status of the Machine neither stops nor slows its end', async () => {
    const play = playLifecycle();
    await ready(play);
    const node = aNode().metadata.name;
    play.kube.put('pods', aPod({ name: 'a', node }));
    let isHeld = true;
    play.kube.beforeWrite = ({ subresource, verb }) => {
      if (subresource === 'status')
        throw new Invalid('spec.machineTemplateRef: group may not be empty', { status: 422 });
      if (verb === 'evict' && isHeld) throw new TooManyRequests('a budget forbids it', { status: 429 });
    };
    play.kube.remove('machines', name);
    await play.clock.advance(300_000);
    isHeld = false;
    await play.clock.advance(11_000);
    expect(play.kube.has('pods', 'a')).toBe(false);
    expect(play.arm.pools.get(name)?.phase).toBe('deleting');
    play.arm.pools.delete(name);
    await play.clock.advance(20_000);
    expect(play.kube.has('machines', name)).toBe(false);
    expect(play.kube.has('nodes', node)).toBe(false);
  });

  test('C0: force-release lets go of Node and Machine without a status, tells of the pool and leaves it', async () => {
    const play = playLifecycle();
    await ready(play);
    play.arm.fault = (call) => (call.startsWith('delete') ? { status: 403, code: 'X', armMessage: 'x' } : undefined);
    play.kube.remove('machines', name);
    await play.clock.advance(5000);
    play.kube.beforeWrite = ({ subresource }) => {
      if (subresource === 'status') throw new Invalid('group may not be empty', { status: 422 });
    };
    const { metadata, ...rest } = play.kube.find('machines', name);
    const annotations = { ...metadata.annotations, [forceReleaseAnnotation]: 'true' };
    play.kube.put('machines', { ...rest, metadata: { ...metadata, annotations } });
    await play.clock.advance(2000);
    expect(play.kube.has('machines', name)).toBe(false);
    expect(play.kube.find('nodes', aNode().metadata.name).metadata).toMatchObject({
      finalizers: [],
      ownerReferences: [],
    });
    expect(play.arm.pools.has(name)).toBe(true);
    expect(play.events.filter(({ reason }) => reason === 'ForceReleased')).toMatchObject([
      { regarding: { name }, message: expect.stringContaining('Standard_NC24ads_A100_v4') },
    ]);
  });

  test('a Node that waits for a Machine which was deleted and made again unseen is let go', async () => {
    const play = playLifecycle();
    await ready(play);
    const node = aNode().metadata.name;
    play.kube.remove('machines', name);
    play.arm.fault = (call) => (call.startsWith('delete') ? { status: 403, code: 'X', armMessage: 'x' } : undefined);
    await play.clock.advance(2000);
    play.kube.remove('nodes', node);
    await play.clock.advance(1000);
    expect(play.kube.has('nodes', node)).toBe(true);
    // As one change: the deletion in between was not seen.
    play.create(aMachine({ uid: 'uid-2', createdAt: 100, status: { conditions: [] } }));
    await play.clock.advance(2000);
    expect(play.kube.has('nodes', node)).toBe(false);
  });
});

describe('Lifecycle and a cache that is behind', () => {
  test('a Node and a Machine are let go of once, however long the watch takes to show it', async () => {
    const play = playLifecycle();
    await play.clock.advance(0);
    play.create(aMachine({ createdAt: 0 }));
    await play.drive(name, 1000);
    play.arm.change(name, { phase: 'settled', state: 'Succeeded' });
    play.join(aNode({ createdAt: 1 }));
    await play.clock.advance(20_000);
    await play.drive(name, 1000);
    play.kube.remove('machines', name);
    await play.drive(name, 5000);
    play.arm.pools.clear();
    await play.clock.advance(20_000);
    const before = play.kube.writes.length;
    play.holdWatch(true);
    for (let passes = 0; passes < 3; passes += 1) await play.pass(name);
    play.holdWatch(false);
    play.holdWatch(true);
    for (let passes = 0; passes < 3; passes += 1) await play.pass(name);
    const writes = play.kube.writes.slice(before).filter(({ subresource }) => subresource === undefined);
    expect(writes.map(({ verb, plural }) => `${verb} ${plural}`)).toEqual([
      'delete nodes',
      'patch nodes',
      'patch machines',
    ]);
  });
});
