// The schema of each served kind: that of a CRD is its own, a built-in one is as much as is written down here.
import { isObject } from '../json.ts';
import type { ServedResource } from '../served-resource.ts';
import { coreDefinitions, describedKinds } from './core.ts';
import { anything, corePackage, metaPackage, object, ref, refs, text, type Definition } from './definition.ts';
import { metadataDefinitions } from './metadata.ts';

const apiVersion = text('The version of this schema, as group/version.');
const kind = text('The kind of this object.');

// Kinds of built-in groups that keep their content at the top, beside metadata.
const flat: ReadonlySet<string> = new Set([
  'ClusterRole',
  'ClusterRoleBinding',
  'ConfigMap',
  'ControllerRevision',
  'EndpointSlice',
  'Endpoints',
  'Event',
  'PriorityClass',
  'Role',
  'RoleBinding',
  'Secret',
  'ServiceAccount',
  'StorageClass',
]);

/** `io.k8s.api.apps.v1.Deployment` or `sh.karpenter.v1alpha5.Machine`. */
export function definitionName({ group, version, schema }: ServedResource, name: string): string {
  if (schema !== undefined) return `${group.split('.').toReversed().join('.')}.${version}.${name}`;
  return group === '' ? `${corePackage}.${name}` : `io.k8s.api.${group.split('.')[0]}.${version}.${name}`;
}

function customKind(schema: object): Definition {
  const properties = 'properties' in schema && isObject(schema.properties) ? schema.properties : {};
  const metadata = ref(`${metaPackage}.ObjectMeta`, 'What every object has, whatever its kind.');
  return { ...schema, properties: { ...properties, apiVersion, kind, metadata } };
}

function builtInKind({ group, kind: name }: ServedResource): Definition {
  const metadata = ref(`${metaPackage}.ObjectMeta`, 'What every object has, whatever its kind.');
  const described = group === '' ? describedKinds[name] : undefined;
  const common = { apiVersion, kind, metadata };
  if (described !== undefined) {
    const spec = ref(`${corePackage}.${name}Spec`, 'What is asked for.');
    return object(described, { ...common, spec, status: ref(`${corePackage}.${name}Status`, 'What was observed.') });
  }
  if (flat.has(name)) return { ...anything(`${name} of Kubernetes.`), properties: common };
  const open = { spec: anything('What is asked for.'), status: anything('What was observed.') };
  return object(`${name} of Kubernetes.`, { ...common, ...open });
}

function groupVersionKinds({ group, version }: ServedResource, name: string): Definition {
  return { 'x-kubernetes-group-version-kind': [{ group, version, kind: name }] };
}

/** The schemas of `resources` and all that they refer to, by name. */
export function definitionsOf(resources: readonly ServedResource[]): Readonly<Record<string, Definition>> {
  const kinds = resources.flatMap((resource) => {
    const name = definitionName(resource, resource.kind);
    const own = resource.schema === undefined ? builtInKind(resource) : customKind(resource.schema);
    const list = object(`A list of ${resource.kind}.`, {
      apiVersion,
      items: refs(name, 'The objects.'),
      kind,
      metadata: ref(`${metaPackage}.ListMeta`, 'What every list has.'),
    });
    return [
      [name, { ...own, ...groupVersionKinds(resource, resource.kind) }],
      [
        definitionName(resource, resource.listKind),
        { ...list, required: ['items'], ...groupVersionKinds(resource, resource.listKind) },
      ],
    ] as const;
  });
  const hasCore = resources.some(({ group, version }) => group === '' && version === 'v1');
  return { ...metadataDefinitions, ...(hasCore && coreDefinitions), ...Object.fromEntries(kinds) };
}
