// The requests about versions of pools and of their node images.
import type { Answer } from './answer.ts';
import { clusterBusy, clusterPowerless, poolBusy } from './conflicts.ts';
import type { Emulation } from './emulation.ts';
import { clusterId, poolBody } from './pool-body.ts';
import { accepted, poolNamed, type Call } from './pools-api.ts';

export function upgradeNodeImage({ world, power }: Emulation, name: string, call: Call): Answer {
  const pool = poolNamed(world.pools, name);
  clusterPowerless(world, 'PUT');
  clusterBusy(world);
  poolBusy(pool, 'UpgradingNodeImageVersion');
  const operation = power.upgradePool(pool, 'UpgradingNodeImageVersion');
  const { headers, body } = accepted(world, call, 200, operation, poolBody(world, pool));
  return { status: 202, ...(headers === undefined ? {} : { headers }), ...(body === undefined ? {} : { body }) };
}

export function upgradeProfile({ world }: Emulation, name: string): Answer {
  const pool = poolNamed(world.pools, name);
  return {
    status: 200,
    body: {
      id: `${clusterId(world.identity, 'resourcegroups')}/agentPools/${pool.name}/upgradeProfiles/default`,
      name: 'default',
      type: 'Microsoft.ContainerService/managedClusters/agentPools/upgradeProfiles',
      properties: {
        kubernetesVersion: world.cluster.patchVersion,
        osType: 'Linux',
        latestNodeImageVersion: pool.spec.properties['nodeImageVersion'],
      },
    },
  };
}

export function versions({ world }: Emulation): Answer {
  return {
    status: 200,
    body: {
      id: `${clusterId(world.identity, 'resourcegroups')}/availableAgentPoolVersions`,
      name: 'default',
      type: 'Microsoft.ContainerService/managedClusters/availableAgentPoolVersions',
      properties: { agentPoolVersions: [{ default: true, kubernetesVersion: world.cluster.patchVersion }] },
    },
  };
}
