// The requests about agent pools: what each may do in the state that cluster and pool are in.
import type { Answer } from './answer.ts';
import { aksRefusal } from './answer.ts';
import { clusterBusy, clusterPowerless, poolBusy } from './conflicts.ts';
import type { Emulation } from './emulation.ts';
import { isObject, objectAt, textsAt, type Json } from './json.ts';
import { operationUrl } from './operations.ts';
import { machineBody, maxAgentPools, poolBody } from './pool-body.ts';
import { amended, completed } from './pool-spec.ts';
import { checkDelete, checkPut, type Preconditions } from './preconditions.ts';
import { lackOfQuota } from './quota.ts';
import { checkImmutable, checkName, checkRequest } from './validate.ts';
import type { Operation, Pool } from './world.ts';

/** A request as the operations see it. */
export interface Call {
  /** Scheme and host that the client used, for absolute URLs. */
  readonly origin: string;
  readonly url: URL;
  readonly body: Json | undefined;
  readonly preconditions: Preconditions;
}

const lastPage = 'end';

/** One page; a `nextLink` always, and an empty page at the end. */
export function listPools({ world }: Emulation, { origin, url }: Call): Answer {
  const pools = [...world.pools.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const after = url.searchParams.get('$skipToken') ?? url.searchParams.get('skipToken');
  if (after === lastPage) return { status: 200, body: { value: [] } };
  const rest = after === null ? pools : pools.filter((pool) => pool.name > after);
  const page = rest.slice(0, world.script.pageSize ?? rest.length);
  const more = page.length < rest.length;
  const token = more ? (page.at(-1)?.name ?? lastPage) : lastPage;
  const version = url.searchParams.get('api-version') ?? '';
  const next = `${origin}${url.pathname}?%24skipToken=${token}&api-version=${version}&skipToken=${token}`;
  return { status: 200, body: { value: page.map((pool) => poolBody(world, pool)), nextLink: next } };
}

export function getPool({ world }: Emulation, name: string): Answer {
  return { status: 200, body: poolBody(world, poolNamed(world.pools, name)) };
}

export function putPool({ world, lifecycle, power }: Emulation, name: string, call: Call): Answer {
  const pool = world.pools.get(name);
  checkPut(call.preconditions, pool?.etag);
  checkName(name);
  const properties = objectAt(call.body, 'properties');
  checkRequest(world, name, properties, pool);
  const spec = completed(properties, pool?.spec, {
    version: world.cluster.version,
    patchVersion: world.cluster.patchVersion,
  });
  clusterPowerless(world, 'PUT');
  clusterBusy(world);
  if (pool === undefined) {
    if (world.pools.size >= maxAgentPools) throw tooManyPools();
    const lack = lackOfQuota(world, spec, spec.count, 'request');
    if (lack !== undefined) throw aksRefusal(400, lack.code, lack.message);
    const created = lifecycle.create(name, spec);
    return accepted(world, call, 201, created.operation, poolBody(world, created.pool));
  }
  poolBusy(pool, 'Scaling');
  checkImmutable(pool.spec, properties);
  const more = spec.count - pool.machines.length;
  const lack = more > 0 ? lackOfQuota(world, spec, more, 'request') : undefined;
  if (lack !== undefined) throw aksRefusal(400, lack.code, lack.message);
  // A PUT takes up an upgrade that was stopped half-way, whatever else it asks for.
  const resumes = pool.upgradeInterrupted;
  if (resumes) pool.spec = spec;
  const operation = resumes ? power.upgradePool(pool, 'Upgrading') : lifecycle.update(pool, spec);
  const body = poolBody(world, pool);
  return operation === undefined ? { status: 200, body } : accepted(world, call, 200, operation, body);
}

export function deletePool({ world, lifecycle, power }: Emulation, name: string, call: Call): Answer {
  const pool = world.pools.get(name);
  if (pool === undefined) return { status: 204 };
  checkDelete(call.preconditions, pool.etag);
  if (pool.state === 'Deleting' && pool.busy !== undefined) {
    const again = world.script.deleteWhileDeleting ?? 'accepted';
    if (again === 'gone') return { status: 204 };
    if (again === 'conflict') poolBusy(pool, 'Deleting');
    return acceptedDelete(world, call, pool.busy.operation);
  }
  checkNotLast(world.pools, pool);
  clusterPowerless(world, 'DELETE');
  if (world.cluster.state === 'Starting' && world.script.deleteDuringStart !== 'conflict') {
    power.breakStart();
  }
  clusterBusy(world);
  if (pool.state !== 'Creating') poolBusy(pool, 'Deleting');
  const ignoreBudgets = call.url.searchParams.get('ignore-pod-disruption-budget') === 'true';
  return acceptedDelete(world, call, lifecycle.delete(pool, { ignoreBudgets }));
}

export function abortPool({ world, lifecycle }: Emulation, name: string, call: Call): Answer {
  const pool = poolNamed(world.pools, name);
  if (pool.busy === undefined) {
    throw aksRefusal(409, 'OperationNotAllowed', `There is no operation in progress on agent pool "${name}" to abort.`);
  }
  const { operation } = pool.busy;
  lifecycle.abort(pool);
  return acceptedDelete(world, call, operation);
}

export function deleteMachines({ world, lifecycle }: Emulation, name: string, call: Call): Answer {
  const pool = poolNamed(world.pools, name);
  clusterPowerless(world, 'PUT');
  clusterBusy(world);
  poolBusy(pool, 'Scaling');
  const names = new Set(textsAt(call.body, 'machineNames'));
  const known = new Set(pool.machines.map((machine) => machine.nodeName));
  const stranger = [...names].find((each) => !known.has(each));
  if (names.size === 0 || stranger !== undefined) {
    throw aksRefusal(400, 'InvalidParameter', `Machine "${stranger ?? ''}" does not exist in agent pool "${name}".`, {
      target: 'machineNames',
    });
  }
  const lowered = amended(pool.spec, { count: pool.spec.count - names.size });
  return acceptedDelete(world, call, lifecycle.deleteMachines(pool, names, lowered));
}

export function listMachines({ world }: Emulation, name: string, { origin, url }: Call): Answer {
  const pool = poolNamed(world.pools, name);
  const version = url.searchParams.get('api-version') ?? '';
  const page = url.searchParams.get('skipToken') === null ? pool.machines : [];
  const next = `${origin}${url.pathname}?%24skipToken=${lastPage}&api-version=${version}&skipToken=${lastPage}`;
  const value = page.map((machine) => machineBody(world, pool, machine));
  return { status: 200, body: { value, ...(page.length > 0 ? { nextLink: next } : {}) } };
}

export function getMachine({ world }: Emulation, name: string, machineName: string): Answer {
  const pool = poolNamed(world.pools, name);
  const machine = pool.machines.find((each) => each.nodeName === machineName);
  if (machine === undefined) throw aksRefusal(404, 'NotFound', 'Machine not found');
  return { status: 200, body: machineBody(world, pool, machine) };
}

export function poolNamed(pools: ReadonlyMap<string, Pool>, name: string): Pool {
  const pool = pools.get(name);
  if (pool === undefined) throw aksRefusal(404, 'NotFound', 'Agent Pool not found');
  return pool;
}

/** Refuses what would leave the cluster without a system pool. */
function checkNotLast(pools: ReadonlyMap<string, Pool>, pool: Pool): void {
  if (pools.size === 1) throw aksRefusal(400, 'OperationNotAllowed', 'There has to be at least one agent pool.');
  const others = [...pools.values()].filter((other) => other !== pool && other.spec.mode === 'System');
  if (pool.spec.mode === 'System' && others.length === 0) {
    throw aksRefusal(400, 'OperationNotAllowed', 'There has to be at least one system agent pool.');
  }
}

// AKS's own words are in no public thread; only the cap is documented.
function tooManyPools(): Error {
  return aksRefusal(
    400,
    'MaxAgentPoolsReached',
    `The cluster has ${maxAgentPools} agent pools, and no more are allowed. See https://aka.ms/aks/quotas-skus-regions for more details.`,
  );
}

export function accepted(
  world: Emulation['world'],
  { origin }: Call,
  status: 200 | 201,
  operation: Operation,
  body: Json,
): Answer {
  const headers = { 'azure-asyncoperation': operationUrl(world, origin, 'operations', operation.id) };
  return { status, headers, ...(isObject(body) ? { body } : {}) };
}

export function acceptedDelete(world: Emulation['world'], { origin }: Call, operation: Operation): Answer {
  return {
    status: 202,
    headers: {
      'azure-asyncoperation': operationUrl(world, origin, 'operations', operation.id),
      location: operationUrl(world, origin, 'operationresults', operation.id),
    },
  };
}
