import { expect, test } from 'vitest';
import { edited } from './case.ts';
import { BadTemplate, fieldAt, fill } from './template.ts';

const scope = { ns: 'n1', id: 'c1', answers: [{ metadata: { uid: 'u1', labels: { a: '1', b: '2' } } }] };

test('fill puts names and earlier answers into paths and bodies', () => {
  expect(fill({ path: '/ns/{ns}/{id}', body: { '{id}': ['{0.metadata.uid}'] } }, scope)).toEqual({
    path: '/ns/n1/c1',
    body: { c1: ['u1'] },
  });
});

test('fill applies an edit to the answer that it names', () => {
  const body = edited(0, { metadata: { labels: { a: null, c: '{ns}' } } });

  expect(fill<unknown>({ body }, scope)).toEqual({ body: { metadata: { uid: 'u1', labels: { b: '2', c: 'n1' } } } });
});

test('fill refuses a placeholder that no answer fills', () => {
  expect(() => fill('{0.metadata.name}', scope)).toThrow(BadTemplate);
  expect(() => fill('{1.metadata.uid}', scope)).toThrow(/Cannot fill "{1.metadata.uid}"/);
});

test('fieldAt follows fields and indexes', () => {
  expect(fieldAt({ a: [{ b: 1 }] }, 'a.0.b')).toBe(1);
  expect(fieldAt({ a: [] }, 'a.0.b')).toBeUndefined();
});
