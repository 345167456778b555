import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { objectAt } from '../../hack/sandbox/aks/json.ts';
import data from './presets.json' with { type: 'json' };
import { InvalidPresets, presetsOf } from './presets.ts';

const mine = {
  name: 'mine',
  inference: { disk: '20Gi', gpus: 1, totalGpuMemory: '8Gi', image: 'r.example/mine:1', command: 'serve' },
};

describe('presetsOf', () => {
  it.each(['v0.3.0', 'v0.4.1'] as const)('knows every preset of %s', (release) => {
    const presets = presetsOf(release);
    for (const { name } of data.releases[release].presets) expect(presets.find(name)?.name).toBe(name);
    expect(presets.find('PHI-2')).toBeUndefined();
  });

  it('takes presets of users, also in place of its own', () => {
    const presets = presetsOf('v0.3.0', JSON.stringify([mine, { ...mine, name: 'phi-2' }]));
    expect(presets.find('mine')?.inference).toMatchObject({
      image: 'r.example/mine:1',
      access: 'public',
      readyMinutes: 30,
    });
    expect(presets.find('phi-2')?.inference.image).toBe('r.example/mine:1');
    expect(presets.find('mine')?.tuning).toBeUndefined();
  });

  it.each([
    ['no JSON', 'x', 'they are not JSON'],
    ['no list', '{}', 'they are not a list'],
    ['no name', '[{}]', 'it has no name'],
    ['a workload that is none', JSON.stringify([{ ...mine, workload: 'Pod' }]), 'workload is neither'],
    [
      'a disk that is no quantity',
      JSON.stringify([{ ...mine, inference: { ...mine.inference, disk: 'x' } }]),
      'disk is not a quantity',
    ],
    [
      'half a GPU',
      JSON.stringify([{ ...mine, inference: { ...mine.inference, gpus: 0.5 } }]),
      'gpus is not a whole number',
    ],
  ])('refuses %s, and says where', (_, text, why) => {
    expect(() => presetsOf('v0.3.0', text)).toThrow(InvalidPresets);
    expect(() => presetsOf('v0.3.0', text)).toThrow(why);
  });
});

const quantity = fc.constantFrom<unknown>('50Gi', '400', '.5G', '1e3', '50GB', '', 'x', '9'.repeat(65), 50);
const count = fc.constantFrom<unknown>(1, 8, 0, 0.5, -1, '1');
const text = fc.constantFrom<unknown>('', 'x', 1, null);
const texts = fc.constantFrom<unknown>({}, { a: 'b' }, { a: 1 }, [], 'x');
const right = { disk: '50Gi', gpus: 1, totalGpuMemory: '16Gi', command: 'serve' };
const anyNeeds = fc
  .record(
    {
      disk: quantity,
      gpus: count,
      totalGpuMemory: quantity,
      perGpuMemory: quantity,
      access: fc.constantFrom<unknown>('public', 'private', 'Public', null),
      tag: text,
      image: text,
      command: text,
      readyMinutes: count,
      worldSize: count,
      params: texts,
      vllmParams: texts,
      tensorParallel: fc.constantFrom<unknown>(true, false, 'true'),
    },
    { requiredKeys: [] },
  )
  .chain((wild) => fc.subarray(Object.entries(wild), { maxLength: 2 }))
  .chain((fields) => fc.constantFrom({ ...right, ...Object.fromEntries(fields) }, Object.fromEntries(fields)));
const anyPreset = fc.record(
  {
    name: fc.constantFrom<unknown>('mine', 'mine', '', 1),
    workload: fc.constantFrom<unknown>('Deployment', 'StatefulSet', 'Pod'),
    inference: anyNeeds,
    tuning: anyNeeds,
  },
  { requiredKeys: [] },
);

function isRead(presets: readonly object[]): boolean {
  try {
    presetsOf('v0.3.0', JSON.stringify(presets));
    return true;
  } catch (error) {
    if (error instanceof InvalidPresets) return false;
    throw error;
  }
}

describe("the chart's schema of presets", () => {
  const url = new URL('../../charts/gpu-provisioner/values.schema.json', import.meta.url);
  const schema: unknown = JSON.parse(readFileSync(url, 'utf8'));
  const property = objectAt(objectAt(objectAt(objectAt(schema, 'properties'), 'workspace'), 'properties'), 'presets');
  const isTaken = new Ajv({ allowUnionTypes: true }).compile({
    definitions: objectAt(schema, 'definitions'),
    ...property,
  });

  it('takes what the controller reads, and nothing else', () => {
    fc.assert(
      fc.property(anyPreset, (preset) => {
        expect({ preset, isTaken: isTaken([preset]) }).toEqual({ preset, isTaken: isRead([preset]) });
      }),
    );
  });

  it.each([
    ['of the preset', { ...mine, worklod: 'StatefulSet' }],
    ['of what it needs', { ...mine, inference: { ...mine.inference, readyMinuts: 60 } }],
  ])('refuses a name that is no field %s, which the controller would pass over', (_, preset) => {
    expect(isTaken([mine])).toBe(true);
    expect(isTaken([preset])).toBe(false);
    expect(isRead([preset])).toBe(true);
  });
});
