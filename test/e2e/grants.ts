// What the chart's roles allow its ServiceAccount, one verb on one resource at a time.
import { isObject, objectAt, textAt, textsAt, type JsonObject } from '../../hack/sandbox/aks/json.ts';
import { type Api, expectStatus, itemsOf } from '../../hack/sandbox/nodes/api.ts';
import type { Asked } from './audit.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1';

export interface Grant {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  /** Undefined: in all namespaces, and what has none. */
  readonly namespace: string | undefined;
  /** Undefined: whatever its name. */
  readonly name: string | undefined;
  /** The name of the role that says so. */
  readonly role: string;
}

export interface Subject {
  readonly namespace: string;
  readonly name: string;
}

/** By every binding that names the ServiceAccount itself; what all authenticated users may do is no grant of ours. */
export async function grantsOf(api: Api, subject: Subject, signal: AbortSignal): Promise<readonly Grant[]> {
  const grants: Grant[] = [];
  for (const kind of ['clusterrolebindings', 'rolebindings']) {
    const { body } = expectStatus(await api.get(`${rbac}/${kind}`, signal), `list ${kind}`, 200);
    for (const binding of itemsOf(body)) {
      if (!objectsAt(binding, 'subjects').some((each) => isSame(each, subject))) continue;
      const namespace = textAt(objectAt(binding, 'metadata'), 'namespace');
      const role = textAt(objectAt(binding, 'roleRef'), 'name') ?? '';
      grants.push(...(await rulesOf(api, binding, signal)).flatMap((rule) => grantsIn(rule, { namespace, role })));
    }
  }
  return grants;
}

/** In the words of the exceptions, such as `get coordination.k8s.io/leases gpu-provisioner-leader-election in gpu-provisioner`. */
export function wordsOf({ verb, group, resource, namespace, name }: Grant): string {
  const what = group === '' ? resource : `${group}/${resource}`;
  return [verb, what, name, namespace === undefined ? undefined : `in ${namespace}`]
    .filter((word) => word !== undefined)
    .join(' ');
}

/** Whether this request needed that grant. */
export function needs(asked: Asked, grant: Grant): boolean {
  return (
    asked.verb === grant.verb &&
    asked.group === grant.group &&
    asked.resource === grant.resource &&
    (grant.namespace === undefined || grant.namespace === asked.namespace) &&
    (grant.name === undefined || grant.name === asked.name)
  );
}

async function rulesOf(api: Api, binding: JsonObject, signal: AbortSignal): Promise<readonly JsonObject[]> {
  const { kind, name } = Object(binding['roleRef']);
  const namespace = textAt(objectAt(binding, 'metadata'), 'namespace');
  const path = kind === 'ClusterRole' ? `clusterroles/${name}` : `namespaces/${namespace}/roles/${name}`;
  const { body } = expectStatus(await api.get(`${rbac}/${path}`, signal), `read ${kind} "${name}"`, 200);
  return objectsAt(body, 'rules');
}

function grantsIn(rule: JsonObject, where: Pick<Grant, 'namespace' | 'role'>): readonly Grant[] {
  const names = textsAt(rule, 'resourceNames');
  return textsAt(rule, 'apiGroups').flatMap((group) =>
    textsAt(rule, 'resources').flatMap((resource) =>
      textsAt(rule, 'verbs').flatMap((verb) =>
        (names.length === 0 ? [undefined] : names).map((name) => ({ verb, group, resource, name, ...where })),
      ),
    ),
  );
}

function isSame(subject: JsonObject, { namespace, name }: Subject): boolean {
  return (
    textAt(subject, 'kind') === 'ServiceAccount' &&
    textAt(subject, 'namespace') === namespace &&
    textAt(subject, 'name') === name
  );
}

function objectsAt(value: JsonObject, key: string): readonly JsonObject[] {
  const list = value[key];
  return Array.isArray(list) ? list.filter(isObject) : [];
}
