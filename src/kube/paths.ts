// Where the API server serves a resource, an object, or a part of one.
import type { Resource } from '../apis/resource.ts';
import type { KubeObject } from '../apis/wire.ts';
import type { Name, Selection } from './client.ts';

type Served = Pick<Resource<KubeObject>, 'group' | 'version' | 'plural' | 'namespaced'>;
type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** `/api/v1` or `/apis/group/version`. */
export function groupPath({ group, version }: Pick<Served, 'group' | 'version'>): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}

/** The collection; all namespaces of a namespaced resource where none is named. */
export function collectionPath(resource: Served, namespace?: string): string {
  const within = resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${groupPath(resource)}${within}/${resource.plural}`;
}

/** Throws a TypeError where the namespace is missing, for such a path would name something else. */
export function objectPath(resource: Served, { name, namespace }: Name, subresource?: string): string {
  if (resource.namespaced && namespace === undefined) {
    throw new TypeError(`Cannot name ${resource.plural} "${name}": its namespace is missing`);
  }
  const part = subresource === undefined ? '' : `/${subresource}`;
  return `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}${part}`;
}

export function selectionQuery({ labelSelector, fieldSelector }: Selection): Query {
  return { labelSelector, fieldSelector };
}

/** What is undefined is left out. */
export function withQuery(path: string, query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, `${value}`);
  }
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}
