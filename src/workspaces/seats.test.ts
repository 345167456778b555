import { describe, expect, it } from 'vitest';
import type { Claim } from '../apis/claim.ts';
import type { Workspace } from '../apis/workspace.gen.ts';
import { aClaimOf, aFreeNode, aNodeOf, aWorkspace, type WorkspaceWish } from '../../test/support/workspaces.ts';
import { nodesHeldByOthers, seatingOf, strayClaims } from './seats.ts';
import { workspaceUidAnnotation } from './workspace-claims.ts';

const workspace = aWorkspace({ resource: { count: 2 } });
const predecessor = aWorkspace({ uid: 'uid-before', resource: { count: 2 } });
const kaitos: Claim = { ...aClaimOf(workspace, 0), name: 'ws0123456ab', uid: 'uid-kaito', annotations: {} };

describe('seatingOf', () => {
  it('does not count claims that were made for a Workspace of its name before it', () => {
    const { seats, missing, leaving } = seatingOf(workspace, [], [aClaimOf(predecessor, 0), aClaimOf(predecessor, 1)]);
    expect({ seats, missing, leaving }).toEqual({ seats: [], missing: [0, 1], leaving: [] });
  });

  it("counts KAITO's claims by their labels", () => {
    const { seats, missing } = seatingOf(workspace, [], [kaitos]);
    expect(seats).toMatchObject([{ claim: { name: 'ws0123456ab' } }]);
    expect(missing).toEqual([0]);
  });

  it('counts its own claims although somebody took their labels away', () => {
    const bare = { ...aClaimOf(workspace, 1), labels: {} };
    expect(seatingOf(workspace, [], [bare])).toMatchObject({ seats: [{ claim: { name: bare.name } }], missing: [0] });
  });

  it('asks for nothing while enough claims live, whatever their names', () => {
    const claims = [kaitos, aClaimOf(workspace, 1)];
    expect(seatingOf(workspace, [aFreeNode('a')], claims)).toMatchObject({ missing: [], seats: { length: 2 } });
  });

  it('is ready only with a ready claim whose Node is there and Ready', () => {
    const claims = [aClaimOf(workspace, 0), aClaimOf(workspace, 1)];
    const nodes = [aNodeOf(workspace, 0), aNodeOf(workspace, 1, { ready: 'Unknown' })];
    expect(seatingOf(workspace, nodes, claims).seats.map(({ ready }) => ready)).toEqual([true, false]);
    expect(seatingOf(workspace, [], claims).seats.map(({ ready }) => ready)).toEqual([false, false]);
  });

  it('takes free nodes in the same order each time: preferred, those that served, then by name', () => {
    const many = aWorkspace({
      resource: { count: 3, preferredNodes: ['d'] },
      status: { workerNodes: ['c'] },
    });
    const nodes = ['a', 'b', 'c', 'd'].map((name) => aFreeNode(name));
    const names = (list: typeof nodes): readonly unknown[] =>
      seatingOf(many, list, []).seats.map(({ node }) => node?.metadata.name);
    expect(names(nodes)).toEqual(['d', 'c', 'a']);
    expect(names(nodes.toReversed())).toEqual(['d', 'c', 'a']);
  });
});

describe('strayClaims', () => {
  const key = { name: 'phi', namespace: 'ns' };

  it.each([
    ['of a Workspace that is gone', undefined, aClaimOf(workspace, 0), 1],
    ['of one that had the name before', 'uid-w', aClaimOf(predecessor, 0), 1],
    ['of the one that has the name', 'uid-w', aClaimOf(workspace, 0), 0],
    ['that KAITO made', undefined, kaitos, 0],
    ['of another name', undefined, aClaimOf(aWorkspace({ name: 'other' }), 0), 0],
    ['that is going already', undefined, { ...aClaimOf(workspace, 0), deletingSince: new Date() }, 0],
    ['of a name elsewhere', undefined, { ...aClaimOf(workspace, 0), labels: { 'kaito.sh/workspace': 'phi' } }, 0],
  ])('a claim %s', (_, uid, claim, count) => {
    expect(claim.annotations[workspaceUidAnnotation] === undefined).toBe(claim.uid === 'uid-kaito');
    expect(strayClaims({ ...key, uid }, [claim])).toHaveLength(count);
  });
});

/** One that serves on this node. */
function on(node: string, wish: WorkspaceWish = {}): Workspace {
  return aWorkspace({ ...wish, status: { workerNodes: [node], ...wish.status } });
}

describe('nodesHeldByOthers', () => {
  const older = on('byo', { name: 'old', uid: 'uid-old', createdAt: '2026-01-01T00:00:00Z' });
  const younger = on('byo', { name: 'new', uid: 'uid-new', createdAt: '2026-01-02T00:00:00Z' });
  const waiting = aWorkspace({ name: 'waiting', uid: 'uid-waiting', createdAt: '2025-01-01T00:00:00Z' });

  it('leaves a node to the Workspace that serves on it, also when that one is younger', () => {
    expect([...nodesHeldByOthers(waiting, [older, waiting])]).toEqual(['byo']);
    expect([...nodesHeldByOthers(waiting, [waiting])]).toEqual([]);
  });

  it('leaves a node that two took at one moment to the older one, whichever looks', () => {
    const all = [younger, older];
    expect([...nodesHeldByOthers(older, all)]).toEqual([]);
    expect([...nodesHeldByOthers(younger, all)]).toEqual(['byo']);
  });

  it('does not count a Workspace that goes, nor a tuning that has ended', () => {
    const going = on('byo', { uid: 'uid-going', deleting: true });
    const conditions = [
      { type: 'WorkspaceReady', status: 'True', reason: 'x', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' },
    ] as const;
    const tuned = on('byo', {
      uid: 'uid-tuned',
      tuning: {},
      status: { workerNodes: ['byo'], conditions: [...conditions] },
    });
    const served = on('byo', { uid: 'uid-served', status: { workerNodes: ['byo'], conditions: [...conditions] } });
    expect([...nodesHeldByOthers(waiting, [going, tuned])]).toEqual([]);
    expect([...nodesHeldByOthers(waiting, [served])]).toEqual(['byo']);
  });
});
