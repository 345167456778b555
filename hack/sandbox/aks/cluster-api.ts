// The requests about the managed cluster itself.
import type { Answer } from './answer.ts';
import { aksRefusal } from './answer.ts';
import { anyPoolBusy, clusterBusy } from './conflicts.ts';
import type { Emulation } from './emulation.ts';
import { objectAt, textAt } from './json.ts';
import { clusterBody } from './pool-body.ts';
import { accepted, acceptedDelete, type Call } from './pools-api.ts';
import { timingOf } from './world.ts';

export function getCluster({ world }: Emulation): Answer {
  return { status: 200, body: clusterBody(world) };
}

/** A newer kubernetesVersion upgrades control plane and pools; anything else is an update that changes nothing. */
export function putCluster({ world, power }: Emulation, call: Call): Answer {
  clusterBusy(world);
  anyPoolBusy(world);
  const version = textAt(objectAt(call.body, 'properties'), 'kubernetesVersion');
  if (version !== undefined && version !== world.cluster.version && version !== world.cluster.patchVersion) {
    if (!/^\d+\.\d+(\.\d+)?$/.test(version)) {
      throw aksRefusal(
        400,
        'K8sVersionNotSupported',
        `Managed cluster ${world.identity.cluster} is on version ${world.cluster.patchVersion}; version "${version}" is not supported in this region.`,
      );
    }
    return accepted(world, call, 200, power.upgradeCluster(version), clusterBody(world));
  }
  const operation = power.holdCluster('Updating', timingOf(world).updateSeconds);
  return accepted(world, call, 200, operation, clusterBody(world));
}

export function stopCluster({ world, power }: Emulation, call: Call): Answer {
  clusterBusy(world);
  anyPoolBusy(world);
  if (world.cluster.power === 'Stopped') return { status: 204 };
  return acceptedDelete(world, call, power.stopCluster());
}

export function startCluster({ world, power }: Emulation, call: Call): Answer {
  clusterBusy(world);
  if (world.cluster.power === 'Running') return { status: 204 };
  return acceptedDelete(world, call, power.startCluster());
}
