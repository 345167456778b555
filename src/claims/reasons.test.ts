import { expect, test } from 'vitest';
import { causeReasons } from '../azure/cause-table.ts';
import { reasons } from './reasons.ts';

/** Of the NodeClaim CRD, and of the Workspace into whose status KAITO copies them. */
const pattern = /^[A-Za-z](?:[A-Za-z0-9_,:]*[A-Za-z0-9_])?$/u;

test('N4 every reason is one that the CRD of NodeClaims takes and KAITO can copy', () => {
  const all = [...Object.values(reasons), ...causeReasons];
  expect(all.filter((reason) => !pattern.test(reason))).toEqual([]);
});

test('no reason is the one that KAITO passes over as harmless', () => {
  expect([...Object.values(reasons), ...causeReasons]).not.toContain('AwaitingReconciliation');
});
