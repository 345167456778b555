// Merge patches: applied to the state before they must give the state after, and carry nothing that did not change.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../apis/wire.ts';
import { mergePatch, objectPatch, statusPatch } from './patch.ts';

/** RFC 7396, section 2, word for word. */
function applied(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> =
    typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = applied(result[name], value);
  }
  return result;
}

interface Thing extends KubeObject {
  readonly spec?: { readonly size: number };
  readonly status?: { readonly conditions?: readonly string[]; readonly nodeName?: string };
}

const aThing: Thing = {
  metadata: {
    name: 'a',
    uid: 'u',
    resourceVersion: '7',
    creationTimestamp: '2026-01-01T00:00:00Z',
    labels: { keep: '1', drop: '2' },
    finalizers: ['x', 'y'],
  },
  spec: { size: 1 },
};

describe('mergePatch', () => {
  test.for([
    ['nothing changed', { a: { b: [1] } }, { a: { b: [1] } }, undefined],
    ['a field is added', {}, { a: 1 }, { a: 1 }],
    ['a field goes', { a: 1, b: 2 }, { b: 2 }, { a: null }],
    ['a field becomes undefined', { a: 1 }, { a: undefined }, { a: null }],
    ['a nested field changes', { a: { b: 1, c: 2 } }, { a: { b: 3, c: 2 } }, { a: { b: 3 } }],
    ['a list changes', { a: [1, 2] }, { a: [1, 3] }, { a: [1, 3] }],
    ['an object becomes a list', { a: { b: 1 } }, { a: [1] }, { a: [1] }],
    ['an object becomes empty', { a: { b: 1 } }, { a: {} }, { a: { b: null } }],
    ['absent and null are the same', { a: null }, {}, undefined],
  ] as const)('when %s', ([, before, after, patch]) => {
    expect(mergePatch(before, after)).toEqual(patch);
  });

  test('turns one state into the other, for any two', () => {
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 3 }, fc.integer({ min: 0, max: 3 }), fc.array(fc.integer()), tie('object')),
      object: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('value')),
    }));
    const object = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), value);
    fc.assert(
      fc.property(object, object, (before, after) => {
        const patch = mergePatch(before, after);
        expect(patch === undefined ? before : applied(before, patch)).toEqual(after);
      }),
    );
  });
});

describe('objectPatch', () => {
  test('has metadata and spec, not the status', () => {
    const after: Thing = {
      ...aThing,
      metadata: { ...aThing.metadata, labels: { keep: '1', add: '3' }, finalizers: ['x'] },
      spec: { size: 2 },
      status: { nodeName: 'n' },
    };
    expect(objectPatch(aThing, after)).toEqual({
      metadata: { labels: { add: '3', drop: null }, finalizers: ['x'] },
      spec: { size: 2 },
    });
  });

  test('carries the version it was computed from, where it locks', () => {
    const after: Thing = { ...aThing, metadata: { ...aThing.metadata, finalizers: [] } };
    expect(objectPatch(aThing, after, { lock: true })).toEqual({ metadata: { finalizers: [], resourceVersion: '7' } });
  });

  test('is undefined when there is nothing to write, also where it locks', () => {
    expect(objectPatch(aThing, { ...aThing, status: { nodeName: 'n' } }, { lock: true })).toBeUndefined();
  });
});

describe('statusPatch', () => {
  test('has the status alone, field by field', () => {
    const before: Thing = { ...aThing, status: { conditions: ['old'] } };
    const after: Thing = { ...aThing, spec: { size: 9 }, status: { conditions: ['old'], nodeName: 'n' } };
    expect(statusPatch(before, after)).toEqual({ status: { nodeName: 'n' } });
  });

  test('replaces conditions whole, with the lock that this needs', () => {
    const after: Thing = { ...aThing, status: { conditions: ['new'] } };
    expect(statusPatch(aThing, after, { lock: true })).toEqual({
      status: { conditions: ['new'] },
      metadata: { resourceVersion: '7' },
    });
  });

  test('is undefined when the status is the same', () => {
    expect(statusPatch(aThing, { ...aThing, spec: { size: 2 } })).toBeUndefined();
  });
});
