import { describe, expect, test } from 'vitest';
import { compileCrd } from './compile.ts';
import { causeOf } from './field-error.ts';
import { crdAround } from './fixture.ts';

function refusals(crd: unknown): readonly string[] {
  return compileCrd(crd).errors.map((error) => {
    const { field, message } = causeOf(error);
    return `${field}: ${message}`;
  });
}

const b = 'spec.validation.openAPIV3Schema.properties[spec].properties[b]';
const objects = { type: 'array', items: { type: 'object', properties: { k: { type: 'string' } } } };

// The texts are those of kube-apiserver 1.34, for the same schemas.
const schemas: readonly (readonly [schema: object, cause: string])[] = [
  [{}, `${b}.type: Required value: must not be empty for specified object fields`],
  [
    { type: 'strin' },
    `${b}.type: Unsupported value: "strin": supported values: "array", "boolean", "integer", "number", "object", "string"`,
  ],
  [{ type: 'array' }, `${b}.items: Required value: must be specified`],
  [{ type: 'array', items: {} }, `${b}.items.type: Required value: must not be empty for specified array items`],
  [
    { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: { type: 'string' } },
    `${b}.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`,
  ],
  [{ type: 'string', $ref: '#/x' }, `${b}.$ref: Forbidden: $ref is not supported`],
  [
    { type: 'array', items: { type: 'string' }, uniqueItems: true },
    `${b}.uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic`,
  ],
  [
    { type: 'string', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
    `${b}.type: Invalid value: "string": must be object if x-kubernetes-embedded-resource is true`,
  ],
  [
    { type: 'object', 'x-kubernetes-embedded-resource': true },
    `${b}.properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields`,
  ],
  [
    { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'zap' },
    `${b}.x-kubernetes-list-type: Unsupported value: "zap": supported values: "atomic", "set", "map"`,
  ],
  [
    { ...objects, 'x-kubernetes-list-type': 'map' },
    `${b}.x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map`,
  ],
  [
    { ...objects, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] },
    `${b}.items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property`,
  ],
  [
    { ...objects, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['z'] },
    `${b}.x-kubernetes-list-map-keys: Invalid value: ["z"]: entries must all be names of item properties`,
  ],
  [
    { ...objects, 'x-kubernetes-list-type': 'set' },
    `${b}.items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set`,
  ],
  [
    { type: 'string', default: 1 },
    `${b}.default: Invalid value: "integer":  in body must be of type string: "integer"`,
  ],
  [
    { type: 'object', properties: { a: { type: 'string' } }, default: { z: 1 } },
    `${b}.default: Invalid value: {"z":1}: must not have unknown fields`,
  ],
  [{ type: 'string', anyOf: [{ type: 'string' }] }, `${b}.anyOf[0].type: Forbidden: must be empty to be structural`],
  [{ type: 'string', not: { default: 'x' } }, `${b}.not.default: Forbidden: must be undefined to be structural`],
  [
    { type: 'string', 'x-kubernetes-validations': [{ rule: '' }] },
    `${b}.x-kubernetes-validations[0].rule: Required value: rule is not specified`,
  ],
  [
    { type: 'string', 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'a\nb' }] },
    `${b}.x-kubernetes-validations[0].message: Invalid value: "a\\nb": must not contain line breaks`,
  ],
  [
    { type: 'string', 'x-kubernetes-validations': [{ rule: 'self == oldSelf', reason: 'Zap' }] },
    `${b}.x-kubernetes-validations[0].reason: Unsupported value: "Zap": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"`,
  ],
];

describe('compileCrd refuses a schema that is not structural', () => {
  test.each(schemas)('%j', (schema, cause) => {
    expect(refusals(crdAround({ type: 'object', properties: { b: schema } }))).toEqual([cause]);
  });
});

test.each(['self ==', 'self.size()', 'selfie == 1', "self.nope('x')"])('compileCrd refuses the rule %s', (rule) => {
  const schema = { type: 'string', 'x-kubernetes-validations': [{ rule }] };
  const [refusal, ...more] = refusals(crdAround({ type: 'object', properties: { b: schema } }));
  expect(refusal).toMatch(
    /x-kubernetes-validations\[0\]\.rule: Invalid value: .*(compilation failed|must evaluate to a bool)/,
  );
  expect(more).toEqual([]);
});

function changed(change: object): object {
  const crd = crdAround({ type: 'object' });
  if (!('spec' in crd) || typeof crd.spec !== 'object') throw new TypeError('Cannot change a CRD without a spec');
  return { ...crd, spec: { ...crd.spec, ...change } };
}

const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } };

const definitions: readonly (readonly [change: object, cause: string | RegExp])[] = [
  [{ scope: 'X' }, 'spec.scope: Unsupported value: "X": supported values: "Cluster", "Namespaced"'],
  [{ scope: undefined }, 'spec.scope: Required value'],
  [{ preserveUnknownFields: true }, /^spec\.preserveUnknownFields: Invalid value: true: cannot set to true/],
  [{ names: { plural: 'probes', singular: 'probe' } }, 'spec.names.kind: Required value'],
  [
    { names: { plural: 'probes', kind: 'Probe', listKind: 'Probe' } },
    'spec.names.listKind: Invalid value: "Probe": kind and listKind may not be the same',
  ],
  [{ names: { plural: 'probes', kind: 'A_b' } }, /^spec\.names\.kind: Invalid value: "A_b": may have mixed case, but/],
  [
    { names: { plural: 'probes', kind: 'Probe', shortNames: ['A'] } },
    /^spec\.names\.shortNames\[0\]: Invalid value: "A": a DNS-1035 label/,
  ],
  [{ versions: [{ ...version, schema: undefined }] }, 'spec.versions[0].schema.openAPIV3Schema: Required value'],
  [
    { versions: [version, { ...version, name: 'v2' }] },
    /^spec\.versions: Invalid value: .*: must have exactly one version marked as storage version$/,
  ],
  [{ versions: [version, { ...version, storage: false }] }, /: must contain unique version names$/],
  [{ versions: [{ ...version, name: 'V1' }] }, /^spec\.versions\[0\]\.name: Invalid value: "V1": a DNS-1035 label/],
  [
    { versions: [{ ...version, additionalPrinterColumns: [{ name: 'A', type: 'zap', jsonPath: '.x' }] }] },
    'spec.additionalPrinterColumns[0].type: Invalid value: "zap": must be one of boolean,date,integer,number,string',
  ],
  [
    { versions: [{ ...version, additionalPrinterColumns: [{ name: 'A', type: 'string', jsonPath: 'x' }] }] },
    'spec.additionalPrinterColumns[0].JSONPath: Invalid value: "x": must be a simple json path starting with .',
  ],
  [
    { group: 'other.example' },
    'metadata.name: Invalid value: "probes.test.example": must be spec.names.plural+"."+spec.group',
  ],
];

describe('compileCrd refuses a definition', () => {
  test.each(definitions)('with %j', (change, cause) => {
    const [refusal, ...more] = refusals(changed(change));
    expect(refusal).toMatch(cause);
    expect(more).toEqual([]);
  });
});

test('compileCrd wants an approval for the groups of Kubernetes itself', () => {
  const crd = { ...changed({ group: 'a.k8s.io' }), metadata: { name: 'probes.a.k8s.io' } };
  expect(refusals(crd)).toEqual([
    expect.stringContaining('metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must'),
  ]);
  const annotations = { 'api-approved.kubernetes.io': 'https://example.test/1' };
  expect(refusals({ ...crd, metadata: { ...crd.metadata, annotations } })).toEqual([]);
});

test('compileCrd compiles every version, served or not, with its own schema', () => {
  const old = { ...version, name: 'v1beta1', served: false, storage: false };
  const { versions } = compileCrd(changed({ versions: [old, { ...version, subresources: { status: {} } }] }));
  expect(versions.map(({ name, served, storage, hasStatus }) => ({ name, served, storage, hasStatus }))).toEqual([
    { name: 'v1beta1', served: false, storage: false, hasStatus: false },
    { name: 'v1', served: true, storage: true, hasStatus: true },
  ]);
});

test('compileCrd has errors and no versions for what is no CRD', () => {
  expect(compileCrd('x')).toMatchObject({ versions: [], errors: [{ type: 'Required' }] });
  expect(compileCrd({})).toMatchObject({ versions: [], errors: [{ field: 'spec', type: 'Required' }] });
});
