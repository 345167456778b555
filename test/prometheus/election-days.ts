// Replicas and their lease: one that leads and cannot keep up, and one that waits for a lease that somebody else holds.
import { leaseName } from '../support/lease-terms.ts';
import { kaitoMachine } from '../support/machines.ts';
import { isWrite } from '../support/world-proxy.ts';
import type { World, WorldOptions } from '../support/world.ts';
import type { Answers } from './answers.ts';

/** A lease is a matter of seconds, and a busy machine must not lose it: time runs little faster than ours. */
export const electedWorld: WorldOptions = {
  rate: 2,
  env: { LEADER_ELECT: 'true', MAX_CONCURRENT_RECONCILES: '1' },
};

const claims = ['wsg', 'wsh'] as const;

export async function playElection(world: World, answers: Answers): Promise<void> {
  // Somebody holds another lease all the while.
  await world.until('the first leads', () => world.history.get('Lease', leaseName)?.spec?.holderIdentity);
  const held = world.controller.api.hold(isWrite);
  for (const name of claims) await world.create('Machine', kaitoMachine({ name }));
  await answers.until(['GpuProvisionerQueueStuck']);
  held.release();
}

/** Somebody who is not of this cluster holds this lease, for an hour. */
export async function holdForeignLease(world: World, name: string): Promise<void> {
  const now = world.clock.now().toISOString().replace('Z', '000Z');
  await world.create('Lease', {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace: 'default' },
    spec: { holderIdentity: 'somebody', leaseDurationSeconds: 3600, acquireTime: now, renewTime: now },
  });
}
