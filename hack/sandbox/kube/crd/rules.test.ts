import { describe, expect, test } from 'vitest';
import { problems, projectCrd, specOf } from './fixture.ts';

const version = specOf({
  fixed: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'fixed is immutable' }] },
  objs: {
    type: 'object',
    additionalProperties: {
      type: 'object',
      properties: { x: { type: 'integer' } },
      'x-kubernetes-validations': [{ rule: '!has(self.x) || self.x > 1', message: 'x must exceed one' }],
    },
  },
  cel: {
    type: 'object',
    properties: {
      min: { type: 'integer' },
      max: { type: 'integer' },
      'a-b': { type: 'string' },
      t: { type: 'string', format: 'date-time' },
      d: { type: 'string', format: 'duration' },
      l: { type: 'array', items: { type: 'string' }, maxItems: 5 },
    },
    'x-kubernetes-validations': [
      { rule: '!has(self.min) || self.min <= self.max' },
      {
        rule: "!has(self.a__dash__b) || self.a__dash__b == 'ok'",
        messageExpression: "'a-b is ' + self.a__dash__b",
        fieldPath: '.a-b',
        reason: 'FieldValueForbidden',
      },
      { rule: "!has(self.t) || self.t > timestamp('2020-01-01T00:00:00Z')", message: 't too old' },
      { rule: "!has(self.d) || self.d <= duration('1h')", message: 'd too long' },
      { rule: '!has(self.l) || self.l.isSorted()', fieldPath: '.l', reason: 'FieldValueDuplicate' },
    ],
  },
});

// The texts are those of kube-apiserver 1.34, for the same rules and the same objects.
const broken: readonly (readonly [spec: object, cause: string])[] = [
  [{ objs: { 'b.c/d': { x: 0 } } }, 'spec.objs[b.c/d]: Invalid value: "object": x must exceed one'],
  [
    { cel: { min: 1 } },
    'spec.cel: Invalid value: "object": no such key: max evaluating rule: !has(self.min) || self.min <= self.max',
  ],
  [
    { cel: { min: 2, max: 1 } },
    'spec.cel: Invalid value: "object": failed rule: !has(self.min) || self.min <= self.max',
  ],
  [{ cel: { 'a-b': 'bad' } }, 'spec.cel.a-b: Forbidden: a-b is bad'],
  [{ cel: { t: '2019-01-01T00:00:00Z' } }, 'spec.cel: Invalid value: "object": t too old'],
  [{ cel: { d: '1h30m' } }, 'spec.cel: Invalid value: "object": d too long'],
  [{ cel: { l: ['b', 'a'] } }, 'spec.cel.l: Duplicate value: "object"'],
];

describe('validate runs the rules of a CRD and words what they refuse as the real API server does', () => {
  test.each(broken)('%j', (spec, cause) => {
    expect(problems(version, spec)).toEqual([cause]);
  });
});

test('validate accepts what the rules accept', () => {
  const cel = { min: 1, max: 2, 'a-b': 'ok', t: '2021-01-01T00:00:00Z', d: '59m59s', l: ['a', 'b'] };
  expect(problems(version, { fixed: 'x', objs: { a: { x: 2 }, b: {} }, cel })).toEqual([]);
});

test('validate runs rules on oldSelf when there is an old value, and only then', () => {
  expect(problems(version, { fixed: 'y' }, { fixed: 'x' })).toEqual([
    'spec.fixed: Invalid value: "string": fixed is immutable',
  ]);
  expect(problems(version, { fixed: 'x' }, {})).toEqual([]);
  expect(problems(version, {}, { fixed: 'x' })).toEqual([]);
});

test('validate does not hold a rule against what did not change', () => {
  const bad = { cel: { min: 2, max: 1 } };
  expect(problems(version, { ...bad, fixed: 'x' }, bad)).toEqual([]);
  expect(problems(version, { cel: { min: 3, max: 1 } }, bad)).toHaveLength(1);
});

test('validate leaves rules out while an object does not have the types they expect', () => {
  const [wrongType, skipped] = problems(version, { cel: { min: 'x', max: 1 } });
  expect(wrongType).toContain('must be of type integer');
  expect(skipped).toBe(
    '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; ' +
      'correct the existing errors to complete validation',
  );
});

const nodeClaim = projectCrd('nodeclaims');
const classRef = { group: 'kaito.sh', kind: 'KaitoNodeClass', name: 'default' };

function claim(requirement: object): object {
  return { nodeClassRef: classRef, requirements: [requirement] };
}

const restricted: readonly (readonly [key: string, message: string])[] = [
  ['kubernetes.io/hostname', 'label "kubernetes.io/hostname" is restricted'],
  ['foo.kubernetes.io/x', 'label domain "kubernetes.io" is restricted'],
  ['foo.k8s.io/x', 'label domain "k8s.io" is restricted'],
  ['karpenter.sh/x', 'label domain "karpenter.sh" is restricted'],
];

describe('the rules of the NodeClaim CRD', () => {
  test.each(restricted)('refuse the key %s', (key, message) => {
    const found = problems(nodeClaim, claim({ key, operator: 'Exists' }));
    expect(found).toContain(`spec.requirements[0].key: Invalid value: "string": ${message}`);
  });

  test.each([
    'node.kubernetes.io/instance-type',
    'topology.kubernetes.io/zone',
    'my.node.kubernetes.io/x',
    'karpenter.sh/nodepool',
    'kops.k8s.io/x',
    'kaito.sh/workspace',
  ])('allow the key %s', (key) => {
    expect(problems(nodeClaim, claim({ key, operator: 'Exists' }))).toEqual([]);
  });

  test.each([
    [{ operator: 'In', values: [] }, "requirements with operator 'In' must have a value defined"],
    [
      { operator: 'Gt', values: ['-1'] },
      "requirements operator 'Gt' or 'Lt' must have a single positive integer value",
    ],
    [
      { operator: 'In', values: ['a'], minValues: 2 },
      "requirements with 'minValues' must have at least that many values specified in the 'values' field",
    ],
  ])('refuse %j', (requirement, message) => {
    const found = problems(nodeClaim, claim({ key: 'a', ...requirement }));
    expect(found).toEqual([`spec.requirements: Invalid value: "array": ${message}`]);
  });

  test('keep the spec as it is', () => {
    const before = { ...claim({ key: 'a', operator: 'Exists' }), expireAfter: '720h' };
    expect(problems(nodeClaim, before, before)).toEqual([]);
    expect(problems(nodeClaim, { ...before, expireAfter: 'Never' }, before)).toEqual([
      'spec: Invalid value: "object": spec is immutable',
    ]);
  });

  test('refuse an empty class', () => {
    const spec = { ...claim({ key: 'a', operator: 'Exists' }), nodeClassRef: { ...classRef, group: '' } };
    expect(problems(nodeClaim, spec)).toEqual([
      'spec.nodeClassRef.group: Invalid value: "string": group may not be empty',
    ]);
  });

  test('come after a default of 720 hours', () => {
    expect(nodeClaim.applyDefaults({ spec: {} })).toEqual({ spec: { expireAfter: '720h' } });
  });
});

test('rules may search with RE2 patterns, and find what they match', () => {
  const searching = specOf({
    s: {
      type: 'string',
      'x-kubernetes-validations': [
        { rule: "self.find('[0-9]+') == '12'", message: 'first' },
        { rule: "self.findAll('[0-9]+') == ['12', '3']", message: 'all' },
        { rule: "self.findAll('[0-9]+', 1).size() == 1", message: 'limited' },
        { rule: "matches(self, '(?i)^A.*[[:digit:]]$')", message: 'matches' },
        { rule: "self.matches('^a')", message: 'plain' },
      ],
    },
  });
  expect(problems(searching, { s: 'a12b3' })).toEqual([]);
  expect(problems(searching, { s: 'xyz' })).toHaveLength(5);
});

test('rules may compare quantities', () => {
  const compared = specOf({
    q: {
      'x-kubernetes-int-or-string': true,
      'x-kubernetes-validations': [
        {
          rule: "isQuantity(string(self)) && quantity(string(self)).isGreaterThan(quantity('500Mi'))",
          message: 'more',
        },
        { rule: "quantity(string(self)).compareTo(quantity('2Gi')) < 1", message: 'less' },
        { rule: "quantity(string(self)).add(quantity('1')).isInteger()", message: 'whole' },
        { rule: "quantity(string(self)).sub(quantity('1Gi')).sign() >= 0", message: 'one Gi' },
      ],
    },
  });
  expect(problems(compared, { q: '2Gi' })).toEqual([]);
  expect(problems(compared, { q: 2_000_000_000 })).toEqual([]);
  const said = problems(compared, { q: '100m' }).map((problem) => problem.split(': ').at(-1));
  expect(said).toEqual(['more', 'whole', 'one Gi']);
  expect(problems(compared, { q: 'much' })).toHaveLength(4);
});
