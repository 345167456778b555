// What the CRD of Workspaces refuses: one mistake or more for each of its rules, and any Workspace that its fields allow.
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { parse } from 'yaml';
import { isObject, type JsonObject } from '../../hack/sandbox/aks/json.ts';

const resource = { labelSelector: { matchLabels: { apps: 'phi' } } };
const preset = { name: 'phi-3-mini-4k-instruct' };
const inference = { preset };
const tuning = {
  preset: { name: 'phi-3-mini-128k-instruct' },
  method: 'QLoRA',
  input: { urls: ['https://data.example/x'] },
  output: { image: 'r.example/a:1', imagePushSecret: 's' },
};
const adapter = { source: { name: 'a', image: 'r.example/a:1' } };
const full = 'Invalid image format, require full';

function adapted(...adapters: readonly object[]): object {
  return { inference: { ...inference, adapters } };
}

function tuned(changes: object): object {
  return { tuning: { ...tuning, ...changes } };
}

/** Fields of Workspaces that are right. */
export const faultless = { resource, inference, tuning, adapter } as const;

export interface SpecMistake {
  /** In the words of KAITO's webhook. */
  readonly message: string;
  readonly spec: object;
}

export const mistakes: readonly SpecMistake[] = (
  [
    ['Either Inference or Tuning must be specified, not neither', {}],
    ['Either Inference or Tuning must be specified, but not both', { inference, tuning }],
    ['Preset or Template must be specified', { inference: {} }],
    ['Preset and Template cannot be set at the same time', { inference: { preset, template: {} } }],
    [
      'When AccessMode is private, an image must be provided in PresetOptions',
      { inference: { preset: { ...preset, accessMode: 'private' } } },
    ],
    [
      'When AccessMode is private, an image must be provided in PresetOptions',
      tuned({ preset: { ...preset, accessMode: 'private', presetOptions: { image: '' } } }),
    ],
    [
      'labelSelector must be labels, so each of matchExpressions must say In with one value',
      { inference, resource: { labelSelector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } } },
    ],
    ['Duplicate adapter source name found', adapted(adapter, adapter)],
    [
      'Number of Adapters exceeds the maximum limit, maximum of 10 allowed',
      adapted(...Array.from({ length: 11 }, (_, index) => ({ source: { name: `a${index}`, image: 'r/a:1' } }))),
    ],
    ['Strength must be a number between 0 and 1', adapted({ ...adapter, strength: '1.01' })],
    ['Strength must be a number between 0 and 1', adapted({ ...adapter, strength: 'much' })],
    ['Adapter must have a name, of lower case letters, digits and dashes', adapted({ source: { image: 'r/a:1' } })],
    ['Volume support is not implemented yet', adapted({ source: { ...adapter.source, volumeSource: {} } })],
    ['Adapter must come from an image', adapted({ source: { name: 'a' } })],
    [`${full} input image URL`, adapted({ source: { name: 'a', image: 'a' } })],
    ['invalid value Method, it must be lora or qlora', tuned({ method: 'full' })],
    [
      'Tuning does not currently support multinode configurations, so that resource.count must be 1',
      { tuning, resource: { ...resource, count: 2 } },
    ],
    ['Exactly one of URLs, Volume, or Image must be specified', tuned({ input: {} })],
    [
      'Exactly one of URLs, Volume, or Image must be specified',
      tuned({ input: { urls: ['https://a'], image: 'r/a:1' } }),
    ],
    ['Volume support is not implemented yet', tuned({ input: { volumeSource: {} } })],
    [`${full} input image URL`, tuned({ input: { image: 'a' } })],
    ['Volume support is not implemented yet', tuned({ output: { ...tuning.output, volumeSource: {} } })],
    ['Must specify imagePushSecret with destination image', tuned({ output: { image: 'r/a:1' } })],
    ['At least one of Volume or Image must be specified', tuned({ output: {} })],
    [`${full} output image URL`, tuned({ output: { image: 'a', imagePushSecret: 's' } })],
  ] as const
).map(([message, spec]) => ({ message, spec }));

/** Fields that our CRD requires, and KAITO's does not. */
export const missing: readonly SpecMistake[] = [
  { message: 'resource: Required value', spec: { inference, resource: undefined } },
  { message: 'inference.adapters[0].source: Required value', spec: adapted({ strength: '0.5' }) },
  { message: 'tuning.preset: Required value', spec: tuned({ preset: undefined }) },
  { message: 'tuning.method: Required value', spec: tuned({ method: undefined }) },
  { message: 'tuning.input: Required value', spec: tuned({ input: undefined }) },
  { message: 'tuning.output: Required value', spec: tuned({ output: undefined }) },
];

/** Each field is there or not. */
function anyOf<T>(fields: { readonly [Key in keyof T]: fc.Arbitrary<T[Key]> }): fc.Arbitrary<object> {
  return fc.record(fields, { requiredKeys: [] });
}

const image = fc.constantFrom('', 'a', 'r.example/a:1', 'r.example/A_HERE:1');
const volumeSource = fc.constant({});
const urls = fc.array(fc.constant('https://data.example/x'), { maxLength: 2 });
const anyPreset = fc.record(
  {
    name: fc.constantFrom('phi-3-mini-4k-instruct', 'phi-3-mini-128k-instruct', 'llama-2-13b', 'falcon-40b', 'gpt'),
    accessMode: fc.constantFrom('public', 'private'),
    presetOptions: anyOf({ image }),
  },
  { requiredKeys: ['name'] },
);
const anyAdapter = fc.oneof(
  fc.constant(adapter),
  anyOf({
    source: anyOf({ name: fc.constantFrom('a', 'b', '', 'A', 'a'.repeat(63)), image, urls, volumeSource }),
    strength: fc.constantFrom('0', '1.0', '.5', '7', '', '-1'),
  }),
);

/** Whatever KAITO's CRD lets in, which has the types of the fields and little else. */
export const anyWorkspaceSpec: fc.Arbitrary<object> = anyOf({
  resource: fc.oneof(
    fc.constant(resource),
    anyOf({
      count: fc.integer({ min: -1, max: 102 }),
      instanceType: fc.constantFrom('Standard_NC24ads_A100_v4', 'Standard_ND96asr_v4', 'Standard_D4s_v3'),
      labelSelector: anyOf({
        matchLabels: fc.constantFrom({}, { apps: 'phi' }),
        matchExpressions: fc.array(
          fc.record(
            {
              key: fc.constantFrom('a', 'b'),
              operator: fc.constantFrom('In', 'Exists'),
              values: fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 }),
            },
            { requiredKeys: ['key', 'operator'] },
          ),
          { maxLength: 2 },
        ),
      }),
      preferredNodes: fc.constantFrom([], ['node-a']),
    }),
  ),
  inference: fc.oneof(
    fc.constant(inference),
    anyOf({
      preset: anyPreset,
      template: fc.constantFrom({}, { metadata: 'x', spec: { tolerations: {} } }),
      adapters: fc.array(anyAdapter, { maxLength: 11 }),
    }),
  ),
  tuning: fc.oneof(
    fc.constant(tuning),
    anyOf({
      preset: anyPreset,
      method: fc.constantFrom('lora', 'QLoRA', 'full', ''),
      config: fc.constantFrom('', 'mine'),
      input: fc.oneof(fc.constant(tuning.input), anyOf({ urls, image, volumeSource })),
      output: fc.oneof(
        fc.constant(tuning.output),
        anyOf({ image, imagePushSecret: fc.constantFrom('', 's'), volumeSource }),
      ),
    }),
  ),
});

const rulesOfOurs: ReadonlySet<string> = new Set(['x-kubernetes-validations', 'required', 'minimum', 'maximum']);

/** The CRD as KAITO's chart leaves it behind: with the fields, and without the rules that its webhook had. */
export async function definitionWithoutRules(): Promise<JsonObject> {
  const file = new URL('../../crds/kaito.sh_workspaces.yaml', import.meta.url);
  const definition = withoutRules(parse(await readFile(file, 'utf8')));
  if (!isObject(definition)) throw new TypeError('The CRD of Workspaces is no object');
  return definition;
}

function withoutRules(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withoutRules);
  if (!isObject(json)) return json;
  const kept = Object.entries(json).filter(([key]) => !rulesOfOurs.has(key));
  // The list of conditions needs its key.
  return Object.fromEntries(kept.map(([key, value]) => [key, key === 'status' ? value : withoutRules(value)]));
}
