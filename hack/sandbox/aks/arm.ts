// One ARM request after routing: the parents are checked, then the operation answers.
import type { Answer } from './answer.ts';
import { armRefusal } from './answer.ts';
import { getCluster, putCluster, startCluster, stopCluster } from './cluster-api.ts';
import type { Emulation } from './emulation.ts';
import { operationAnswer, operationResultAnswer } from './operations.ts';
import { upgradeNodeImage, upgradeProfile, versions } from './upgrade-api.ts';
import {
  abortPool,
  deleteMachines,
  deletePool,
  getMachine,
  getPool,
  listMachines,
  listPools,
  putPool,
  type Call,
} from './pools-api.ts';
import { permissions } from './roles.ts';
import type { OperationName, Route } from './route.ts';

type OperationHandler = (emulation: Emulation, route: Route, call: Call) => Answer;

const handlers: Readonly<Record<OperationName, OperationHandler>> = {
  LIST: (emulation, _, call) => listPools(emulation, call),
  GET: (emulation, { pool = '' }) => getPool(emulation, pool),
  PUT: (emulation, { pool = '' }, call) => putPool(emulation, pool, call),
  DELETE: (emulation, { pool = '' }, call) => deletePool(emulation, pool, call),
  ABORT: (emulation, { pool = '' }, call) => abortPool(emulation, pool, call),
  DELETE_MACHINES: (emulation, { pool = '' }, call) => deleteMachines(emulation, pool, call),
  UPGRADE_NODE_IMAGE: (emulation, { pool = '' }, call) => upgradeNodeImage(emulation, pool, call),
  UPGRADE_PROFILE: (emulation, { pool = '' }) => upgradeProfile(emulation, pool),
  VERSIONS: versions,
  MACHINES: (emulation, { pool = '' }, call) => listMachines(emulation, pool, call),
  MACHINE: (emulation, { pool = '', machine = '' }) => getMachine(emulation, pool, machine),
  CLUSTER_GET: getCluster,
  CLUSTER_PUT: (emulation, _, call) => putCluster(emulation, call),
  CLUSTER_STOP: (emulation, _, call) => stopCluster(emulation, call),
  CLUSTER_START: (emulation, _, call) => startCluster(emulation, call),
  OPERATION: ({ world }, { id = '' }) => operationAnswer(world, id),
  OPERATION_RESULT: ({ world }, { id = '' }, call) => operationResultAnswer(world, id, call.url.href),
  PERMISSIONS: ({ world }) => permissions(world),
  OTHER: (_emulation, _route, { url }) => {
    throw armRefusal(
      404,
      'InvalidResourceType',
      `The resource type could not be found for the path '${url.pathname}'.`,
    );
  },
};

/** Throws ArmRefusal for every refusal. */
export function answerArm(emulation: Emulation, route: Route, call: Call): Answer {
  checkVersion(call);
  if (route.operation !== 'OTHER') checkParents(emulation, route);
  return handlers[route.operation](emulation, route, call);
}

function checkVersion({ url }: Call): void {
  const version = url.searchParams.get('api-version');
  if (version === null || version === '') {
    throw armRefusal(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    );
  }
  if (!/^\d{4}-\d{2}-\d{2}(-preview)?$/.test(version)) {
    throw armRefusal(
      400,
      'InvalidApiVersionParameter',
      `The api-version '${version}' is invalid. The format is YYYY-MM-DD.`,
    );
  }
}

/** A missing parent is ARM's to tell, and never means that a pool is gone. */
function checkParents({ world: { identity } }: Emulation, route: Route): void {
  if (!same(route.subscription, identity.subscription)) {
    throw armRefusal(404, 'SubscriptionNotFound', `The subscription '${route.subscription}' could not be found.`);
  }
  if (route.resourceGroup !== undefined && !same(route.resourceGroup, identity.resourceGroup)) {
    throw armRefusal(404, 'ResourceGroupNotFound', `Resource group '${route.resourceGroup}' could not be found.`);
  }
  if (route.cluster !== undefined && !same(route.cluster, identity.cluster)) {
    throw armRefusal(
      404,
      'ResourceNotFound',
      `The Resource 'Microsoft.ContainerService/managedClusters/${route.cluster}' under resource group '${route.resourceGroup}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
    );
  }
}

function same(asked: string | undefined, ours: string): boolean {
  return asked === undefined ? false : asked.toLowerCase() === ours.toLowerCase();
}

/** Parses a request body; ARM refuses what is not JSON before the resource provider sees it. */
export function parseBody(text: string): Call['body'] {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw armRefusal(
      400,
      'InvalidRequestContent',
      `The request content was invalid and could not be deserialized: '${reason}'.`,
    );
  }
}
