import { expect, test } from 'vitest';
import { anEmbeddedApi } from '../../test/support/embedded-api.ts';
import { aWorkspace } from '../../test/support/workspaces.ts';
import { configMaps, secrets } from '../apis/resource.ts';
import type { Workspace } from '../apis/workspace.gen.ts';
import { lookUp } from './prerequisites.ts';

const { signal } = new AbortController();

function inDefault(workspace: Workspace): Workspace {
  return { ...workspace, metadata: { ...workspace.metadata, namespace: 'default' } };
}

test('lookUp names each Secret that is missing, and one whose name nothing can have', async () => {
  const world = await anEmbeddedApi();
  await world.create(secrets, { metadata: { name: 'there', namespace: 'default' } });
  const adapters = ['there', 'absent', 'Not A Name'].map((name, index) => ({
    source: { name: `a${index}`, image: 'r.example/a:1', imagePullSecrets: [name] },
    strength: '1.0',
  }));
  const preset = { name: 'phi-2', accessMode: 'public' as const };
  const workspace = inDefault(aWorkspace({ inference: { preset, adapters } }));
  const { missingSecrets } = await lookUp(workspace, { kube: world.client, signal });
  expect(missingSecrets).toEqual(['Not A Name', 'absent']);
});

test('lookUp knows a Secret that nothing can be pushed with', async () => {
  const world = await anEmbeddedApi();
  const workspace = inDefault(aWorkspace({ tuning: {} }));
  const call = { kube: world.client, signal };
  const name = { name: 'push', namespace: 'default' };
  await world.create(secrets, { metadata: name, type: 'Opaque', data: { password: 'eA==' } });
  expect(await lookUp(workspace, call)).toMatchObject({ missingSecrets: [], unfitSecret: 'push' });
  await world.client.delete(secrets, name, { signal });
  await world.create(secrets, { metadata: name, data: { '.dockerconfigjson': 'e30=' } });
  expect((await lookUp(workspace, call)).unfitSecret).toBeUndefined();
});

test('lookUp looks for the settings that a model names, and else for those of all', async () => {
  const world = await anEmbeddedApi();
  const call = { kube: world.client, signal };
  const preset = { name: 'phi-2', accessMode: 'public' as const };
  for (const [config, name] of [
    ['mine', 'mine'],
    ['', 'inference-params-template'],
  ] as const) {
    const workspace = inDefault(aWorkspace({ inference: { preset, config } }));
    expect((await lookUp(workspace, call)).inferenceConfig).toBe(false);
    await world.create(configMaps, { metadata: { name, namespace: 'default' }, data: {} });
    expect((await lookUp(workspace, call)).inferenceConfig).toBe(true);
  }
});

test('lookUp checks the settings that a tuning names, and knows when there are none', async () => {
  const world = await anEmbeddedApi();
  const workspace = inDefault(aWorkspace({ tuning: { config: 'mine' } }));
  const call = { kube: world.client, signal };
  expect((await lookUp(workspace, call)).tuningConfig).toBeUndefined();
  await world.create(configMaps, {
    metadata: { name: 'mine', namespace: 'default' },
    data: { 'training_config.yaml': 'training_config:\n  Odd: {}\n' },
  });
  expect((await lookUp(workspace, call)).tuningConfig).toMatchObject({
    ok: false,
    message: expect.stringContaining('Unrecognized section: Odd'),
  });
});
