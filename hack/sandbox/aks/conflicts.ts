// The refusals of a request that comes at a bad moment, in AKS's words.
import { aksRefusal } from './answer.ts';
import type { Pool, World } from './world.ts';

const waitText =
  'please wait for it to finish before starting a new operation. See https://aka.ms/aks-pending-operation for more details';

/** Throws when an operation holds the pool; `wanted` is the state the request would have brought. */
export function poolBusy(pool: Pool, wanted: string): void {
  if (pool.busy === undefined) return;
  if (pool.state === 'Deleting') {
    throw conflict(
      `Unable to perform '${wanted}' operation on '${pool.name}' since deletion was issued on '${pool.name}'. The only allowed operation is deletion once deletion has started. Please wait for the deletion to finish.`,
    );
  }
  throw conflict(
    `Operation is not allowed: Another agentpool operation (${pool.name} - ${pool.state}) is in progress, ${waitText}`,
  );
}

/** Throws when an operation holds the cluster. */
export function clusterBusy({ cluster }: World): void {
  if (cluster.busy === undefined) return;
  throw conflict(`Operation is not allowed: Another operation (${cluster.state}) is in progress, ${waitText}`);
}

/** Throws when an operation of a pool keeps the cluster as a whole from changing. */
export function anyPoolBusy({ pools }: World): void {
  for (const pool of pools.values()) {
    if (pool.busy === undefined) continue;
    throw conflict(
      `Managed Cluster operation is not allowed: Another operation (${pool.state}) is in progress on agent pool (${pool.name}), ${waitText}`,
    );
  }
}

/** Throws when the cluster is stopped. The words are the emulator's own: no public text was found. */
export function clusterPowerless({ cluster, identity }: World, method: 'PUT' | 'DELETE'): void {
  if (cluster.power === 'Running' || cluster.state === 'Starting') return;
  const what = method === 'PUT' ? 'Put' : 'Delete';
  throw conflict(
    `${what} agent pool is not allowed since managed cluster "${identity.cluster}" is stopped. Please start the cluster first.`,
  );
}

function conflict(message: string): Error {
  return aksRefusal(409, 'OperationNotAllowed', message);
}
