// A pool, its machines and the cluster as ARM shows them.
import type { JsonObject } from './json.ts';
import type { ClusterIdentity, Machine, Pool, World } from './world.ts';

/** The cluster's own id. Inside a pool's id AKS writes `resourcegroups` in lower case. */
export function clusterId(
  { subscription, resourceGroup, cluster }: ClusterIdentity,
  groups = 'resourceGroups',
): string {
  return `/subscriptions/${subscription}/${groups}/${resourceGroup}/providers/Microsoft.ContainerService/managedClusters/${cluster}`;
}

export function poolBody(world: World, pool: Pool): JsonObject {
  return {
    id: `${clusterId(world.identity, 'resourcegroups')}/agentPools/${pool.name}`,
    name: pool.name,
    type: 'Microsoft.ContainerService/managedClusters/agentPools',
    properties: poolProperties(pool),
  };
}

function poolProperties(pool: Pool): JsonObject {
  return {
    eTag: pool.etag,
    ...pool.spec.properties,
    provisioningState: pool.state,
    powerState: { code: pool.power },
    ...(pool.error === undefined ? {} : { status: { provisioningError: { ...pool.error } } }),
  };
}

export function machineBody(world: World, pool: Pool, machine: Machine): JsonObject {
  return {
    id: `${clusterId(world.identity, 'resourcegroups')}/agentPools/${pool.name}/machines/${machine.nodeName}`,
    name: machine.nodeName,
    type: 'Microsoft.ContainerService/managedClusters/agentPools/machines',
    properties: {
      network: { ipAddresses: [{ family: 'IPv4', ip: `10.224.0.${(machine.index % 250) + 4}` }] },
      resourceId: machine.providerID.replace('azure://', ''),
    },
    ...(machine.zone === undefined ? {} : { zones: [machine.zone] }),
  };
}

export function clusterBody(world: World): JsonObject {
  const { identity, cluster, pools } = world;
  return {
    id: clusterId(identity),
    location: identity.location,
    name: identity.cluster,
    type: 'Microsoft.ContainerService/ManagedClusters',
    properties: {
      eTag: cluster.etag,
      provisioningState: cluster.state,
      powerState: { code: cluster.power },
      kubernetesVersion: cluster.version,
      currentKubernetesVersion: cluster.patchVersion,
      dnsPrefix: identity.cluster,
      agentPoolProfiles: [...pools.values()].map((pool) => ({ name: pool.name, ...poolProperties(pool) })),
      nodeResourceGroup: identity.nodeResourceGroup,
      maxAgentPools,
      ...(cluster.error === undefined ? {} : { status: { provisioningError: { ...cluster.error } } }),
    },
    sku: { name: 'Base', tier: 'Free' },
  };
}

/** A hard limit of AKS. */
export const maxAgentPools = 100;
