import { describe, expect, it } from 'vitest';
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
