// What the CRD of Workspaces refuses, in the words of KAITO's webhook, which is thus not needed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyDefinitions } from '../../hack/sandbox/definitions.ts';
import { startKubeApi, type KubeApi } from '../../hack/sandbox/kube/server.ts';
import { textAt, type JsonObject } from '../../hack/sandbox/aks/json.ts';
import { Api } from '../../hack/sandbox/nodes/api.ts';

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

const resource = { labelSelector: { matchLabels: { apps: 'phi' } } };
const inference = { preset: { name: 'phi-2' } };
const tuning = {
  preset: { name: 'phi-2' },
  method: 'QLoRA',
  input: { urls: ['https://data.example/x'] },
  output: { image: 'r.example/a:1', imagePushSecret: 's' },
};
const adapter = { source: { name: 'a', image: 'r.example/a:1' } };

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

  it.each<[string, object]>([
    ['Either Inference or Tuning must be specified, not neither', {}],
    ['Either Inference or Tuning must be specified, but not both', { inference, tuning }],
    ['Preset or Template must be specified', { inference: {} }],
    ['Preset and Template cannot be set at the same time', { inference: { ...inference, template: {} } }],
    [
      'When AccessMode is private, an image must be provided in PresetOptions',
      { inference: { preset: { name: 'x', accessMode: 'private' } } },
    ],
    [
      'must say In with one value',
      { inference, resource: { labelSelector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } } },
    ],
    ['Duplicate adapter source name found', { inference: { ...inference, adapters: [adapter, adapter] } }],
    [
      'Number of Adapters exceeds the maximum limit, maximum of 10 allowed',
      {
        inference: {
          ...inference,
          adapters: Array.from({ length: 11 }, (_, index) => ({ source: { name: `a${index}`, image: 'r/a:1' } })),
        },
      },
    ],
    [
      'Strength must be a number between 0 and 1',
      { inference: { ...inference, adapters: [{ ...adapter, strength: '1.01' }] } },
    ],
    [
      'Strength must be a number between 0 and 1',
      { inference: { ...inference, adapters: [{ ...adapter, strength: 'much' }] } },
    ],
    ['Adapter must have a name', { inference: { ...inference, adapters: [{ source: { image: 'r/a:1' } }] } }],
    [
      'Invalid image format, require full input image URL',
      { inference: { ...inference, adapters: [{ source: { name: 'a', image: 'a' } }] } },
    ],
    ['invalid value Method', { tuning: { ...tuning, method: 'full' } }],
    ['Tuning does not currently support multinode configurations', { tuning, resource: { ...resource, count: 2 } }],
    ['Exactly one of URLs, Volume, or Image must be specified', { tuning: { ...tuning, input: {} } }],
    [
      'Exactly one of URLs, Volume, or Image must be specified',
      { tuning: { ...tuning, input: { urls: ['https://a'], image: 'r/a:1' } } },
    ],
    ['Volume support is not implemented yet', { tuning: { ...tuning, input: { volumeSource: {} } } }],
    ['Must specify imagePushSecret with destination image', { tuning: { ...tuning, output: { image: 'r/a:1' } } }],
    ['At least one of Volume or Image must be specified', { tuning: { ...tuning, output: {} } }],
  ])('is refused with "%s"', async (words, spec) => {
    const { status, body } = await create(spec);
    expect(status).toBe(422);
    expect(textAt(body, 'message')).toContain(words);
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
