// What the API server publishes about its kinds, as the files that kubeconform reads: nothing is downloaded.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject, objectAt, textAt, type JsonObject } from '../../hack/sandbox/aks/json.ts';

/** Where in the directory kubeconform finds the schema of a kind. */
export const schemaPattern = '{{.ResourceKind}}{{.KindSuffix}}.json';

/** Writes one file a kind and version, each of which points into one with all definitions. */
export async function writeSchemas(openApi: unknown, directory: string): Promise<void> {
  const definitions = objectAt(openApi, 'definitions');
  const strict = Object.fromEntries(Object.entries(definitions).map(([name, each]) => [name, closed(name, each)]));
  const text = JSON.stringify({ definitions: strict }).replaceAll(
    '"#/definitions/',
    '"_definitions.json#/definitions/',
  );
  await writeFile(join(directory, '_definitions.json'), text);
  for (const [name, definition] of Object.entries(definitions)) {
    const kinds = isObject(definition) ? definition['x-kubernetes-group-version-kind'] : undefined;
    if (!Array.isArray(kinds) || kinds.length !== 1) continue; // the others are options of requests
    const [kind] = kinds;
    const group = textAt(kind, 'group')?.split('.')[0] ?? '';
    const parts = [textAt(kind, 'kind'), group, textAt(kind, 'version')].filter((part) => part !== '');
    const file = `${parts.join('-').toLowerCase()}.json`;
    await writeFile(join(directory, file), JSON.stringify({ $ref: `_definitions.json#/definitions/${name}` }));
  }
}

// Their text is a number or a string, which swagger cannot say.
const loose = new Set([
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
  'io.k8s.apimachinery.pkg.api.resource.Quantity',
]);

/** An object has the fields that are declared and no others. */
function closed(name: string, definition: unknown): JsonObject {
  if (!isObject(definition)) return {};
  if (loose.has(name)) return { type: ['string', 'number'] };
  const isOpen = definition['properties'] === undefined || definition['additionalProperties'] !== undefined;
  return isOpen ? definition : { ...definition, additionalProperties: false };
}
