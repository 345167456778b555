// CustomResourceDefinitions at work: the resources that a definition serves.
import { listAt, textAt, type Json } from './json.ts';
import { allVerbs } from './builtins.ts';
import type { CrdVersion } from './crd/compile.ts';
import type { KubeObject } from './object.ts';
import { apiVersionOf, type Resource } from './resource.ts';
import type { Verb } from './served-resource.ts';

const texts = (values: readonly Json[]): string[] => values.filter((value) => typeof value === 'string');

/** Of a definition that is being removed: what discovery then lists (a create is refused, a patch is still carried out). */
const verbsAtTheEnd: readonly Verb[] = ['delete', 'deletecollection', 'get', 'list', 'watch'];

/** A resource for each version that is served. */
export function customResources(definition: KubeObject, versions: readonly CrdVersion[]): readonly Resource[] {
  const group = textAt(definition, 'spec', 'group') ?? '';
  const plural = textAt(definition, 'spec', 'names', 'plural') ?? '';
  const kind = textAt(definition, 'spec', 'names', 'kind') ?? '';
  return versions
    .filter(({ served }) => served)
    .map((version): Resource => {
      const where = { group, version: version.name };
      const relabel = (object: KubeObject): KubeObject => ({ ...object, apiVersion: apiVersionOf(where), kind });
      return {
        ...where,
        plural,
        kind,
        singular: textAt(definition, 'spec', 'names', 'singular') ?? kind.toLowerCase(),
        listKind: textAt(definition, 'spec', 'names', 'listKind') ?? `${kind}List`,
        namespaced: textAt(definition, 'spec', 'scope') === 'Namespaced',
        shortNames: texts(listAt(definition, 'spec', 'names', 'shortNames')),
        categories: texts(listAt(definition, 'spec', 'names', 'categories')),
        hasStatus: version.hasStatus,
        verbs: definition.metadata.deletionTimestamp === undefined ? allVerbs : verbsAtTheEnd,
        ...(version.schema !== undefined && { schema: version.schema }),
        bucket: `${plural}.${group}`,
        strategy: {},
        nameRule: 'subdomain',
        tracksGeneration: true,
        createsOnUpdate: false,
        unconditionalUpdate: false,
        returnsDeleted: false,
        custom: version,
        listTypeAt: (path) => metadataList(path) ?? version.listTypeAt(path),
        toStored: (object) => object,
        fromStored: relabel,
      };
    });
}

function metadataList(path: readonly string[]): ReturnType<CrdVersion['listTypeAt']> {
  if (path[0] !== 'metadata') return undefined;
  if (path[1] === 'ownerReferences' && path.length === 3) return { type: 'atomic', keys: [] };
  if (path[1] === 'finalizers') return { type: 'set', keys: [] };
  return path[1] === 'ownerReferences' ? { type: 'map', keys: ['uid'] } : undefined;
}
