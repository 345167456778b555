// What must be true in the end: every claim that stays has its pool and its Node, and of the others nothing is left.
import { objectAt, textAt, textMapAt, type JsonObject } from '../../hack/sandbox/aks/json.ts';
import type { ArmRequest } from '../../hack/sandbox/aks/request-log.ts';
import { nameOf } from './claims.ts';

export interface Seen {
  /** Of both kinds. */
  readonly claims: readonly JsonObject[];
  readonly nodes: readonly JsonObject[];
  readonly pools: readonly JsonObject[];
  /** Names of the claims that stay. */
  readonly wanted: ReadonlySet<string>;
}

const uidTag = 'gpu-provisioner-uid';

/** What is not as it must be yet, a sentence each; none when everything has converged. */
export function unsettled({ claims, nodes, pools, wanted }: Seen): readonly string[] {
  const claimOf = new Map(claims.map((claim) => [nameOf(claim), claim]));
  const gpuPools = pools.filter((pool) => textAt(objectAt(pool, 'properties'), 'mode') !== 'System');
  const poolOf = new Map(gpuPools.map((pool) => [textAt(pool, 'name') ?? '', pool]));
  const gpuNodes = nodes.filter((node) => labelOf(node, 'karpenter.sh/registered') !== undefined || isHeld(node));
  return [
    ...[...claimOf.keys()].filter((name) => !wanted.has(name)).map((name) => `Claim ${name} is still there`),
    ...[...poolOf.keys()].filter((name) => !wanted.has(name)).map((name) => `Pool ${name} leaks`),
    ...gpuNodes
      .filter((node) => !wanted.has(labelOf(node, 'agentpool') ?? ''))
      .map((node) => `Node ${nameOf(node)} is left over`),
    ...[...claims, ...nodes].filter(isDeleting).map((object) => `${nameOf(object)} waits for its finalizers`),
    ...[...wanted].flatMap((name) => unsettledClaim(name, claimOf.get(name), poolOf.get(name))),
  ];
}

function unsettledClaim(name: string, claim: JsonObject | undefined, pool: JsonObject | undefined): readonly string[] {
  if (claim === undefined) return [`Claim ${name} is lost`];
  if (pool === undefined) return [`Pool ${name} is missing`];
  const uid = textAt(objectAt(claim, 'metadata'), 'uid');
  const properties = objectAt(pool, 'properties');
  const { conditions } = objectAt(claim, 'status');
  const ready = (Array.isArray(conditions) ? conditions : []).find(
    (condition) => textAt(condition, 'type') === 'Ready',
  );
  return [
    ...(textMapAt(properties, 'tags')[uidTag] === uid ? [] : [`Pool ${name} is another claim's`]),
    ...(textAt(properties, 'provisioningState') === 'Succeeded' ? [] : [`Pool ${name} is not Succeeded`]),
    ...(textAt(ready, 'status') === 'True' ? [] : [`Claim ${name} is not Ready: ${textAt(ready, 'message') ?? ''}`]),
  ];
}

/** What may never happen, whatever goes wrong: money spent twice, and pools taken from claims that live. */
export function wrongs(log: readonly ArmRequest[], deleted: ReadonlySet<string>): readonly string[] {
  const writes = log.filter(({ userAgent }) => userAgent?.includes('gpu-provisioner') === true);
  const puts = writes.filter(({ operation }) => operation === 'PUT');
  const made = puts.filter(({ status }) => status === 201).map(({ pool }) => pool ?? '');
  return [
    ...puts.filter(({ ifNoneMatch }) => ifNoneMatch !== '*').map(({ pool }) => `A PUT of ${pool} could overwrite`),
    ...puts
      .filter(({ status, fault }) => status === 200 && fault === undefined)
      .map(({ pool }) => `A PUT of ${pool} overwrote`),
    ...made.filter((pool, i) => made.indexOf(pool) !== i).map((pool) => `Pool ${pool} was made twice`),
    ...writes
      .filter(({ operation, pool = '' }) => operation === 'DELETE' && !deleted.has(pool))
      .map(({ pool }) => `A DELETE of ${pool} though its claim lives`),
    ...writes
      .filter(({ operation, ifMatch }) => operation === 'DELETE' && ifMatch === undefined)
      .map(({ pool }) => `A DELETE of ${pool} without its version`),
  ];
}

function labelOf(object: JsonObject, label: string): string | undefined {
  return textMapAt(objectAt(object, 'metadata'), 'labels')[label];
}

function isHeld(object: JsonObject): boolean {
  const { finalizers } = objectAt(object, 'metadata');
  return Array.isArray(finalizers) && finalizers.includes('karpenter.sh/termination');
}

function isDeleting(object: JsonObject): boolean {
  return textAt(objectAt(object, 'metadata'), 'deletionTimestamp') !== undefined;
}
