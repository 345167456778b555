// What the CRD of Workspaces refuses, in the words of KAITO's webhook, which is thus not needed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyDefinitions } from '../../hack/sandbox/definitions.ts';
import { startKubeApi, type KubeApi } from '../../hack/sandbox/kube/server.ts';
import { textAt, type JsonObject } from '../../hack/sandbox/aks/json.ts';
import { Api } from '../../hack/sandbox/nodes/api.ts';
import { faultless, mistakes } from '../support/workspace-mistakes.ts';

const path = '/apis/kaito.sh/v1alpha1/namespaces/default/workspaces';
const { signal } = new AbortController();
let server: KubeApi;
let api: Api;

beforeAll(async () => {
  server = await startKubeApi({ insecure: true });
  await applyDefinitions(server, new URL('../../crds', import.meta.url).pathname);
  api = new Api(server);
});

afterAll(async () => {
  await api.close();
  await server.close();
});

const { adapter, inference, resource, tuning } = faultless;

let count = 0;

/** The server's answer to a creation. */
async function create(spec: object): Promise<{ readonly status: number; readonly body: JsonObject }> {
  count += 1;
  return api.post(
    path,
    { apiVersion: 'kaito.sh/v1alpha1', kind: 'Workspace', metadata: { name: `w${count}` }, resource, ...spec },
    signal,
  );
}

/** The server's words to a change of a Workspace that it took. */
async function change(spec: object, patch: object): Promise<string> {
  expect(await create(spec)).toMatchObject({ status: 201 });
  const { status, body } = await api.merge(`${path}/w${count}`, patch, signal);
  expect(status).toBe(422);
  return textAt(body, 'message') ?? '';
}

describe('a Workspace', () => {
  it('has the defaults of KAITO v0.3.0', async () => {
    const { body } = await create({ inference: { ...inference, adapters: [adapter] } });
    expect(body).toMatchObject({
      resource: { count: 1, instanceType: 'Standard_NC12s_v3' },
      inference: { preset: { accessMode: 'public' }, adapters: [{ strength: '1.0' }] },
    });
  });

  it.each<[string, object]>([
    ['a method in any case', { tuning }],
    ['a template', { inference: { template: { spec: { containers: [] } } } }],
    [
      'labels as expressions',
      { inference, resource: { labelSelector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] } } },
    ],
    ['the settings of v0.4', { inference: { ...inference, config: 'mine' } }],
  ])('takes %s', async (_, spec) => {
    expect(await create(spec)).toMatchObject({ status: 201 });
  });

  it.each(mistakes)('is refused with "$message"', async ({ message, spec }) => {
    const { status, body } = await create(spec);
    expect(status).toBe(422);
    expect(textAt(body, 'message')).toContain(message);
  });

  it.each<[string, object, object]>([
    ['field is immutable', { inference }, { resource: { count: 2 } }],
    ['field is immutable', { inference }, { resource: { instanceType: 'Standard_NC24ads_A100_v4' } }],
    ['field is immutable', { inference }, { resource: { labelSelector: { matchLabels: { apps: 'other' } } } }],
    ['field is immutable', { inference }, { inference: { preset: { name: 'falcon-7b' } } }],
    ['Inference field cannot be toggled once set', { inference }, { inference: null, tuning }],
    ['Tuning field cannot be toggled once set', { tuning }, { tuning: null, inference }],
  ])('answers a change with "%s"', async (words, spec, patch) => {
    expect(await change(spec, patch)).toContain(words);
  });
});
