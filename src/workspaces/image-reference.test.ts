import { expect, it } from 'vitest';
import { imageMistake } from './image-reference.ts';

it.each([
  'busybox',
  'busybox:1',
  'library/busybox',
  'registry.example/a/b_c:V1.0',
  'localhost/a',
  'localhost:5000/a:1',
  'Registry.Example:443/a',
  `a/b@sha256:${'0'.repeat(64)}`,
  'a/b:tag@sha256:0123456789abcdef0123456789abcdef',
])('imageMistake takes %s', (image) => {
  expect(imageMistake(image)).toBeUndefined();
});

it.each([
  ['ACR_REPO_HERE.azurecr.io/IMAGE_NAME_HERE:0.0.1', 'is no registry'],
  ['registry.example/IMAGE:1', 'repository name must be lowercase'],
  ['Busybox', 'repository name must be lowercase'],
  ['a/b:', 'is no tag'],
  ['a//b', 'cannot stand in a repository name'],
  ['a b', 'cannot stand in a repository name'],
  ['a@sha256:12', 'is no digest'],
  ['', 'cannot stand in a repository name'],
])('imageMistake says what is wrong with "%s"', (image, why) => {
  expect(imageMistake(image)).toContain(why);
});
