import { isIPv4 } from 'node:net';
import { expect, test } from 'vitest';
import { addressWithoutNetwork } from './pod-address.ts';

test('addressWithoutNetwork is an address for every pod', () => {
  const addresses = Array.from({ length: 10_000 }, (_, index) => addressWithoutNetwork(`7a7e3ad6-${index}-56387701e`));
  expect(addresses.filter((address) => !isIPv4(address))).toEqual([]);
});
