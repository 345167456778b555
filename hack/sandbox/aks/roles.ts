// Azure's role check: a caller may hold a token and still lack an action.
import { armRefusal, type Answer } from './answer.ts';
import { clusterId } from './pool-body.ts';
import type { OperationName, Route } from './route.ts';
import type { World } from './world.ts';

const clusters = 'Microsoft.ContainerService/managedClusters';

const actions: Readonly<Record<OperationName, string>> = {
  LIST: `${clusters}/agentPools/read`,
  GET: `${clusters}/agentPools/read`,
  PUT: `${clusters}/agentPools/write`,
  DELETE: `${clusters}/agentPools/delete`,
  ABORT: `${clusters}/agentPools/abort/action`,
  DELETE_MACHINES: `${clusters}/agentPools/deleteMachines/action`,
  UPGRADE_NODE_IMAGE: `${clusters}/agentPools/upgradeNodeImageVersion/action`,
  UPGRADE_PROFILE: `${clusters}/agentPools/upgradeProfiles/read`,
  VERSIONS: `${clusters}/availableAgentPoolVersions/read`,
  MACHINES: `${clusters}/agentPools/machines/read`,
  MACHINE: `${clusters}/agentPools/machines/read`,
  CLUSTER_GET: `${clusters}/read`,
  CLUSTER_PUT: `${clusters}/write`,
  CLUSTER_STOP: `${clusters}/stop/action`,
  CLUSTER_START: `${clusters}/start/action`,
  OPERATION: 'Microsoft.ContainerService/locations/operations/read',
  OPERATION_RESULT: 'Microsoft.ContainerService/locations/operationresults/read',
  PERMISSIONS: 'Microsoft.Authorization/permissions/read',
  OTHER: '*',
};

// Who asks does not matter to the emulator; a client only shows the words.
const objectId = '0e3c1a52-7c33-4a5c-9d6f-6f2f2f0b5a11';

/** What a caller's role must allow for such a request. */
export function actionOf(operation: OperationName): string {
  return actions[operation];
}

/** Throws 403 for an action that the script denies. */
export function checkRole({ script, identity }: World, { operation }: Route): void {
  const action = actionOf(operation);
  if (!(script.deny ?? []).some((denied) => denied.toLowerCase() === action.toLowerCase())) return;
  throw armRefusal(
    403,
    'AuthorizationFailed',
    `The client '${objectId}' with object id '${objectId}' does not have authorization to perform action '${action}' over scope '${clusterId(identity)}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
}

/** What the caller may do, as `checkRole` decides it: one role that allows all but what the script denies. */
export function permissions({ script }: World): Answer {
  return {
    status: 200,
    body: {
      value: [{ actions: ['*'], notActions: [...(script.deny ?? [])], dataActions: [], notDataActions: [] }],
    },
  };
}
