// Which ARM operation a request means. ARM compares every fixed part of a path without regard to case.

/** The operations the emulator knows, as its log and its faults name them. */
export const operations = [
  'LIST',
  'GET',
  'PUT',
  'DELETE',
  'ABORT',
  'DELETE_MACHINES',
  'UPGRADE_NODE_IMAGE',
  'UPGRADE_PROFILE',
  'VERSIONS',
  'MACHINES',
  'MACHINE',
  'CLUSTER_GET',
  'CLUSTER_PUT',
  'CLUSTER_STOP',
  'CLUSTER_START',
  'OPERATION',
  'OPERATION_RESULT',
  'PERMISSIONS',
  'OTHER',
] as const;

export type OperationName = (typeof operations)[number];

export interface Route {
  readonly operation: OperationName;
  readonly subscription?: string;
  readonly resourceGroup?: string;
  readonly cluster?: string;
  readonly pool?: string;
  readonly machine?: string;
  /** Of an asynchronous operation. */
  readonly id?: string;
}

const clusterPath =
  '^/subscriptions/(?<subscription>[^/]+)/resourceGroups/(?<resourceGroup>[^/]+)' +
  '/providers/Microsoft\\.ContainerService/managedClusters/(?<cluster>[^/]+)';
const locationPath = '^/subscriptions/(?<subscription>[^/]+)/providers/Microsoft\\.ContainerService/locations/[^/]+';
const poolPath = '/agentPools/(?<pool>[^/]+)';

const table: readonly (readonly [method: string, path: RegExp, operation: OperationName])[] = [
  ['GET', path(clusterPath, '/agentPools'), 'LIST'],
  ['GET', path(clusterPath, poolPath), 'GET'],
  ['PUT', path(clusterPath, poolPath), 'PUT'],
  ['DELETE', path(clusterPath, poolPath), 'DELETE'],
  ['POST', path(clusterPath, `${poolPath}/abort`), 'ABORT'],
  ['POST', path(clusterPath, `${poolPath}/deleteMachines`), 'DELETE_MACHINES'],
  ['POST', path(clusterPath, `${poolPath}/upgradeNodeImageVersion`), 'UPGRADE_NODE_IMAGE'],
  ['GET', path(clusterPath, `${poolPath}/upgradeProfiles/default`), 'UPGRADE_PROFILE'],
  ['GET', path(clusterPath, '/availableAgentPoolVersions'), 'VERSIONS'],
  ['GET', path(clusterPath, `${poolPath}/machines`), 'MACHINES'],
  ['GET', path(clusterPath, `${poolPath}/machines/(?<machine>[^/]+)`), 'MACHINE'],
  ['GET', path(clusterPath, ''), 'CLUSTER_GET'],
  ['PUT', path(clusterPath, ''), 'CLUSTER_PUT'],
  ['POST', path(clusterPath, '/stop'), 'CLUSTER_STOP'],
  ['POST', path(clusterPath, '/start'), 'CLUSTER_START'],
  ['GET', path(clusterPath, '/providers/Microsoft\\.Authorization/permissions'), 'PERMISSIONS'],
  ['GET', path(locationPath, '/operations/(?<id>[^/]+)'), 'OPERATION'],
  ['GET', path(locationPath, '/operationresults/(?<id>[^/]+)'), 'OPERATION_RESULT'],
];

function path(base: string, rest: string): RegExp {
  return new RegExp(`${base}${rest}/?$`, 'i');
}

/** Never throws: what it does not know is `OTHER`. */
export function routeOf(method: string, pathname: string): Route {
  for (const [verb, pattern, operation] of table) {
    const groups = verb === method ? pattern.exec(pathname)?.groups : undefined;
    if (groups !== undefined) return { operation, ...decoded(groups) };
  }
  return { operation: 'OTHER' };
}

function decoded(groups: Record<string, string | undefined>): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(groups)) {
    if (value !== undefined) out[name] = unescaped(value);
  }
  return out;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray % is then part of a name that no resource has
  }
}
