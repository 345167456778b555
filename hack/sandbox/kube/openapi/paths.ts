// The paths of a document. kubectl finds kinds by them, and by the parameters of a PATCH what the server can do.
import type { ServedResource, Verb } from '../served-resource.ts';
import { metaPackage } from './definition.ts';
import { definitionName } from './kinds.ts';

interface Operation {
  readonly method: 'delete' | 'get' | 'patch' | 'post' | 'put';
  readonly verb: Verb;
}

// The verbs are those of `x-kubernetes-action`, but for update, which is called put there.
const collection: readonly Operation[] = [
  { method: 'get', verb: 'list' },
  { method: 'post', verb: 'create' },
  { method: 'delete', verb: 'deletecollection' },
];
const single: readonly Operation[] = [
  { method: 'get', verb: 'get' },
  { method: 'put', verb: 'update' },
  { method: 'patch', verb: 'patch' },
  { method: 'delete', verb: 'delete' },
];

const patchTypes = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
] as const;
const writes: ReadonlySet<string> = new Set(['patch', 'post', 'put']);

/** How one OpenAPI version writes parameters, bodies and answers. */
export interface Notation {
  readonly parameter: (name: string, type: 'boolean' | 'string', place: 'path' | 'query') => object;
  /** A body: a parameter in version 2, a field of the operation in version 3. */
  readonly accepts: (types: readonly string[], name: string) => { fields: object; parameters: readonly object[] };
  readonly answers: (name: string) => object;
}

/** `apis/karpenter.sh/v1alpha5`, or `api/v1` for the core group. */
export function groupPath({ group, version }: Pick<ServedResource, 'group' | 'version'>): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`;
}

function operation(resource: ServedResource, { method, verb }: Operation, notation: Notation): object {
  const { group, version, kind } = resource;
  const { parameter, accepts, answers } = notation;
  const name = definitionName(resource, kind);
  const body = method === 'patch' ? accepts(patchTypes, `${metaPackage}.Patch`) : accepts(['application/json'], name);
  const parameters = [
    ...['dryRun', 'fieldManager', 'fieldValidation'].map((each) => parameter(each, 'string', 'query')),
    ...(method === 'patch' ? [parameter('force', 'boolean', 'query')] : []),
    ...body.parameters,
  ];
  return {
    description: `${verb} ${resource.plural}`,
    ...(writes.has(method) && { parameters, ...body.fields }),
    responses: answers(verb === 'list' ? definitionName(resource, resource.listKind) : name),
    'x-kubernetes-action': verb === 'update' ? 'put' : verb === 'create' ? 'post' : verb,
    'x-kubernetes-group-version-kind': { group, version, kind },
  };
}

function operations(resource: ServedResource, all: readonly Operation[], notation: Notation): object {
  const served = all.filter(({ verb }) => resource.verbs.includes(verb));
  return Object.fromEntries(served.map((each) => [each.method, operation(resource, each, notation)]));
}

/** The paths of `resources`, in the notation of one OpenAPI version. */
export function pathsOf(resources: readonly ServedResource[], notation: Notation): Readonly<Record<string, object>> {
  const entries = resources.flatMap((resource) => {
    const root = `/${groupPath(resource)}`;
    const base = resource.namespaced
      ? `${root}/namespaces/{namespace}/${resource.plural}`
      : `${root}/${resource.plural}`;
    const inPath = resource.namespaced ? ['namespace', 'name'] : ['name'];
    const parameters = inPath.map((name) => notation.parameter(name, 'string', 'path'));
    const ofCollection = { ...operations(resource, collection, notation), parameters: parameters.slice(0, -1) };
    const ofObject = { ...operations(resource, single, notation), parameters };
    const everywhere = resource.namespaced
      ? [[`${root}/${resource.plural}`, operations(resource, collection.slice(0, 1), notation)] as const]
      : [];
    const status = resource.hasStatus ? [[`${base}/{name}/status`, ofObject] as const] : [];
    return [[base, ofCollection] as const, [`${base}/{name}`, ofObject] as const, ...status, ...everywhere];
  });
  return Object.fromEntries(entries);
}
