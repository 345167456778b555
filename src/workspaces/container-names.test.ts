import { expect, test } from 'vitest';
import { aWorkspace } from '../../test/support/workspaces.ts';
import { takenName } from './container-names.ts';

const preset = { name: 'phi-3-mini-4k-instruct' };
const adapters = ['one', 'phi'].map((name) => ({ source: { name, image: 'registry.example/one:1' } }));

test('an adapter may not have the name of its Workspace, which the container of the model has', () => {
  expect(takenName(aWorkspace({ inference: { preset, adapters } }))).toBe(
    'inference.adapters[1].source.name "phi" is the name of the Workspace, which the container of the model has. Give the adapter another name',
  );
  expect(takenName(aWorkspace({ name: 'other', inference: { preset, adapters } }))).toBeUndefined();
});

test('pods of a template have no adapters', () => {
  expect(takenName(aWorkspace({ inference: { template: {}, adapters } }))).toBeUndefined();
});

test.each([
  ['pusher', {}, true],
  ['data-downloader', {}, true],
  ['data-downloader', { input: { image: 'registry.example/data:1' } }, false],
  ['data-extractor', { input: { image: 'registry.example/data:1' } }, true],
  ['data-extractor', {}, false],
  ['phi', {}, false],
])('a tuning named %s with %j', (name, tuning, isTaken) => {
  const words = `The name "${name}" is one that a container of every tuning like this has. Give the Workspace another name`;
  expect(takenName(aWorkspace({ name, tuning }))).toBe(isTaken ? words : undefined);
});

test('a model that is served may have the name of a container that only tunings have', () => {
  expect(takenName(aWorkspace({ name: 'pusher' }))).toBeUndefined();
});
