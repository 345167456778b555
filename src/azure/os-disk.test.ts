import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accepted, refusal } from '../../test/support/pool-plans.ts';
import type { Claim } from '../apis/claim.ts';

const diskOf = (requests: Claim['spec']['requests']): number | undefined =>
  accepted({ spec: { requests } }).body.osDiskSizeGB;

describe('planPool OS disk', () => {
  it.each([
    [{ storage: '50Gi' }, 50],
    [{ storage: '50G' }, 47],
    [{ storage: '1.5Gi' }, 2],
    [{ storage: 400 }, 400],
    [{ storage: '400' }, 400],
    [{ storage: '100.5' }, 101],
    [{ storage: '53687091200' }, 50],
    [{ storage: '4097' }, 1],
    [{ storage: '2048Gi' }, 2048],
    [{ storage: '2Ti' }, 2048],
    [{ storage: 0 }, undefined],
    [{ storage: '0' }, undefined],
    [{}, undefined],
    [{ cpu: '4' }, undefined],
    [{ 'ephemeral-storage': '120Gi' }, 120],
    [{ storage: '0', 'ephemeral-storage': '120Gi' }, 120],
  ])('M12 N5 %j gives %j', (requests, expected) => {
    expect(diskOf(requests)).toBe(expected);
  });

  it.each([
    [{ storage: '2049Gi' }, '2048 GiB'],
    [{ storage: '4096' }, '2048 GiB'],
    [{ storage: '3Ti' }, '2048 GiB'],
    [{ storage: '-1Gi' }, 'negative'],
    [{ storage: -5 }, 'negative'],
    [{ storage: '50GB' }, 'not a quantity'],
    [{ 'ephemeral-storage': 'much' }, 'not a quantity'],
  ])('%j is refused', (requests, words) => {
    expect(refusal({ spec: { requests } })).toContain(words);
  });

  it('holds what was asked for and not a gibibyte more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4097, max: 2048 * 2 ** 30 }), (bytes) => {
        const gibibytes = diskOf({ storage: `${bytes}` }) ?? 0;
        expect(gibibytes * 2 ** 30).toBeGreaterThanOrEqual(bytes);
        expect((gibibytes - 1) * 2 ** 30).toBeLessThan(bytes);
      }),
    );
  });
});
