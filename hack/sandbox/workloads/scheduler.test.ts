import { describe, expect, it } from 'vitest';
import { objectAt, textAt } from '../aks/json.ts';
import { itemsOf } from '../nodes/api.ts';
import { aPlayground, aTemplate, nameOf, type Playground } from './fixture.ts';
import { Scheduler } from './scheduler.ts';

async function aNode(play: Playground, name: string, gpus: number): Promise<void> {
  await play.create('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name } });
  const count = { 'nvidia.com/gpu': `${gpus}`, pods: '110' };
  // Admission takes it for not ready yet.
  await play.merge(`/api/v1/nodes/${name}`, { spec: { taints: null } });
  await play.merge(`/api/v1/nodes/${name}/status`, { status: { capacity: count, allocatable: count } });
}

async function aPod({ create }: Playground, name: string): Promise<void> {
  const { spec } = Object(aTemplate('one', 1));
  await create('/api/v1/namespaces/default/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec,
  });
}

/** Each pod and its node. */
async function places({ pods }: Playground): Promise<Record<string, string | undefined>> {
  return Object.fromEntries((await pods()).map((pod) => [nameOf(pod), textAt(objectAt(pod, 'spec'), 'nodeName')]));
}

describe('schedule', () => {
  it('binds each pod to a node that has a GPU left for it, and no two to the same GPU', async () => {
    const play = await aPlayground();
    await aPod(play, 'a');
    await aPod(play, 'b');
    await aNode(play, 'none', 0);
    await aNode(play, 'one', 1);
    await aNode(play, 'two', 1);
    await play.until(async () => expect(new Set(Object.values(await places(play)))).toEqual(new Set(['one', 'two'])));
  });

  it('tells a pod why there is no node for it, and binds it when there is one', async () => {
    const play = await aPlayground();
    await aNode(play, 'none', 0);
    await aPod(play, 'a');
    await play.until(async () => {
      const [pod] = await play.pods();
      expect(objectAt(pod ?? {}, 'status')['conditions']).toMatchObject([
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'Unschedulable',
          message: '0/1 nodes are available: 1 Insufficient nvidia.com/gpu.',
        },
      ]);
    });
    await aNode(play, 'one', 1);
    await play.until(async () => expect(await places(play)).toEqual({ a: 'one' }));
  });

  it('gives a GPU to the next pod when the one that had it is over', async () => {
    const play = await aPlayground();
    await aNode(play, 'one', 1);
    await aPod(play, 'a');
    await play.until(async () => expect(await places(play)).toEqual({ a: 'one' }));
    await aPod(play, 'b');
    await play.until(async () => expect((await play.pods()).length).toBe(2));
    expect((await places(play))['b']).toBeUndefined();
    await play.says('a', 'Succeeded');
    await play.until(async () => expect((await places(play))['b']).toBe('one'));
  });

  it('gives a GPU to the next pod only when the one that has it is gone', async () => {
    const play = await aPlayground();
    await aNode(play, 'one', 1);
    await aPod(play, 'a');
    await play.until(async () => expect(await places(play)).toEqual({ a: 'one' }));
    await play.remove('a');
    await aPod(play, 'b');
    await play.until(async () => {
      const b = (await play.pods()).find((pod) => nameOf(pod) === 'b');
      expect(objectAt(b ?? {}, 'status')['conditions']).toMatchObject([{ reason: 'Unschedulable' }]);
    });
    await play.confirmGone('a');
    await play.until(async () => expect(await places(play)).toEqual({ b: 'one' }));
  });

  it('gives a GPU that it has just given away to no other pod, also while the first still shows without a node', async () => {
    const play = await aPlayground({ workloads: false });
    for (const name of ['one', 'two']) await aNode(play, name, 1);
    for (const name of ['a', 'b']) await aPod(play, name);
    const pods = await play.pods();
    const nodes = itemsOf(await play.get('/api/v1/nodes'));
    const scheduler = new Scheduler(play.call);
    await scheduler.pass(pods.slice(0, 1), nodes);
    await scheduler.pass(pods, nodes);
    expect(new Set(Object.values(await places(play)))).toEqual(new Set(['one', 'two']));
  });
});
