import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { roomiestFolder } from './folder.ts';

test.for([
  ['in memory where that has room', { memory: '/proc', bytes: 0 }, '/proc'],
  ['on disk where memory has none', { memory: '/proc', bytes: 1 }, tmpdir()],
  ['on disk where there is no file system in memory', { memory: '/no/such/folder', bytes: 0 }, tmpdir()],
] as const)('the files of a control plane are %s', async ([, room, folder]) => {
  expect(await roomiestFolder(room)).toBe(folder);
});
