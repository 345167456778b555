// What the workload controllers make and count: pods of a template, and which of them are up.
import { createHash } from 'node:crypto';
import { isObject, objectAt, textAt, type JsonObject } from '../aks/json.ts';
import { type Api, expectStatus } from '../nodes/api.ts';
import { isDeleting, nameOf, namespaceOf, uidOf } from '../nodes/watched.ts';

export interface WorkloadCall {
  readonly api: Api;
  readonly signal: AbortSignal;
}

/** A word for a template, as `pod-template-hash` and `controller-revision-hash` carry it. */
export function templateHash(template: JsonObject): string {
  return createHash('sha256').update(JSON.stringify(template)).digest('hex').slice(0, 10);
}

export async function createPod(
  { api, signal }: WorkloadCall,
  owner: JsonObject,
  pod: {
    readonly name: string;
    readonly template: JsonObject;
    readonly labels: object;
    readonly kind: string;
    readonly apiVersion: string;
  },
): Promise<void> {
  const { name, template, labels, kind, apiVersion } = pod;
  const { annotations, labels: own } = objectAt(template, 'metadata');
  const body = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      labels: { ...(isObject(own) ? own : {}), ...labels },
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [
        { apiVersion, kind, name: nameOf(owner), uid: uidOf(owner), controller: true, blockOwnerDeletion: true },
      ],
    },
    spec: objectAt(template, 'spec'),
  };
  const path = `/api/v1/namespaces/${namespaceOf(owner)}/pods`;
  // 409: an earlier pass made it, or it is still going.
  expectStatus(await api.post(path, body, signal), `create a pod of ${kind} ${nameOf(owner)}`, 201, 409);
}

/**
 * A name for another pod of this owner: the first of its row that no pod has. A cache that is behind leads to the same
 * name, and the API server refuses the second.
 */
export function freeName(owner: JsonObject, pods: readonly JsonObject[]): string {
  const taken = new Set(pods.map((pod) => nameOf(pod)));
  for (let turn = 0; ; turn += 1) {
    const suffix = createHash('sha256')
      .update(`${uidOf(owner)}/${turn}`)
      .digest('hex')
      .slice(0, 5);
    const name = `${nameOf(owner)}-${suffix}`;
    if (!taken.has(name)) return name;
  }
}

export async function deletePod({ api, signal }: WorkloadCall, pod: JsonObject): Promise<void> {
  if (isDeleting(pod)) return;
  const path = `/api/v1/namespaces/${namespaceOf(pod)}/pods/${nameOf(pod)}`;
  const body = { preconditions: { uid: uidOf(pod) } };
  expectStatus(await api.delete(path, body, signal), `delete pod ${nameOf(pod)}`, 200, 202, 404, 409);
}

export async function writeStatus(
  { api, signal }: WorkloadCall,
  path: string,
  object: JsonObject,
  status: object,
): Promise<void> {
  const had = objectAt(object, 'status');
  if (Object.entries(status).every(([key, value]) => JSON.stringify(had[key]) === JSON.stringify(value))) return;
  const body = { metadata: { uid: uidOf(object) }, status };
  expectStatus(await api.merge(`${path}/status`, body, signal), `write the status of ${path}`, 200, 404, 409);
}

export function phaseOf(pod: JsonObject): string {
  return textAt(objectAt(pod, 'status'), 'phase') ?? 'Pending';
}

export function isReady(pod: JsonObject): boolean {
  return conditionOf(objectAt(pod, 'status'), 'Ready') === 'True' && !isDeleting(pod);
}

/** Neither ended nor on its way out. */
export function isActive(pod: JsonObject): boolean {
  return !isDeleting(pod) && !hasEnded(pod);
}

export function hasEnded(pod: JsonObject): boolean {
  return phaseOf(pod) === 'Succeeded' || phaseOf(pod) === 'Failed';
}

export function conditionOf(status: JsonObject, type: string): string | undefined {
  const { conditions } = status;
  const found = Array.isArray(conditions) ? conditions.find((each) => textAt(each, 'type') === type) : undefined;
  return textAt(found, 'status');
}
