// Workspaces whose nodes are asked for as NodeClaims: what is said of Machines elsewhere is said of these.
import { expect } from 'vitest';
import type { Scenario } from '../support/scenario.ts';
import { conditionOf, isTrue } from '../support/world-things.ts';
import type { WorldOptions } from '../support/world.ts';
import {
  createAndServe,
  createSecret,
  inference,
  removeAll,
  tuning,
  untilSays,
  untilServed,
  withWorkspaces,
} from './workspaces.ts';

const withNodeClaims: WorldOptions = { ...withWorkspaces, workspaceClaims: 'nodeclaim' };

export const workspaceNodeClaims: readonly Scenario[] = [
  {
    name: 'with --workspace-claims=nodeclaim a Workspace of two nodes serves on NodeClaims of its own, and leaves nothing when it is deleted',
    world: withNodeClaims,
    async play(world) {
      const workspace = await createAndServe(world, { count: 2 });
      expect(isTrue(workspace, 'NodeClaimReady')).toBe(true);
      expect(isTrue(workspace, 'WorkspaceSucceeded')).toBe(true);
      expect(conditionOf(workspace, 'MachineReady')).toBeUndefined();
      const claims = await world.list('NodeClaim');
      expect(claims).toHaveLength(2);
      for (const claim of claims) {
        expect(isTrue(claim, 'Ready')).toBe(true);
        expect(claim.metadata.labels?.['kaito.sh/workspace']).toBe('phi');
        expect(claim.metadata.annotations?.['gpu-provisioner.io/workspace-uid']).toBe(workspace.metadata.uid);
      }
      expect(world.calls('PUT')).toHaveLength(2);
      await removeAll(world, 'phi');
      expect(world.history.sights.filter(({ kind }) => kind === 'Machine')).toEqual([]);
    },
  },
  {
    name: 'with --workspace-claims=nodeclaim a tuning runs to its end on a NodeClaim, and leaves nothing when it is deleted',
    world: withNodeClaims,
    async play(world) {
      await world.startController();
      await createSecret(world);
      await world.create('Workspace', tuning());
      const workspace = await untilServed(world, 'phi');
      expect(isTrue(workspace, 'NodeClaimReady')).toBe(true);
      expect(await world.list('NodeClaim')).toHaveLength(1);
      await removeAll(world, 'phi');
      expect(world.history.sights.filter(({ kind }) => kind === 'Machine')).toEqual([]);
    },
  },
  {
    name: 'with --workspace-claims=nodeclaim a quota refusal is on the Workspace as the NodeClaim says it',
    world: { ...withNodeClaims, script: { quotas: { families: { standardNCADSA100v4Family: 0 } } } },
    async play(world) {
      await world.startController();
      await world.create('Workspace', inference());
      const message = await untilSays(world, 'phi', 'NodeClaimReady', 'QuotaExceeded');
      const [claim] = await world.list('NodeClaim');
      expect(message).toBe(conditionOf(claim, 'Ready')?.message);
      await removeAll(world, 'phi');
    },
  },
];
