import { expect, test } from 'vitest';
import { Normaliser } from './normal.ts';

const uid = 'f3c1a1de-94c3-4a6b-8f1b-0f4d1a6f3a11';

test('Normaliser keeps which versions and uids are the same', () => {
  const normaliser = new Normaliser();

  expect(normaliser.normal({ uid, resourceVersion: '7' })).toEqual({ uid: '<uid 1>', resourceVersion: '<version 1>' });
  expect(normaliser.normal({ uid, resourceVersion: '9' })).toEqual({ uid: '<uid 1>', resourceVersion: '<version 2>' });
  expect(normaliser.normal({ message: `uid is ${uid}` })).toEqual({ message: 'uid is <uid 1>' });
});

test('Normaliser keeps the format of a time', () => {
  const times = {
    second: '2026-01-01T00:00:00Z',
    micro: '2026-01-01T00:00:00.000001Z',
    milli: '2026-01-01T00:00:00.001Z',
  };

  expect(new Normaliser().normal(times)).toEqual({
    second: '<time>',
    micro: '<microtime>',
    milli: '2026-01-01T00:00:00.001Z',
  });
});

test('Normaliser hides the version of a list, but not those of its items', () => {
  const list = { kind: 'PodList', metadata: { resourceVersion: '9' }, items: [{ metadata: { resourceVersion: '8' } }] };

  expect(new Normaliser().normal(list)).toEqual({
    kind: 'PodList',
    metadata: { resourceVersion: '<resourceVersion>' },
    items: [{ metadata: { resourceVersion: '<version 1>' } }],
  });
});

test('Normaliser takes the causes of a refusal as a set', () => {
  expect(normal(refusal('a', 'b'))).toEqual(normal(refusal('b', 'a')));
  expect(normal(refusal('a', 'b'))).not.toEqual(normal(refusal('a', 'c')));
});

test('Normaliser lets the words of a 400 differ, unless they name unknown fields', () => {
  const badRequest = { kind: 'Status', code: 400 };

  expect(normal({ ...badRequest, message: 'bad JSON' })).toEqual(normal({ ...badRequest, message: 'unexpected end' }));
  expect(normal({ ...badRequest, message: 'strict decoding error: unknown field "a"' })).not.toEqual(
    normal({ ...badRequest, message: 'strict decoding error: unknown field "b"' }),
  );
});

function normal(value: object): unknown {
  return new Normaliser().normal(value);
}

function refusal(...fields: readonly string[]): object {
  return {
    kind: 'Status',
    code: 422,
    message: `Widget "w" is invalid: [${fields.join(', ')}]`,
    details: { causes: fields.map((field) => ({ field })) },
  };
}
