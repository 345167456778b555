// Does what the schedule says, when it says so; what takes long goes on beside the rest.
import { setTimeout as pause } from 'node:timers/promises';
import type { ControlPlane } from '../../hack/controlplane/controlplane.ts';
import type { Aks } from '../../hack/sandbox/aks/aks.ts';
import type { Claims } from './claims.ts';
import type { Replica } from './replica.ts';
import type { Deed, Scheduled } from './schedule.ts';

export interface Stage {
  readonly claims: Claims;
  readonly replicas: readonly [Replica, Replica];
  readonly azure: Pick<Aks, 'setFault'>;
  readonly controlPlane: Pick<ControlPlane, 'restartApiServer'>;
  readonly signal: AbortSignal;
}

// The kubelet starts a container again at once, the first time.
const downMs = 500;

/** Resolves when everything was done, also what waited for the API server. */
export async function play(schedule: readonly Scheduled[], stage: Stage): Promise<void> {
  const { claims, replicas, azure, controlPlane, signal } = stage;
  /** What is done to one thing comes one after the other. */
  const lanes = new Map<string, Promise<void>>();
  const after = (lane: string, work: () => Promise<void>): void => {
    const next = (lanes.get(lane) ?? Promise.resolve()).then(work);
    // It is told below.
    next.catch(() => undefined);
    lanes.set(lane, next);
  };
  const act = (deed: Deed): void => {
    switch (deed.do) {
      case 'create':
        return after(deed.claim, () => claims.create(deed.kind, deed.claim));
      case 'delete':
        return after(deed.claim, () => claims.delete(deed.kind, deed.claim));
      case 'kill':
        return replicas[deed.replica].kill(downMs);
      case 'restartApiServer':
        return after('API server', () => controlPlane.restartApiServer({ signal }));
      case 'fault':
        return azure.setFault({ operation: deed.operation, times: deed.times, effect: deed.effect });
    }
  };
  const startMs = performance.now();
  for (const { atMs, deed } of schedule) {
    await pause(Math.max(0, atMs - (performance.now() - startMs)), undefined, { signal });
    act(deed);
  }
  await Promise.all(lanes.values());
  await Promise.all(replicas.map((replica) => replica.up()));
}
