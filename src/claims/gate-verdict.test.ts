import { describe, expect, it } from 'vitest';
import type { ClusterLook } from '../azure/cluster-watch.ts';
import { gateVerdict, isSettled } from './gate-verdict.ts';
import type { GateView } from './gate-verdict.ts';

const cluster = (state: string, power: 'running' | 'stopped' = 'running'): ClusterLook => ({
  seen: 'present',
  cluster: { power, state },
  startedAtMs: 0,
});
const pool = (state: string): GateView['pools'] => {
  const phases = { Creating: 'creating', Deleting: 'deleting', Succeeded: 'settled', Failed: 'failed' } as const;
  return [{ name: 'p', state, phase: Object.entries(phases).find(([word]) => word === state)?.[1] ?? 'busy' }];
};
const nodes = { total: 10, ofCluster: undefined, down: 0, oursDown: 0, oursMayBeDown: 2 };
const settled: GateView = {
  cluster: cluster('Succeeded'),
  poolsUnknown: undefined,
  pools: pool('Succeeded'),
  nodes,
  settledForMs: 600_000,
  settleMs: 600_000,
};

describe('gateVerdict: cluster Stopped, Stopping, Starting', () => {
  it.each([
    [cluster('Succeeded', 'stopped'), 'ClusterStopped'],
    [cluster('Stopping'), 'ClusterStopping'],
    [cluster('Stopping', 'stopped'), 'ClusterStopping'],
    [cluster('starting'), 'ClusterStarting'],
    [cluster('Starting', 'stopped'), 'ClusterStarting'],
  ])('%j', (look, reason) => {
    expect(gateVerdict({ ...settled, cluster: look })).toMatchObject({ state: 'closed', by: 'clusterStopped', reason });
  });

  it('is said also when nothing is known of the pools', () => {
    expect(gateVerdict({ ...settled, cluster: cluster('Stopping'), poolsUnknown: 'x' })).toMatchObject({
      by: 'clusterStopped',
    });
  });
});

describe('gateVerdict: cluster Upgrading, Updating, other words', () => {
  it.each(['Upgrading', 'Updating', 'Creating', 'Deleting', 'Canceling', 'SomethingNew', ''])('%s', (state) => {
    expect(gateVerdict({ ...settled, cluster: cluster(state) })).toMatchObject({ state: 'closed', by: 'clusterBusy' });
  });
});

describe('gateVerdict: cluster Failed, Canceled', () => {
  it.each(['Failed', 'Canceled'])('%s', (state) => {
    expect(gateVerdict({ ...settled, cluster: cluster(state) })).toMatchObject({
      state: 'closed',
      by: 'clusterFailed',
      message: expect.stringContaining(state),
    });
  });

  it('permits no more than what else holds', () => {
    const failed = { ...settled, cluster: cluster('Failed') };
    expect(gateVerdict({ ...failed, settledForMs: 0 })).toMatchObject({ state: 'settling' });
    expect(gateVerdict({ ...failed, nodes: { ...nodes, down: 6 } })).toMatchObject({ by: 'nodesDown' });
  });
});

describe('gateVerdict: settling', () => {
  it('lasts for gateSettle since everything was last seen unsettled', () => {
    expect(gateVerdict({ ...settled, settledForMs: 599_999 })).toMatchObject({
      state: 'settling',
      reason: 'ClusterSettling',
      message: expect.stringContaining('10 min'),
    });
    expect(gateVerdict(settled)).toEqual({ state: 'open' });
  });

  it.each(['Upgrading', 'UpgradingNodeImageVersion', 'Updating', 'Starting', 'Stopping', 'Canceling', 'SomethingNew'])(
    'is what any pool in %s makes it',
    (state) => {
      expect(gateVerdict({ ...settled, pools: pool(state) })).toEqual({
        state: 'settling',
        reason: 'PoolBusy',
        message: `Azure is at work on agent pool "p" (${state})`,
      });
      expect(isSettled({ ...settled, pools: pool(state) })).toBe(false);
    },
  );

  it.each(['Creating', 'Deleting', 'Scaling', 'Failed', 'Succeeded'])(
    'is not what a pool in %s makes it: a busy fleet always has one',
    (state) => {
      expect(gateVerdict({ ...settled, pools: pool(state) })).toEqual({ state: 'open' });
      expect(isSettled({ ...settled, pools: pool(state) })).toBe(true);
    },
  );
});

describe('gateVerdict: Nodes', () => {
  it.each([
    ['half of all', { down: 5 }, 'open'],
    ['more than half of all', { down: 6 }, 'closed'],
    ['as many of ours as may be', { down: 2, oursDown: 2 }, 'open'],
    ['more of ours than may be', { down: 3, oursDown: 3 }, 'closed'],
    ['none, in a cluster without Nodes', { total: 0 }, 'open'],
  ])('%s', (_which, changes, state) => {
    const closed = { by: 'nodesDown', reason: 'NodesDown' };
    expect(gateVerdict({ ...settled, nodes: { ...nodes, ...changes } })).toMatchObject({
      state,
      ...(state === 'closed' ? closed : {}),
    });
  });
});

describe('gateVerdict: another cluster', () => {
  const none = { ...settled, nodes: { ...nodes, ofCluster: 0 } };

  it('is when no Node is a machine of the cluster that Azure shows, of however many or few', () => {
    const closed = { state: 'closed', by: 'anotherCluster', reason: 'AnotherCluster' };
    expect(gateVerdict(none)).toMatchObject(closed);
    expect(gateVerdict({ ...none, nodes: { ...none.nodes, total: 0 } })).toMatchObject(closed);
    expect(gateVerdict({ ...none, settledForMs: 0 })).toMatchObject(closed);
  });

  it('is not while one is, nor when nobody says where the machines are', () => {
    expect(gateVerdict({ ...none, nodes: { ...nodes, ofCluster: 1 } })).toEqual({ state: 'open' });
    expect(gateVerdict({ ...none, nodes })).toEqual({ state: 'open' });
  });

  it('is not said of a cluster that is off or being worked on', () => {
    expect(gateVerdict({ ...none, cluster: cluster('Starting') })).toMatchObject({ by: 'clusterStopped' });
    expect(gateVerdict({ ...none, cluster: cluster('Upgrading') })).toMatchObject({ by: 'clusterBusy' });
  });
});

describe('gateVerdict: ARM unknown', () => {
  const unknown: ClusterLook = { seen: 'unknown', why: 'no answer', refused: false };

  it('is when the cluster or its pools are unknown', () => {
    const closed = { state: 'closed', by: 'azureUnknown', message: 'no answer' };
    expect(gateVerdict({ ...settled, cluster: unknown })).toMatchObject(closed);
    expect(gateVerdict({ ...settled, poolsUnknown: 'no answer' })).toMatchObject(closed);
    expect(gateVerdict({ ...settled, cluster: cluster('Upgrading'), poolsUnknown: 'no answer' })).toMatchObject(closed);
  });

  it('is not when only rights are missing for the cluster: people go on creating and deleting', () => {
    const refused = { ...unknown, refused: true };
    expect(gateVerdict({ ...settled, cluster: refused })).toMatchObject({ state: 'closed', by: 'clusterUnreadable' });
    expect(gateVerdict({ ...settled, cluster: refused, poolsUnknown: 'x' })).toMatchObject({ by: 'azureUnknown' });
  });

  it('does not count as settled', () => {
    expect(isSettled({ ...settled, cluster: unknown })).toBe(false);
    expect(isSettled({ ...settled, poolsUnknown: 'x' })).toBe(false);
    expect(isSettled(settled)).toBe(true);
  });
});

function messageOf(view: GateView): string {
  const verdict = gateVerdict(view);
  return verdict.state === 'open' ? '' : verdict.message;
}

describe('gateVerdict: messages', () => {
  it.each([
    ...['Starting', 'Stopping', 'Upgrading', 'Failed'].map((state) => ({ ...settled, cluster: cluster(state) })),
    { ...settled, settledForMs: 0 },
    { ...settled, nodes: { ...nodes, oursDown: 9 } },
    { ...settled, nodes: { ...nodes, ofCluster: 0 } },
  ])('fit into 200 bytes', (view) => {
    expect(messageOf(view)).not.toBe('');
    expect(Buffer.byteLength(messageOf(view))).toBeLessThan(200);
  });
});
