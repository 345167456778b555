// Pools whose claim is gone are found, told of, and deleted when it is proved that nobody needs them; every other pool stays.
import { expect } from 'vitest';
import { kaitoMachine } from '../support/machines.ts';
import { aPod } from '../support/pods.ts';
import type { Scenario } from '../support/scenario.ts';
import { removeDefinition } from '../support/world-definitions.ts';
import { untilNoNodeIsLeft } from '../support/world-nodes.ts';
import { untilSaid } from '../support/world-said.ts';
import type { World, WorldOptions } from '../support/world.ts';
import type { Thing } from '../support/world-things.ts';

const name = 'ws6fa1b2c3d';
const lease = 'gpu-provisioner-leader-election';
const finalizer = 'karpenter.sh/termination';

/** Half a minute of grace, not a quarter of an hour. */
const hasty = { ORPHAN_GRACE: '30s', GATE_SETTLE: '20s' } as const;
const world: WorldOptions = { env: hasty };

/** As a pool of ours is tagged, for a claim that nobody has heard of. */
function tagsFor(owner: string, kind: 'Machine' | 'NodeClaim' = 'Machine'): Record<string, string> {
  return {
    'gpu-provisioner-schema': '1',
    'gpu-provisioner-kind': kind,
    'gpu-provisioner-name': owner,
    'gpu-provisioner-uid': `11111111-2222-4333-8444-${owner.padStart(12, '0').slice(-12)}`,
    'gpu-provisioner-mode': 'dedicated',
  };
}

function isOfAks({ metadata }: Thing): boolean {
  return metadata.labels?.['agentpool'] !== undefined;
}

function deletions(played: World): readonly (string | undefined)[] {
  return played.calls('DELETE').map(({ pool }) => pool);
}

/** A Ready Machine that nothing holds any more, and no controller. */
async function abandon(played: World): Promise<void> {
  await played.startController();
  await played.create('Machine', kaitoMachine({ name }));
  await played.untilReady(name);
  await played.until('its pool is up', () => played.poolState(name) === 'Succeeded');
  await played.controller.stop();
  await played.edit('Machine', name, { metadata: { finalizers: null } });
}

/** Somebody forces it out of the way while no controller looks. */
async function forceAway(played: World): Promise<void> {
  await abandon(played);
  await played.remove('Machine', name);
  await played.untilGone('Machine', name);
  // The garbage collector may be as slow as the hasty grace, and a machine that joins before it takes the old Node over.
  await played.until('its Node is being deleted', async () =>
    (await played.nodesNow(name)).every(({ metadata }) => metadata.deletionTimestamp !== undefined),
  );
}

export const collection: readonly Scenario[] = [
  {
    name: 'a Machine that was forced out of the way: its pool is told of, and deleted after its grace, its Node with it',
    world,
    async play(leaked) {
      await forceAway(leaked);
      const startedMs = leaked.clock.now().getTime();
      await leaked.startController();
      const { eventTime = '' } = await leaked.untilEvent(lease, 'OrphanPool');
      await leaked.untilEvent(lease, 'OrphanPoolDeleted');
      const [deletedMs = 0] = leaked.calls('DELETE').map(({ at }) => at.getTime());
      expect(deletedMs).toBeGreaterThan(Date.parse(eventTime));
      expect(deletedMs - startedMs).toBeGreaterThanOrEqual(30_000);
      await leaked.until('its pool is gone', () => leaked.poolState(name) === undefined);
      await untilNoNodeIsLeft(leaked, name);
      expect(deletions(leaked)).toEqual([name]);
    },
  },
  {
    name: 'the pool of an earlier Machine of this name is collected (A13), and the later one gets a pool of its own',
    world,
    async play(taken) {
      await forceAway(taken);
      await taken.create('Machine', kaitoMachine({ name }));
      await taken.startController();
      await untilSaid(taken, name, { type: 'MachineLaunched', status: 'False', reason: 'NameConflict' });
      await taken.untilReady(name);
      expect(deletions(taken)).toEqual([name]);
      expect(taken.calls('PUT', name).filter(({ status }) => status === 201)).toHaveLength(2);
    },
  },
  {
    name: 'a Machine that only another finalizer keeps, and that waits for its Node: the Node is let go, and its pool is collected',
    world,
    async play(kept) {
      await abandon(kept);
      await kept.edit('Machine', name, { metadata: { finalizers: ['example.com/kept'] } });
      await kept.remove('Machine', name);
      const node = kept.machine(name)?.status?.nodeName ?? '';
      await kept.remove('Node', node);
      await kept.startController();
      await kept.untilGone('Node', node);
      await kept.until('its pool is gone', () => kept.poolState(name) === undefined);
      expect(await kept.get('Machine', name)).toBeDefined();
      await kept.edit('Machine', name, { metadata: { finalizers: null } });
      await kept.untilGone('Machine', name);
    },
  },
  {
    name: 'a pool without a claim whose Node runs a pod with a GPU stays; it goes when the pod has ended',
    world,
    async play(used) {
      await used.makePool(name, { tags: tagsFor(name) });
      const node = await used.until('its Node has joined', () => used.nodesOf(name)[0]?.metadata.name);
      await used.create('Pod', aPod({ name: 'train', node, gpus: 1 }));
      await used.startController();
      await used.untilEvent(lease, 'OrphanPoolInUse');
      await used.pass(30);
      expect(deletions(used)).toEqual([]);
      await used.remove('Pod', 'train');
      await used.until('its pool is gone', () => used.poolState(name) === undefined);
    },
  },
  {
    name: 'pools that nothing proves to be ours stay: labels of the Go provisioner, half of our tags, people’s own',
    world: { env: { ...hasty, ALLOW_MASS_DELETION: 'true' } },
    async play(mixed) {
      const { 'gpu-provisioner-uid': _uid, ...halfOfThem } = tagsFor('wshalf');
      const go = {
        'kaito.sh/machine-type': 'gpu',
        'kaito.sh/workspace': 'w',
        'karpenter.sh/provisioner-name': 'default',
      };
      await mixed.makePool('wsgo', { nodeLabels: go });
      await mixed.makePool('wshalf', { tags: halfOfThem });
      await mixed.makePool('people', { tags: { owner: 'somebody' } });
      await mixed.makePool(name, { tags: tagsFor(name) });
      await mixed.startController();
      await mixed.until('the one that is ours is gone', () => mixed.poolState(name) === undefined);
      await mixed.pass(30);
      expect(deletions(mixed)).toEqual([name]);
    },
  },
  {
    name: 'five pools lose their claims at once, of either kind: MassOrphan, and nothing is deleted before a person allows it',
    world,
    async play(many) {
      const machines = ['wsa', 'wsb', 'wsc'];
      const nodeClaims = ['wsd', 'wse'];
      const names = [...machines, ...nodeClaims];
      for (const each of machines) await many.makePool(each, { tags: tagsFor(each) });
      for (const each of nodeClaims) await many.makePool(each, { tags: tagsFor(each, 'NodeClaim') });
      await many.startController();
      // Of those whose claims the API server could not be asked about in time it is told with a later look.
      await many.until('MassOrphan names each of them', () =>
        many
          .eventsOf(lease)
          .some(({ reason, note = '' }) => reason === 'MassOrphan' && names.every((each) => note.includes(each))),
      );
      await many.pass(40);
      expect(deletions(many)).toEqual([]);
      await many.controller.stop();
      await many.startController({ env: { ALLOW_MASS_DELETION: 'true' } });
      await many.untilCalls('DELETE', undefined, 2);
    },
  },
  {
    name: 'no Node is a machine of the cluster that Azure shows: its pools are another cluster’s, and none is deleted before there is one',
    world,
    async play(strange) {
      const [system] = await strange.until('the system pool has its Node', async () => {
        const nodes = (await strange.list('Node')).filter(isOfAks);
        return nodes.length > 0 && nodes;
      });
      const node = system?.metadata.name ?? '';
      await strange.remove('Node', node);
      await strange.untilGone('Node', node);
      await strange.makePool(name, { tags: tagsFor(name), count: 0 });
      await strange.startController();
      await strange.untilEvent(lease, 'OrphanPool');
      await strange.pass(60);
      expect(deletions(strange)).toEqual([]);
      const { body } = await strange.controller.health('/readyz?verbose');
      expect(body).toContain('closed: No Node here is a machine of the AKS cluster');
      expect(strange.azure.repair(node, 'reboot')).toBe(true);
      await strange.until('its pool is gone', () => strange.poolState(name) === undefined);
    },
  },
  {
    name: 'the CRD of Machines is removed, and every Machine with it: no pool is touched before the CRD is back',
    world,
    async play(bare) {
      await abandon(bare);
      const bringBack = await removeDefinition(bare, 'machines.karpenter.sh');
      try {
        await bare.startController();
        await bare.pass(80);
        expect(deletions(bare)).toEqual([]);
        expect(bare.eventsOf(lease).map(({ reason }) => reason)).not.toContain('OrphanPool');
      } finally {
        await bringBack();
      }
      await bare.untilEvent(lease, 'OrphanPool');
      await bare.until('its pool is gone', () => bare.poolState(name) === undefined);
    },
  },
  {
    name: 'a claim in the making, a live one and one that is being deleted are no orphans, whatever the collector sees',
    world,
    async play(busy) {
      await busy.startController();
      await busy.create('Machine', kaitoMachine({ name, finalizers: [finalizer] }));
      await busy.untilReady(name);
      await busy.pass(80);
      expect(deletions(busy)).toEqual([]);
      await busy.remove('Machine', name);
      await busy.untilGone('Machine', name);
      await busy.pass(30);
      expect(deletions(busy)).toEqual([name]);
      expect(busy.eventsOf(lease).filter(({ reason }) => reason === 'OrphanPool')).toEqual([]);
    },
  },
];
