import { describe, expect, test } from 'vitest';
import { problems, specOf } from './fixture.ts';

const version = specOf({
  s: { type: 'string', minLength: 2, maxLength: 4, pattern: '^a' },
  i: { type: 'integer', format: 'int32', minimum: 1, maximum: 10 },
  n: { type: 'number', maximum: 5, exclusiveMaximum: true, multipleOf: 2 },
  big: { type: 'integer' },
  b: { type: 'boolean' },
  e: { type: 'string', enum: ['x', 'y'] },
  nullable: { type: 'string', nullable: true },
  date: { type: 'string', format: 'date-time' },
  uuid: { type: 'string', format: 'uuid' },
  ios: { 'x-kubernetes-int-or-string': true },
  quantity: {
    anyOf: [{ type: 'integer' }, { type: 'string' }],
    pattern: '^[0-9]+$',
    'x-kubernetes-int-or-string': true,
  },
  list: { type: 'array', minItems: 1, maxItems: 2, items: { type: 'string' } },
  texts: { type: 'object', additionalProperties: { type: 'string', maxLength: 3 }, minProperties: 1, maxProperties: 2 },
  one: {
    type: 'object',
    properties: { a: { type: 'string' }, b: { type: 'string' } },
    oneOf: [{ required: ['a'] }, { required: ['b'] }],
  },
  not: { type: 'object', properties: { a: { type: 'string' } }, not: { required: ['a'] } },
  all: { type: 'string', allOf: [{ maxLength: 3 }, { pattern: '^z' }] },
  req: { type: 'object', required: ['a', 'b'], properties: { a: { type: 'string' }, b: { type: 'string' } } },
  emb: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
});

// The texts are those of kube-apiserver 1.34, for the same schema and the same objects.
const refused: readonly (readonly [spec: object, ...causes: readonly string[]])[] = [
  [{ s: 'a' }, 'spec.s: Invalid value: "a": spec.s in body should be at least 2 chars long'],
  [{ s: 'bcdefg' }, 'spec.s: Too long: may not be more than 4 bytes'],
  [{ s: 'bcd' }, `spec.s: Invalid value: "bcd": spec.s in body should match '^a'`],
  [{ s: ['x'] }, 'spec.s: Invalid value: "array": spec.s in body must be of type string: "array"'],
  [{ s: null }, 'spec.s: Invalid value: "null": spec.s in body must be of type string: "null"'],
  [{ i: 'x' }, 'spec.i: Invalid value: "string": spec.i in body must be of type integer: "string"'],
  [{ i: 0 }, 'spec.i: Invalid value: 0: spec.i in body should be greater than or equal to 1'],
  [{ i: 11 }, 'spec.i: Invalid value: 11: spec.i in body should be less than or equal to 10'],
  [{ i: 1.5 }, 'spec.i: Invalid value: "number": spec.i in body must be of type integer: "number"'],
  [{ big: 1e20 }, 'spec.big: Invalid value: "number": spec.big in body must be of type integer: "number"'],
  [{ n: 3 }, 'spec.n: Invalid value: 3: spec.n in body should be a multiple of 2'],
  [{ n: 6 }, 'spec.n: Invalid value: 6: spec.n in body should be less than 5'],
  [{ b: 'x' }, 'spec.b: Invalid value: "string": spec.b in body must be of type boolean: "string"'],
  [{ e: 'z' }, 'spec.e: Unsupported value: "z": supported values: "x", "y"'],
  [{ date: 'x' }, 'spec.date: Invalid value: "x": spec.date in body must be of type date-time: "x"'],
  [{ date: 1 }, 'spec.date: Invalid value: "int64": spec.date in body must be of type date-time: "int64"'],
  [{ date: 1.5 }, 'spec.date: Invalid value: "float64": spec.date in body must be of type date-time: "float64"'],
  [{ date: true }, 'spec.date: Invalid value: "": spec.date in body must be of type date-time: ""'],
  [{ uuid: 'x' }, 'spec.uuid: Invalid value: "x": spec.uuid in body must be of type uuid: "x"'],
  [{ ios: true }, 'spec.ios: Invalid value: "boolean": spec.ios in body must be of type integer,string: "boolean"'],
  [{ quantity: 'x' }, `spec.quantity: Invalid value: "x": spec.quantity in body should match '^[0-9]+$'`],
  [{ list: [] }, 'spec.list: Invalid value: 0: spec.list in body should have at least 1 items'],
  [{ list: ['a', 'b', 'c'] }, 'spec.list: Too many: 3: must have at most 2 items'],
  [{ list: [1] }, 'spec.list[0]: Invalid value: "integer": spec.list[0] in body must be of type string: "integer"'],
  [{ texts: {} }, 'spec.texts: Invalid value: 0: spec.texts in body should have at least 1 properties'],
  [{ texts: { a: 'b', c: 'd', e: 'f' } }, 'spec.texts: Too many: 3: must have at most 2 items'],
  [{ texts: { 'a.b/c': 'long' } }, 'spec.texts.a.b/c: Too long: may not be more than 3 bytes'],
  [
    { one: { a: 'x', b: 'y' } },
    '<nil>: Invalid value: "": "spec.one" must validate one and only one schema (oneOf). Found 2 valid alternatives',
  ],
  [{ not: { a: 'x' } }, '<nil>: Invalid value: "": "spec.not" must not validate the schema (not)'],
  [
    { all: 'abcd' },
    'spec.all: Too long: may not be more than 3 bytes',
    `spec.all: Invalid value: "abcd": spec.all in body should match '^z'`,
    '<nil>: Invalid value: "": "spec.all" must validate all the schemas (allOf). None validated',
  ],
  [{ req: {} }, 'spec.req.a: Required value', 'spec.req.b: Required value'],
  [{ emb: { kind: 'Pod' } }, 'spec.emb.apiVersion: Required value'],
  [{ s: 'b', i: 0 }, expect.stringContaining('at least 2 chars'), expect.stringContaining('or equal to 1')],
];

describe('validate refuses what the real API server refuses, in its words', () => {
  test.each(refused)('%j', (spec, ...causes) => {
    expect(problems(version, spec)).toEqual(causes);
  });
});

const accepted: readonly object[] = [
  {},
  { s: 'abc', i: 3, n: 4, b: false, e: 'y', list: ['a'], texts: { a: 'b' }, one: { a: 'x' }, not: {}, all: 'zz' },
  { nullable: null },
  { ios: 1, quantity: 2 },
  { ios: 'x', quantity: '2' },
  { date: '2026-01-31T23:59:59.123456Z' },
  { date: '2026-01-31t23:59:59+01:00' },
  // The API server lets a list pass where a formatted string is due.
  { date: ['x'] },
  { emb: { apiVersion: 'v1', kind: 'Pod', more: 1 } },
];

describe('validate accepts', () => {
  test.each(accepted)('%j', (spec) => {
    expect(problems(version, spec)).toEqual([]);
  });
});

test('validate calls a spec of the wrong type by its type', () => {
  expect(problems(version, 'x')).toEqual([
    'spec: Invalid value: "string": spec in body must be of type object: "string"',
  ]);
});

test('validate lets an update keep what was invalid before, and nothing more', () => {
  const invalid = { s: 'b', req: {} };
  expect(problems(version, { ...invalid, i: 2 }, invalid)).toEqual([]);
  expect(problems(version, { ...invalid, i: 0 }, invalid)).toHaveLength(1);
  expect(problems(version, { s: 'c' }, invalid)).toHaveLength(1);
});
