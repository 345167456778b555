import { expect, test } from 'vitest';
import { problems, projectCrd, specOf } from './fixture.ts';

test('prune drops what the schema does not declare and names it', () => {
  const version = specOf({
    a: { type: 'string' },
    list: { type: 'array', items: { type: 'object', properties: { k: { type: 'string' } } } },
    map: { type: 'object', additionalProperties: { type: 'object', properties: { x: { type: 'integer' } } } },
  });
  const object = {
    apiVersion: 'test.example/v1',
    kind: 'Probe',
    metadata: { name: 'p', labels: { any: 'thing' } },
    spec: { a: 'x', b: 1, list: [{ k: 'v', z: 1 }], map: { m: { x: 1, y: 2 } } },
    extra: {},
  };
  const { object: kept, unknownFields } = version.prune(object);
  expect(kept).toEqual({ ...object, spec: { a: 'x', list: [{ k: 'v' }], map: { m: { x: 1 } } }, extra: undefined });
  expect(unknownFields).toEqual(['spec.b', 'spec.list[0].z', 'spec.map.m.y', 'extra']);
});

test('prune keeps unknown fields where the schema says so, and prunes below declared ones', () => {
  const version = specOf({
    any: { 'x-kubernetes-preserve-unknown-fields': true },
    part: {
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
      properties: { known: { type: 'object', properties: { a: { type: 'string' } } } },
    },
    // additionalProperties: true names no schema, so that nothing below it is known
    free: { type: 'object', additionalProperties: true },
  });
  const spec = { any: [{ b: { c: 1 } }], part: { z: { y: 1 }, known: { a: 'x', q: 1 } }, free: { a: 1, b: { c: 1 } } };
  const { object, unknownFields } = version.prune({ spec });
  expect(object).toEqual({ spec: { ...spec, part: { z: { y: 1 }, known: { a: 'x' } }, free: { a: 1, b: {} } } });
  expect(unknownFields).toEqual(['spec.part.known.q', 'spec.free.b.c']);
});

test('prune treats an embedded resource as an object of the API', () => {
  const spec = { type: 'object', properties: { a: { type: 'string' } } };
  const version = specOf({ emb: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec } } });
  const emb = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', zap: 1 }, spec: { a: 'x', z: 1 }, other: 1 };
  expect(version.prune({ spec: { emb } }).object).toEqual({
    spec: { emb: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: { a: 'x' } } },
  });
});

test('prune leaves the object that it was given alone', () => {
  const version = specOf({ a: { type: 'string' } });
  const object = { metadata: { labels: { a: 'b' } }, spec: { a: 'x', b: 1 } };
  const copy = structuredClone(object);
  version.prune(object);
  expect(object).toEqual(copy);
});

test('applyDefaults fills what is missing, at every depth, and null where null is not allowed', () => {
  const version = specOf({
    outer: {
      type: 'object',
      default: {},
      properties: { a: { type: 'string', default: 'A' }, b: { type: 'string' } },
    },
    plain: { type: 'string', default: 'D' },
    nullable: { type: 'string', default: 'D', nullable: true },
    noDefault: { type: 'string' },
    items: { type: 'array', items: { type: 'object', properties: { port: { type: 'integer', default: 80 } } } },
  });
  const given = { plain: null, nullable: null, noDefault: null, items: [{}, { port: 1 }] };
  expect(version.applyDefaults({ spec: given })).toEqual({
    spec: { outer: { a: 'A' }, plain: 'D', nullable: null, items: [{ port: 80 }, { port: 1 }] },
  });
  expect(version.applyDefaults({})).toEqual({});
});

test('applyDefaults hands out a default of its own to every object', () => {
  const version = specOf({ list: { type: 'array', items: { type: 'string' }, default: ['a'] } });
  expect(version.applyDefaults({ spec: {} })).toEqual({ spec: { list: ['a'] } });
  const first = version.applyDefaults({ spec: {} });
  expect(first).not.toBe(version.applyDefaults({ spec: {} }));
});

test('listTypeAt knows sets, maps and atomic lists, through items and maps of values', () => {
  const entry = {
    type: 'object',
    required: ['k'],
    properties: {
      k: { type: 'string' },
      tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
    },
  };
  const version = specOf({
    map: { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'], items: entry },
    plain: { type: 'array', items: { type: 'string' } },
    whole: { type: 'object', 'x-kubernetes-map-type': 'atomic', additionalProperties: { type: 'string' } },
    byName: { type: 'object', additionalProperties: entry },
  });
  expect(version.listTypeAt(['spec', 'map'])).toEqual({ type: 'map', keys: ['k'] });
  expect(version.listTypeAt(['spec', 'map', '0', 'tags'])).toEqual({ type: 'set', keys: [] });
  expect(version.listTypeAt(['spec', 'byName', 'x', 'tags'])).toEqual({ type: 'set', keys: [] });
  expect(version.listTypeAt(['spec', 'plain'])).toEqual({ type: 'atomic', keys: [] });
  expect(version.listTypeAt(['spec', 'whole'])).toEqual({ type: 'atomic', keys: [] });
  expect(version.listTypeAt(['spec'])).toBeUndefined();
  expect(version.listTypeAt(['spec', 'nowhere'])).toBeUndefined();
  expect(version.listTypeAt([])).toBeUndefined();
});

test('validate finds duplicates in sets and maps, by their keys and the defaults of these', () => {
  const properties = { k: { type: 'string' }, protocol: { type: 'string', default: 'TCP' } };
  const version = specOf({
    set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
    map: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k', 'protocol'],
      items: { type: 'object', required: ['k'], properties },
    },
  });
  expect(problems(version, { set: ['a', 'b', 'a'] })).toEqual(['spec.set[2]: Duplicate value: "a"']);
  const [twice] = problems(version, { map: [{ k: 'a' }, { k: 'a', protocol: 'UDP' }, { k: 'a', protocol: 'TCP' }] });
  expect(twice).toBe('spec.map[2]: Duplicate value: {"k":"a","protocol":"TCP"}');
  // An update of what had duplicates may keep them, and add more.
  expect(problems(version, { set: ['a', 'a', 'b', 'b'] }, { set: ['a', 'a'] })).toEqual([]);
});

test('the Machine CRD has what KAITO and kubectl need of it', () => {
  const version = projectCrd('machines');
  expect(version).toMatchObject({ name: 'v1alpha5', served: true, storage: true, hasStatus: true });
  const shown = version.columns.map(({ name, priority }) => `${name}${priority === 0 ? '' : ' wide'}`);
  expect(shown).toEqual(['Type', 'Zone', 'Node', 'Ready', 'Age', 'Capacity wide', 'Provisioner wide', 'Template wide']);
  expect(problems(version, { resources: { requests: { storage: '50Gi', 'nvidia.com/gpu': 1 } } })).toEqual([]);
  expect(problems(version, { resources: { requests: { storage: '50 Gi' } } })).toEqual([
    expect.stringMatching(/^spec\.resources\.requests\.storage: Invalid value: "50 Gi": .* should match/),
  ]);
  expect(problems(version, { kubelet: { imageGCHighThresholdPercent: 101 } })).toHaveLength(1);
  expect(version.validate({})).toEqual([]);
});
