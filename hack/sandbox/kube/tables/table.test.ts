import { expect, test } from 'vitest';
import type { Column } from './column.ts';
import { cells, created, named, part, table } from './fixture.ts';
import type { TableInput } from './table.ts';

const columns: readonly Column[] = [
  { name: 'Text', type: 'string', jsonPath: '.spec.text' },
  { name: 'Count', type: 'integer', jsonPath: '.spec.count', priority: 1 },
  { name: 'Since', type: 'date', jsonPath: '.spec.since' },
  { name: 'Fine', type: 'boolean', jsonPath: '.spec.fine' },
  { name: 'Broken', type: 'string', jsonPath: '.spec[' },
];

function shown(spec: object): unknown {
  return cells('example.test/things', named('x', { spec }), { columns });
}

test('tableOf fills the columns of a CRD by path, and leaves out what has another type', () => {
  expect(shown({ text: 'a', count: 3.7, since: created, fine: true })).toEqual(['x', 'a', 3, '60m', true, null]);
  expect(shown({ text: { a: 1 }, count: '3', since: 1, fine: 'yes' })).toEqual([
    'x',
    '{"a":1}',
    null,
    null,
    null,
    null,
  ]);
  expect(shown({})).toEqual(['x', null, null, null, null, null]);
});

test('tableOf describes the columns of a CRD, and falls back to the age where there is none', () => {
  const [name, , count] = part(table('example.test/things', [], { columns }), 'columnDefinitions');
  expect(name).toMatchObject({ name: 'Name', format: 'name' });
  expect(count).toEqual({
    name: 'Count',
    type: 'integer',
    format: '',
    priority: 1,
    description: 'Custom resource definition column (in JSONPath format): .spec.count',
  });
  expect(cells('example.test/things', named('x'), { columns: [] })).toEqual(['x', '60m']);
});

test('tableOf carries the object, its metadata or nothing', () => {
  const item = { apiVersion: 'v1', kind: 'Node', ...named('n', { spec: {} }) };
  const object = (includeObject: TableInput['includeObject']): unknown =>
    part(table('/nodes', [item], { includeObject }), 'rows')[0];
  expect(object('Object')).toMatchObject({ object: item });
  expect(object('None')).toMatchObject({ object: null });
  expect(object('Metadata')).toMatchObject({
    object: { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', metadata: { name: 'n' } },
  });
});

test('tableOf keeps the metadata of the list, and leaves columns out when it is told to', () => {
  const listMeta = { resourceVersion: '7', continue: 'more' };
  expect(table('/nodes', [], { listMeta, noHeaders: true })).toEqual({
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: listMeta,
    columnDefinitions: null,
    rows: [],
  });
});
