// A CRD that uses what the Machine's does not: defaults, enums, lists with keys, rules in CEL, immutable fields.

const text = { type: 'string' } as const;

const spec = {
  type: 'object',
  required: ['size'],
  'x-kubernetes-validations': [
    { rule: 'self.size <= self.limit', message: 'size must not exceed limit' },
    {
      rule: '!has(self.first) || !has(self.second)',
      message: 'first and second exclude each other',
      fieldPath: '.second',
    },
  ],
  properties: {
    size: { type: 'integer', minimum: 1, maximum: 100 },
    limit: { type: 'integer', default: 10 },
    colour: { type: 'string', enum: ['red', 'green', 'blue'], default: 'red' },
    code: { type: 'string', pattern: '^[a-z]+$', minLength: 2, maxLength: 5 },
    ratio: { type: 'number', exclusiveMinimum: true, minimum: 0 },
    step: { type: 'number', multipleOf: 0.5 },
    port: { 'x-kubernetes-int-or-string': true },
    when: { type: 'string', format: 'date-time' },
    comment: { type: 'string', nullable: true },
    first: text,
    second: text,
    serial: {
      type: 'string',
      'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'serial is immutable' }],
    },
    nested: {
      type: 'object',
      default: {},
      properties: { depth: { type: 'integer', default: 1 }, name: text },
    },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    labels: { type: 'object', additionalProperties: text, maxProperties: 3 },
    parts: {
      type: 'array',
      maxItems: 4,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        required: ['name'],
        properties: { name: text, weight: { type: 'integer', default: 5 }, note: text },
      },
    },
    tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: text },
    steps: { type: 'array', items: text, minItems: 1 },
  },
} as const;

const status = {
  type: 'object',
  properties: { phase: text, observedGeneration: { type: 'integer', format: 'int64' } },
} as const;

export const widgetCrd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.parity.example' },
  spec: {
    group: 'parity.example',
    scope: 'Namespaced',
    names: {
      kind: 'Widget',
      plural: 'widgets',
      singular: 'widget',
      listKind: 'WidgetList',
      shortNames: ['wd'],
      categories: ['toys'],
    },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: 'object', properties: { spec, status } } },
        additionalPrinterColumns: [
          { name: 'Size', type: 'integer', jsonPath: '.spec.size', description: 'How big' },
          { name: 'Colour', type: 'string', jsonPath: '.spec.colour', priority: 1 },
          { name: 'Tags', type: 'string', jsonPath: '.spec.tags' },
          { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
          { name: 'Old', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
      },
    ],
  },
} as const;
