import { describe, expect, test } from 'vitest';
import { aNode } from '../../../test/support/claim-builders.ts';
import { aMachineNamed, playCollection, poolFor } from '../../../test/support/collection-fixture.ts';
import { machines } from '../../apis/machine.ts';
import type { Pod } from '../../apis/wire.ts';
import { checkObject } from '../../kube/answer.ts';
import { finalizer } from '../annotations.ts';

const minute = 60_000;

describe('Collector', () => {
  test('GPN45 a pool without a Node whose claim is gone is deleted after its grace, by the version that was seen', async () => {
    const { arm, clock, deletes, ownership, told } = playCollection();
    arm.put(poolFor('wsa'));
    await clock.advance(minute);
    expect(ownership('wsa')).toBe('orphan');
    expect(told()).toEqual(['OrphanPool']);
    await clock.advance(14 * minute);
    expect(deletes()).toEqual([]);
    await clock.advance(2 * minute);
    expect(deletes()).toEqual(['delete wsa']);
    expect(arm.pools.get('wsa')?.phase).toBe('deleting');
    expect(told()).toEqual(['OrphanPool', 'OrphanPoolDeleted']);
    await clock.advance(30 * minute);
    expect(deletes()).toEqual(['delete wsa']);
    arm.pools.delete('wsa');
    await clock.advance(minute);
    expect(ownership('wsa')).toBeUndefined();
  });

  test('GPN46 a pool with a Node that nobody uses goes too, and its Node after it', async () => {
    const { arm, clock, deletes, kube } = playCollection();
    arm.put(poolFor('wsa'));
    const node = aNode({ pool: 'wsa', owner: 'uid-wsa', finalizers: [finalizer] });
    kube.put('nodes', node);
    await clock.advance(17 * minute);
    expect(deletes()).toEqual(['delete wsa']);
    arm.pools.delete('wsa');
    kube.put('nodes', aNode({ pool: 'wsa', owner: 'uid-wsa', finalizers: [finalizer], ready: 'Unknown' }));
    await clock.advance(minute);
    expect(kube.has('nodes', node.metadata.name)).toBe(false);
  });

  test('GPN47 a deletion that Azure refuses is told of and tried again at the pace of its cause', async () => {
    const { arm, clock, deletes, told } = playCollection();
    arm.put(poolFor('wsa'));
    arm.fault = (call) =>
      call === 'delete wsa'
        ? { status: 409, code: 'OperationNotAllowed', armMessage: 'Another operation (Updating) is in progress' }
        : undefined;
    await clock.advance(16 * minute);
    expect(deletes().length).toBeGreaterThan(0);
    expect(told()).toContain('OrphanPoolNotDeleted');
    arm.fault = () => undefined;
    await clock.advance(60 * minute);
    expect(arm.pools.get('wsa')?.phase).toBe('deleting');
  });

  test('a pool with its claim is owned, whatever its Nodes are like', async () => {
    const { arm, clock, deletes, kube, ownership } = playCollection();
    kube.put('machines', aMachineNamed('wsa'));
    arm.put(poolFor('wsa'));
    await clock.advance(60 * minute);
    expect(ownership('wsa')).toBe('owned');
    expect(deletes()).toEqual([]);
  });

  test('A13 the pool of an earlier claim of this name goes, and leaves the name to the later one', async () => {
    const { arm, clock, deletes, kube } = playCollection();
    kube.put('machines', aMachineNamed('wsa', 'uid-of-the-later-one'));
    arm.put(poolFor('wsa'));
    await clock.advance(17 * minute);
    expect(deletes()).toEqual(['delete wsa']);
  });

  test('E1: the CRD goes, and with it every claim: nothing is deleted', async () => {
    const { arm, claims, clock, deletes, kube, ownership } = playCollection();
    kube.unserved.add('machines');
    claims.markUnserved();
    arm.put(poolFor('wsa'));
    await clock.advance(60 * minute);
    expect(ownership('wsa')).toBe('unknown');
    expect(deletes()).toEqual([]);
  });

  test('E1: the cache does not know of the CRD yet: the API server is asked, and nothing is deleted', async () => {
    const { arm, clock, deletes, kube, ownership } = playCollection();
    kube.unserved.add('machines');
    arm.put(poolFor('wsa'));
    await clock.advance(60 * minute);
    expect(ownership('wsa')).toBe('unknown');
    expect(deletes()).toEqual([]);
  });

  test('E1: a kind that was away begins its grace anew', async () => {
    const { arm, claims, clock, deletes } = playCollection();
    arm.put(poolFor('wsa'));
    await clock.advance(14 * minute);
    claims.markUnserved();
    await clock.advance(minute);
    claims.replace([], '2');
    await clock.advance(14 * minute);
    expect(deletes()).toEqual([]);
    await clock.advance(3 * minute);
    expect(deletes()).toEqual(['delete wsa']);
  });

  test('E2: the cache is behind and the claim is there: owned, and nothing is deleted', async () => {
    const { arm, claims, clock, deletes, kube, ownership } = playCollection();
    const stored = kube.put('machines', aMachineNamed('wsa'));
    claims.remove(checkObject(stored, machines, 'watch'));
    arm.put(poolFor('wsa'));
    await clock.advance(60 * minute);
    expect(ownership('wsa')).toBe('owned');
    expect(deletes()).toEqual([]);
  });

  test('E3: while the gate is closed nothing goes', async () => {
    const { arm, clock, deletes, gate } = playCollection();
    gate.now = { state: 'settling', reason: 'Settling', message: 'the process has just begun' };
    arm.put(poolFor('wsa'));
    await clock.advance(60 * minute);
    expect(deletes()).toEqual([]);
    gate.now = { state: 'open' };
    await clock.advance(minute);
    expect(deletes()).toEqual(['delete wsa']);
  });

  test('E3: a gate that has closed since it was last looked at holds the deletion back', async () => {
    const { arm, clock, deletes, gate } = playCollection();
    gate.fresh = { state: 'closed', by: 'clusterStopped', forMs: 0, reason: 'ClusterStarting', message: 'it starts' };
    arm.put(poolFor('wsa'));
    await clock.advance(60 * minute);
    expect(deletes()).toEqual([]);
  });

  test('E4: five orphans at once are told of and stay; with a person’s leave they go, two a minute', async () => {
    const names = ['wsa', 'wsb', 'wsc', 'wsd', 'wse'];
    const first = playCollection();
    for (const name of names) first.arm.put(poolFor(name));
    await first.clock.advance(120 * minute);
    expect(first.deletes()).toEqual([]);
    expect(first.told().filter((reason) => reason === 'MassOrphan')).toHaveLength(1);

    const second = playCollection({ allowMassDeletion: true });
    for (const name of names) second.arm.put(poolFor(name));
    await second.clock.advance(16 * minute);
    expect(second.deletes()).toHaveLength(2);
    await second.clock.advance(5 * minute);
    expect(second.deletes().toSorted()).toEqual(names.map((name) => `delete ${name}`));
  });

  test('E4, E7: --disruption-least and the caps say how many orphans may go, and how fast', async () => {
    const names = ['wsa', 'wsb', 'wsc'];
    const world = playCollection({ disruptionLeast: 3, disruptionsPerMinute: 3, disruptionsPerHour: 3 });
    for (const name of names) world.arm.put(poolFor(name));
    await world.clock.advance(16 * minute);
    expect(world.deletes().toSorted()).toEqual(names.map((name) => `delete ${name}`));
    expect(world.told()).not.toContain('MassOrphan');
  });

  test('E6: a pool whose Node runs a pod with a GPU stays for a day', async () => {
    const { arm, clock, deletes, kube, nodes, ownership, told } = playCollection();
    arm.put(poolFor('wsa'));
    const node = aNode({ pool: 'wsa' });
    kube.put('nodes', node);
    expect(nodes.size).toBe(1);
    const pod: Pod = {
      metadata: { name: 'train-0', namespace: 'team', uid: 'p', resourceVersion: '1', creationTimestamp: '' },
      spec: {
        nodeName: node.metadata.name,
        containers: [{ name: 'c', resources: { limits: { 'nvidia.com/gpu': '1' } } }],
      },
    };
    kube.put('pods', pod);
    await clock.advance(23 * 60 * minute);
    expect(ownership('wsa')).toBe('orphan_in_use');
    expect(told()).toEqual(['OrphanPool', 'OrphanPoolInUse']);
    expect(deletes()).toEqual([]);
    await clock.advance(62 * minute);
    expect(deletes()).toEqual(['delete wsa']);
  });

  test('E7: tags that change between the decision and the DELETE keep the pool', async () => {
    const { arm, clock, deletes } = playCollection();
    arm.put(poolFor('wsa'));
    arm.fault = (call) => {
      if (call === 'get wsa') arm.change('wsa', { tags: {} });
      return undefined;
    };
    await clock.advance(60 * minute);
    expect(deletes()).toEqual([]);
  });

  test('E8: labels of the Go provisioner alone: never', async () => {
    const { arm, clock, deletes, ownership } = playCollection({ allowMassDeletion: true });
    arm.put(poolFor('wsa', { tags: {} }));
    arm.put(poolFor('people', { tags: { owner: 'them' }, nodeLabels: {} }));
    await clock.advance(48 * 60 * minute);
    expect(ownership('wsa')).toBe('ambiguous');
    expect(ownership('people')).toBe('foreign');
    expect(deletes()).toEqual([]);
  });

  test('while Azure does not answer, the ledger keeps what was last known and nothing goes', async () => {
    const { arm, clock, deletes, ownership } = playCollection();
    arm.put(poolFor('wsa'));
    await clock.advance(minute);
    arm.fault = () => 'before';
    await clock.advance(60 * minute);
    expect(ownership('wsa')).toBe('orphan');
    expect(deletes()).toEqual([]);
  });

  test('--orphans=report: in the ledger, told of, and it stays', async () => {
    const { arm, clock, deletes, ownership, told } = playCollection({ orphans: 'report' });
    arm.put(poolFor('wsa'));
    await clock.advance(24 * 60 * minute);
    expect(ownership('wsa')).toBe('orphan');
    expect(told()).toEqual(['OrphanPool']);
    expect(deletes()).toEqual([]);
  });
});
