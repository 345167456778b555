// TypeScript types of one version of a CRD, readonly throughout, with a name for every object in it.
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { parse } from 'yaml';

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectAt(value: unknown, ...path: readonly string[]): Json {
  const found = path.reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), value);
  if (!isObject(found)) throw new TypeError(`Cannot read the CRD: ${path.join('.')} is not an object`);
  return found;
}

/** `startupTaints` of a Machine holds a `MachineStartupTaint`, and `machineTemplateRef` a `MachineTemplateRef`. */
function titleOf(owner: string, field: string, inList: boolean): string {
  const name = inList ? field.replace(/s$/, '') : field;
  const word = name.charAt(0).toUpperCase() + name.slice(1);
  return word.startsWith(owner) ? word : owner + word;
}

/** The schema as json-schema-to-typescript wants it: objects titled, nothing beyond what is declared. */
function titled(schema: Json, kind: string, title: string | undefined): Json {
  const { properties, items, additionalProperties, ...rest } = schema;
  if (schema['x-kubernetes-int-or-string'] === true) return { ...rest, tsType: 'number | string' };
  if (isObject(items)) return { ...rest, items: titled(items, kind, title) };
  if (isObject(additionalProperties)) {
    return { ...rest, additionalProperties: titled(additionalProperties, kind, title) };
  }
  if (!isObject(properties)) return schema;
  const entries = Object.entries(properties).map(([field, value]) => {
    const property = objectAt(value);
    return [field, titled(property, kind, titleOf(kind, field, property['type'] === 'array'))];
  });
  return { ...rest, ...(title && { title }), properties: Object.fromEntries(entries), additionalProperties: false };
}

/** json-schema-to-typescript prints mutable types; one member or index signature stands on each line. */
function readonlyMembers(text: string): string {
  return text
    .replaceAll(/^( +)(?=(?:[\w$]+|'[^']+'|"[^"]+"|\[k: string\])\??: )/gm, '$1readonly ')
    .replaceAll(/: ([^:;{}]+\[\];)$/gm, ': readonly $1');
}

/** The text of a module with the types of `version`; metadata is the ObjectMeta of wire.ts. */
export async function claimTypes({
  crd: text,
  crdPath,
  version,
}: {
  readonly crd: string;
  readonly crdPath: string;
  readonly version: string;
}): Promise<string> {
  const crd: unknown = parse(text);
  const kind = String(objectAt(crd, 'spec', 'names')['kind']);
  const group = String(objectAt(crd, 'spec')['group']);
  const versions: unknown = objectAt(crd, 'spec')['versions'];
  const found: unknown = Array.isArray(versions)
    ? versions.find((each) => objectAt(each)['name'] === version)
    : undefined;
  const schema = objectAt(found, 'schema', 'openAPIV3Schema');
  const properties = objectAt(schema, 'properties');
  const whole = {
    ...schema,
    required: ['apiVersion', 'kind', 'metadata', ...(Array.isArray(schema['required']) ? schema['required'] : [])],
    properties: {
      ...properties,
      apiVersion: { ...objectAt(properties, 'apiVersion'), const: `${group}/${version}` },
      kind: { ...objectAt(properties, 'kind'), const: kind },
      metadata: { tsType: 'ObjectMeta' },
    },
  };
  const schemaForCompiler: JSONSchema = titled(whole, kind, kind);
  const code = await compile(schemaForCompiler, kind, {
    bannerComment: [
      `// The types of ${kind} ${group}/${version}. Generated from ${crdPath} by hack/generate.ts: do not edit.`,
      "import type { ObjectMeta } from './wire.ts';",
    ].join('\n'),
    ignoreMinAndMaxItems: true,
    style: { printWidth: 120, singleQuote: true, bracketSpacing: true },
  });
  return readonlyMembers(code);
}
