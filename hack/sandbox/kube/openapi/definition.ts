// How the hand-made schemas of built-in kinds are written down: a field is a type and a sentence.

/** A JSON schema. References are names here; each OpenAPI version has its own prefix for them. */
export type Definition = { readonly [key: string]: unknown };

export const metaPackage = 'io.k8s.apimachinery.pkg.apis.meta.v1';
export const corePackage = 'io.k8s.api.core.v1';

export function text(description: string): Definition {
  return { type: 'string', description };
}

export function integer(description: string): Definition {
  return { type: 'integer', format: 'int32', description };
}

export function flag(description: string): Definition {
  return { type: 'boolean', description };
}

export function time(description: string): Definition {
  return { type: 'string', format: 'date-time', description };
}

export function texts(description: string): Definition {
  return { type: 'array', items: { type: 'string' }, description };
}

export function textMap(description: string): Definition {
  return { type: 'object', additionalProperties: { type: 'string' }, description };
}

export function ref(name: string, description: string): Definition {
  return { $ref: name, description };
}

export function refs(name: string, description: string): Definition {
  return { type: 'array', items: { $ref: name }, description };
}

export function object(description: string, properties: Readonly<Record<string, Definition>>): Definition {
  return { type: 'object', description, properties };
}

/** An object whose fields nobody wrote down. */
export function anything(description: string): Definition {
  return { type: 'object', description, 'x-kubernetes-preserve-unknown-fields': true };
}

/** A copy of `value` with every reference behind `prefix`; `$ref` takes no siblings, so that it moves into allOf. */
export function withReferences(value: unknown, prefix: string): unknown {
  if (Array.isArray(value)) return value.map((each) => withReferences(each, prefix));
  if (typeof value !== 'object' || value === null) return value;
  const { $ref, ...rest } = Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, withReferences(each, prefix)]),
  );
  if (typeof $ref !== 'string') return rest;
  const reference = { $ref: `${prefix}${$ref}` };
  return Object.keys(rest).length === 0 ? reference : { ...rest, allOf: [reference] };
}
