import { describe, expect, test } from 'vitest';
import { aMachine, aNode, at, noon, timeAt } from '../../test/support/claim-builders.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { MemoryKube } from '../../test/support/memory-kube.ts';
import type { SeenWrite } from '../../test/support/memory-kube.ts';
import { aPod, daemonSet } from '../../test/support/pod-builders.ts';
import type { PodOptions } from '../../test/support/pod-builders.ts';
import { nodes as nodesResource } from '../apis/resource.ts';
import type { Node } from '../apis/wire.ts';
import { checkObject } from '../kube/answer.ts';
import { Forbidden, KubeError, ServerError, TooManyRequests } from '../kube/errors.ts';
import { drainRound } from './drain.ts';
import type { DrainedBy, DrainTask } from './drain.ts';
import { terminationTimestamp } from './drain-end.ts';
import { viewOfNode } from './node-view.ts';

const node = 'aks-ws-vmss000000';
const machine = aMachine();

/** An API server with Nodes and pods, and rounds against it at noon. */
function play(nodeNames: readonly string[] = [node]) {
  const kube = new MemoryKube(new FakeClock('2026-03-01T12:00:00Z'), () => {});
  const drained: [string, DrainedBy][] = [];
  const answers: number[] = [];
  for (const name of nodeNames) kube.put('nodes', aNode({ name, uid: `uid-${name}` }));
  const nodeOf = (name: string): Node => checkObject(kube.find('nodes', name), nodesResource, 'read');
  return {
    kube,
    drained,
    answers,
    nodeOf,
    pods: (...pods: readonly PodOptions[]) => {
      for (const pod of pods) kube.put('pods', aPod({ node, ...pod }));
    },
    refuseEviction: (name: string, error: KubeError) => {
      kube.beforeWrite = (write) => {
        if (write.verb === 'evict' && write.name === name) throw error;
      };
    },
    attach: (name: string, volume: string, to = node) => {
      const spec = { attacher: 'disk.csi.azure.com', nodeName: to, source: { persistentVolumeName: volume } };
      const metadata = { name, uid: name, resourceVersion: '1', creationTimestamp: timeAt(-60) };
      kube.put('volumeattachments', Object.assign({ kind: 'VolumeAttachment', metadata }, { spec }));
    },
    claimVolume: (name: string, volumeName: string) => {
      const metadata = { name, namespace: 'ns', uid: name, resourceVersion: '1', creationTimestamp: timeAt(-60) };
      const claim = { kind: 'PersistentVolumeClaim', metadata };
      kube.put('persistentvolumeclaims', Object.assign(claim, { spec: { volumeName } }));
    },
    round: async (task: Partial<Pick<DrainTask, 'end' | 'kind'>> & { readonly dead?: readonly string[] } = {}) => {
      const views = nodeNames.map((name) => viewOfNode(nodeOf(name), machine.spec));
      const { dead = [], end, kind = 'NodeClaim' } = task;
      return drainRound(
        { kind, nodes: views, alive: views.filter(({ name }) => !dead.includes(name)), end },
        {
          kube,
          now: at(0),
          signal: new AbortController().signal,
          noteWrite: () => {},
          onDrained: ({ metadata }, by) => drained.push([metadata.name, by]),
          onEviction: (status) => answers.push(status),
        },
      );
    },
  };
}

const promised = { atApiMs: noon + 60_000, isPromised: true, after: 'its time is over' };

function asked(kube: MemoryKube): readonly SeenWrite[] {
  return kube.writes.filter(({ plural }) => plural === 'pods');
}

describe('drainRound', () => {
  test('K29-NT04 K17-NT07 takes every Node out of scheduling and out of the load balancers before it looks at pods', async () => {
    const { kube, nodeOf, pods, round } = play(['a', 'b']);
    pods({ name: 'model', node: 'b' });
    const cordonedAtEviction: unknown[] = [];
    kube.beforeWrite = ({ verb }) => {
      if (verb === 'evict') cordonedAtEviction.push(nodeOf('b').spec?.unschedulable);
    };
    await round({ dead: ['a'] });
    expect(cordonedAtEviction).toEqual([true]);
    for (const name of ['a', 'b']) {
      expect(nodeOf(name).spec).toMatchObject({
        unschedulable: true,
        taints: [{ key: 'karpenter.sh/disrupted', effect: 'NoSchedule' }],
      });
      expect(nodeOf(name).metadata.labels).toMatchObject({
        'node.kubernetes.io/exclude-from-external-load-balancers': 'karpenter',
      });
    }
    const patches = (): number => kube.writes.filter(({ verb }) => verb === 'patch').length;
    const before = patches();
    await round();
    expect(patches()).toBe(before);
  });

  test('a Node that is gone meanwhile keeps the others from nothing', async () => {
    const { drained, kube, pods, round } = play(['a', 'b']);
    pods({ name: 'model', node: 'b' });
    kube.beforeWrite = ({ name, verb }) => {
      if (verb === 'patch' && name === 'a' && kube.has('nodes', 'a')) kube.remove('nodes', 'a');
    };
    await round();
    expect(drained).toEqual([['model', 'evicted']]);
  });

  test('K17-EV03 K17-EV04 evicts a pod and says why it went', async () => {
    const { drained, kube, pods, round } = play();
    pods({ name: 'model' });
    await expect(round()).resolves.toMatchObject({ pending: 1 });
    expect(asked(kube)).toEqual([{ verb: 'evict', plural: 'pods', name: 'model' }]);
    expect(drained).toEqual([['model', 'evicted']]);
    await expect(round()).resolves.toEqual({ at: at(0), pending: 0 });
  });

  test('K17-EV01 a pod that is not found any more is gone', async () => {
    const { drained, kube, pods, round } = play();
    pods({ name: 'model' });
    kube.beforeWrite = ({ verb }) => {
      if (verb === 'evict') kube.remove('pods', 'model');
    };
    await expect(round()).resolves.toEqual({ at: at(0), pending: 0 });
    expect(drained).toEqual([]);
  });

  test('K17-EV02 K17-NT21 a pod of the same name that came since is another pod, and not evicted for it', async () => {
    const { drained, kube, pods, round } = play();
    pods({ name: 'model', uid: 'first' });
    kube.beforeWrite = ({ verb }) => {
      if (verb === 'evict') pods({ name: 'model', uid: 'second', node: 'elsewhere' });
    };
    await expect(round()).resolves.toEqual({ at: at(0), pending: 0 });
    expect(kube.find('pods', 'model').metadata).toMatchObject({ uid: 'second' });
    expect(drained).toEqual([]);
  });

  test('K29-NT08 K17-NT13 K17-EV05 a budget that forbids it is named with the pod, and keeps no other pod', async () => {
    const { drained, pods, refuseEviction, round } = play();
    pods({ name: 'model' }, { name: 'other' });
    const causes = [{ reason: 'DisruptionBudget', message: 'The disruption budget keep-one needs 1 healthy pods' }];
    refuseEviction('model', new TooManyRequests('Cannot evict', { status: 429, causes }));
    const { blocked, pending } = await round();
    expect(blocked).toBe('Pod "ns/model" may not be evicted now: The disruption budget keep-one needs 1 healthy pods');
    expect(pending).toBe(2);
    expect(drained).toEqual([['other', 'evicted']]);
  });

  test('each answer to an eviction is told with its status', async () => {
    const { answers, pods, refuseEviction, round } = play();
    pods({ name: 'model' }, { name: 'other' });
    refuseEviction('model', new TooManyRequests('Cannot evict', { status: 429 }));
    await round();
    expect(answers.toSorted((a, b) => a - b)).toEqual([200, 429]);
  });

  test('K17-EV06 a pod under two budgets is told of in the words of the server', async () => {
    const { pods, refuseEviction, round } = play();
    pods({ name: 'model' });
    const words = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    refuseEviction('model', new ServerError(`Cannot evict pods "ns/model": ${words}`, { status: 500 }));
    const { blocked } = await round();
    expect(blocked).toContain('Pod "ns/model" has more than one PodDisruptionBudget');
    expect(blocked).toContain('which the eviction subresource does not support');
  });

  test('what else an API server says of one pod keeps no other; what keeps it from answering ends the round', async () => {
    const { drained, pods, refuseEviction, round } = play();
    pods({ name: 'model' }, { name: 'other' });
    refuseEviction('model', new Forbidden('Cannot evict: a webhook says no', { status: 403 }));
    await expect(round()).resolves.toMatchObject({ blocked: expect.stringContaining('a webhook says no') });
    expect(drained).toEqual([['other', 'evicted']]);
    pods({ name: 'model' });
    refuseEviction('model', new KubeError('no connection', { status: 0 }));
    await expect(round()).rejects.toThrow('no connection');
  });

  test('K17-EV07 a pod that binds while others are evicted is evicted in the next round', async () => {
    const { drained, kube, pods, round } = play();
    pods({ name: 'model' });
    kube.beforeWrite = ({ name, verb }) => {
      if (verb === 'evict' && name === 'model') pods({ name: 'late' });
    };
    await round();
    await expect(round()).resolves.toMatchObject({ pending: 1 });
    expect(drained).toEqual([
      ['model', 'evicted'],
      ['late', 'evicted'],
    ]);
  });

  test('K29-NT03 K17-NT06 drains many Nodes of one pool at once, each pod one time', async () => {
    const names = Array.from({ length: 9 }, (_, index) => `node-${index}`);
    const { drained, pods, round } = play(names);
    for (const name of names) pods({ name: `pod-on-${name}`, node: name });
    await expect(round()).resolves.toMatchObject({ pending: 9 });
    expect(drained.map(([name]) => name).toSorted()).toEqual(names.map((name) => `pod-on-${name}`));
    await expect(round()).resolves.toMatchObject({ pending: 0 });
  });

  test('a Node that is down is cordoned, and its pods are not waited for', async () => {
    const { kube, pods, round } = play();
    pods({ name: 'model' });
    await expect(round({ dead: [node] })).resolves.toEqual({ at: at(0), pending: 0 });
    expect(asked(kube)).toEqual([]);
  });

  test('K17-NT22 K17-EV12 deletes a pod in time for the promised end, with what is left as its grace, and says why', async () => {
    const { drained, kube, pods, round } = play();
    pods({ name: 'slow', graceSeconds: 3600 }, { name: 'quick' });
    await round({ end: promised });
    expect(asked(kube)).toEqual([
      { verb: 'delete', plural: 'pods', name: 'slow', gracePeriodSeconds: 60 },
      { verb: 'evict', plural: 'pods', name: 'quick' },
    ]);
    expect(drained).toEqual([
      ['slow', 'deadline'],
      ['quick', 'evicted'],
    ]);
  });

  test('an end that is an option alone hurries no pod', async () => {
    const { kube, pods, round } = play();
    pods({ name: 'slow', graceSeconds: 3600 });
    await round({ end: { ...promised, isPromised: false } });
    expect(asked(kube)).toEqual([{ verb: 'evict', plural: 'pods', name: 'slow' }]);
  });

  test('K17-CT12 a Node says when it ends where its claim promised that', async () => {
    const { nodeOf, round } = play();
    await round({ end: promised });
    expect(nodeOf(node).metadata.annotations).toEqual({ [terminationTimestamp]: '2026-03-01T12:01:00Z' });
  });

  test('K17-CT11 a Node says nothing of its end where its claim promised nothing', async () => {
    const { nodeOf, round } = play();
    await round({ end: { ...promised, isPromised: false } });
    await round();
    expect(nodeOf(node).metadata.annotations).toEqual({});
  });

  test('K17-CT13 what a Node says of its end already stays', async () => {
    const { kube, nodeOf, round } = play();
    const said = { [terminationTimestamp]: timeAt(5) };
    kube.put('nodes', aNode({ name: node, annotations: said }));
    await round({ end: promised });
    expect(nodeOf(node).metadata.annotations).toEqual(said);
  });

  test('K29-NT05 the pods of DaemonSets stay with a Machine', async () => {
    const { kube, pods, round } = play();
    const tolerations = [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' }];
    pods({ name: 'daemon', owner: daemonSet, tolerations });
    await expect(round({ kind: 'Machine' })).resolves.toMatchObject({ pending: 0 });
    expect(asked(kube)).toEqual([]);
    await expect(round({ kind: 'NodeClaim' })).resolves.toMatchObject({ pending: 1 });
  });
});

describe('drainRound and volumes', () => {
  test('K17-NT25 waits for volume attachments of the Node once its pods are gone, and for no other Node’s', async () => {
    const { attach, kube, pods, round } = play();
    pods({ name: 'model' });
    attach('csi-1', 'pv-1');
    attach('csi-2', 'pv-2', 'another-node');
    await expect(round()).resolves.toEqual({ at: at(0), pending: 1 });
    expect(kube.reads).not.toContain('list volumeattachments');
    await expect(round()).resolves.toEqual({ at: at(0), pending: 1, volumes: ['csi-1'] });
    kube.remove('volumeattachments', 'csi-1');
    await expect(round()).resolves.toEqual({ at: at(0), pending: 0 });
  });

  test('K17-NT26 does not wait for the volumes of pods that stay', async () => {
    const { attach, claimVolume, pods, round } = play();
    const stays = { tolerations: [{ operator: 'Exists' }] };
    pods({ name: 'agent', claims: ['cache', 'no-such-claim'], ephemeral: ['scratch'], ...stays });
    claimVolume('cache', 'pv-1');
    claimVolume('agent-scratch', 'pv-2');
    attach('csi-1', 'pv-1');
    attach('csi-2', 'pv-2');
    attach('csi-3', 'pv-3');
    await expect(round()).resolves.toEqual({ at: at(0), pending: 1, volumes: ['csi-3'] });
  });

  test('asks for no claim of a volume while nothing is attached', async () => {
    const { kube, pods, round } = play();
    pods({ name: 'agent', claims: ['cache'], tolerations: [{ operator: 'Exists' }] });
    await round();
    expect(kube.reads).toEqual(['list pods', 'list volumeattachments']);
  });

  test('attachments that may not be listed are told of, and are not taken for none', async () => {
    const { kube, round } = play();
    kube.unserved.add('volumeattachments');
    await expect(round()).resolves.toMatchObject({
      pending: 1,
      blocked: expect.stringContaining('Whether volumes are detached cannot be seen'),
    });
  });
});
