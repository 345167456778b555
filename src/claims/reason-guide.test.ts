import { describe, expect, test } from 'vitest';
import { causeGuides } from '../azure/cause-guides.ts';
import { causeReasons } from '../azure/cause-table.ts';
import { causeOf } from '../azure/causes.ts';
import { cluster } from './guides/cluster.ts';
import { deletion } from './guides/deletion.ts';
import { gpus } from './guides/gpus.ts';
import { launching } from './guides/launching.ts';
import { nodes } from './guides/nodes.ts';
import { process } from './guides/process.ts';
import { guideOf, reasonRows } from './reason-guide.ts';
import { reasons } from './reasons.ts';

describe('guideOf', () => {
  test.each([...Object.values(reasons), ...causeReasons, causeOf(new TypeError('x')).reason])('knows %s', (reason) => {
    const { means, todo } = guideOf(reason) ?? { means: '', todo: '' };
    // `why` shows both on one screen.
    for (const text of [means, todo]) expect(text).toMatch(/^[A-Z].{5,219}[.]$/su);
  });

  test('says nothing of a reason that is none of ours', () => {
    expect(guideOf('NoSuchReason')).toBeUndefined();
    expect(guideOf('toString')).toBeUndefined();
  });

  test('the part about Azure has no reason that the error table never gives', () => {
    const given = new Set<string>([...causeReasons, causeOf(new TypeError('x')).reason]);
    expect(Object.keys(causeGuides).filter((reason) => !given.has(reason))).toEqual([]);
  });

  test('no reason is told of in two places', () => {
    const parts = [launching, nodes, gpus, deletion, cluster, process].flatMap((part) => Object.keys(part));
    expect(parts).toHaveLength(new Set(parts).size);
    const shared = Object.keys(causeGuides).filter((reason) => parts.includes(reason));
    expect(shared).toEqual(['AwaitingAzure']);
    expect(reasonRows.size).toBe(parts.length + Object.keys(causeGuides).length - shared.length);
  });
});
