// The CRDs that other charts install, as their differences from ours: built from what is known of them, not their text.
import { isObject, objectAt, textAt, type JsonObject } from '../../hack/sandbox/aks/json.ts';
import type { Replacement } from './world-definitions.ts';

function objectsAt(value: JsonObject, key: string): readonly JsonObject[] {
  const list = value[key];
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** The first version, changed; there is one. */
function withVersion(spec: JsonObject, change: (version: JsonObject) => JsonObject): JsonObject {
  return { ...spec, versions: objectsAt(spec, 'versions').map(change) };
}

/** Changes what is at a path of properties in a schema. */
function withProperty(
  schema: JsonObject,
  [name = '', ...rest]: readonly string[],
  change: (s: JsonObject) => JsonObject,
): JsonObject {
  const properties = objectAt(schema, 'properties');
  const property = objectAt(properties, name);
  const changed = rest.length === 0 ? change(property) : withProperty(property, rest, change);
  return { ...schema, properties: { ...properties, [name]: changed } };
}

const without =
  (...keys: readonly string[]) =>
  (schema: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(schema).filter(([key]) => !keys.includes(key)));

/** Of KAITO up to v0.4.1 and of Azure's chart up to v0.2.1: the Zone column reads a label that nothing sets. */
export const kaitosMachines: Replacement = {
  definition: 'machines.karpenter.sh',
  kind: 'Machine',
  spec: (spec) =>
    withVersion(spec, (version) => ({
      ...version,
      additionalPrinterColumns: objectsAt(version, 'additionalPrinterColumns').map((column) =>
        textAt(column, 'name') === 'Zone'
          ? { ...column, jsonPath: String.raw`.metadata.labels.karpenter\.k8s\.azure/zone` }
          : column,
      ),
    })),
};

/**
 * Of Karpenter v1.0: v1beta1 is served beside v1 (converted by a webhook there, which nobody asks); `expireAfter` has a looser
 * pattern; a class may have empty parts; there are no columns for the image and for drift.
 */
export const karpentersNodeClaims: Replacement = {
  definition: 'nodeclaims.karpenter.sh',
  kind: 'NodeClaim',
  spec(spec) {
    const now = withVersion(spec, (version) => ({
      ...version,
      additionalPrinterColumns: objectsAt(version, 'additionalPrinterColumns').filter(
        (column) => !['ImageID', 'Drifted'].includes(textAt(column, 'name') ?? ''),
      ),
      schema: { openAPIV3Schema: looser(objectAt(objectAt(version, 'schema'), 'openAPIV3Schema')) },
    }));
    const anything = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
    const before = {
      name: 'v1beta1',
      served: true,
      storage: false,
      schema: anything,
      subresources: { status: {} },
    };
    return { ...now, versions: [...objectsAt(now, 'versions'), before] };
  },
};

function looser(schema: JsonObject): JsonObject {
  const expiring = withProperty(schema, ['spec', 'expireAfter'], (found) => ({
    ...found,
    pattern: '^(([0-9]+(s|m|h))+)|(Never)$',
  }));
  return ['group', 'kind', 'name'].reduce(
    (changed, part) => withProperty(changed, ['spec', 'nodeClassRef', part], without('x-kubernetes-validations')),
    expiring,
  );
}
