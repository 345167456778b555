import { describe, expect, test } from 'vitest';
import type { ClaimKind } from '../apis/claim.ts';
import { conditionsOf } from './faces.ts';
import type { Face } from './faces.ts';

const why = { reason: 'Because', message: 'of this' };

/** L R I Ready, one letter each: T, F or U. */
function letters(face: Face, kind: ClaimKind): string {
  return conditionsOf(face, kind, [])
    .map(({ status }) => status[0])
    .join('');
}

describe('conditionsOf', () => {
  test.each([
    ['waiting', 'UUFF', 'UUUU'],
    ['refused', 'FUFF', 'FUUF'],
    ['joining', 'TFFF', 'TUUU'],
    ['initializing', 'TTFF', 'TTUU'],
    ['notReady', 'TTFF', 'TTFF'],
    ['replacing', 'TFFF', 'TUUU'],
    ['lost', 'FFFF', 'FUUF'],
  ] as const)('%s shows %s on a Machine and %s on a NodeClaim', (face, machine, nodeClaim) => {
    expect(letters({ face, ...why }, 'Machine')).toBe(machine);
    expect(letters({ face, ...why }, 'NodeClaim')).toBe(nodeClaim);
  });

  test('ready shows all True, without a message', () => {
    expect(letters({ face: 'ready' }, 'Machine')).toBe('TTTT');
    expect(conditionsOf({ face: 'ready' }, 'Machine', []).map(({ message }) => message)).toEqual(['', '', '', '']);
  });

  test('Ready says what the first condition that is not True says', () => {
    expect(conditionsOf({ face: 'initializing', ...why }, 'Machine', [])).toContainEqual({
      type: 'Ready',
      status: 'False',
      ...why,
    });
    expect(conditionsOf({ face: 'refused', ...why }, 'NodeClaim', []).at(-1)).toMatchObject(why);
  });

  test('keep leaves what is there, and takes Initialized away together with Ready', () => {
    const had = conditionsOf({ face: 'ready' }, 'Machine', []);
    expect(conditionsOf({ face: 'keep', nodeReady: true, ...why }, 'Machine', had)).toEqual(had);
    const lost = conditionsOf({ face: 'keep', nodeReady: false, ...why }, 'Machine', had);
    expect(lost.map(({ status }) => status)).toEqual(['True', 'True', 'False', 'False']);
    const refused = conditionsOf({ face: 'refused', ...why }, 'Machine', []);
    expect(conditionsOf({ face: 'keep', nodeReady: false, reason: 'Other', message: '' }, 'Machine', refused)).toEqual(
      refused,
    );
  });

  test('a deleting claim keeps what it says', () => {
    expect(conditionsOf({ face: 'none' }, 'Machine', [])).toEqual([]);
  });
});
