import { describe, expect, it } from 'vitest';
import { gpuCatalogue } from '../azure/catalogue.ts';
import { shortfallOf } from './gpu-needs.ts';
import { presetsOf, type PresetNeeds } from './presets.ts';

const presets = presetsOf('v0.3.0');

function needsOf(name: string): PresetNeeds {
  const needs = presets.find(name)?.inference;
  if (needs === undefined) throw new RangeError(`There is no preset ${name}`);
  return needs;
}

function shortfall(name: string, vmSize: string, count = 1): string | undefined {
  return shortfallOf(name, needsOf(name), { vmSize, count, catalogue: gpuCatalogue });
}

describe('shortfallOf', () => {
  it.each([
    ['phi-3-mini-4k-instruct', 'Standard_NC6s_v3', 1],
    ['falcon-40b', 'Standard_NC48ads_A100_v4', 1],
    ['llama-2-13b', 'Standard_NC24ads_A100_v4', 2],
    // Nobody knows it: AKS decides.
    ['falcon-40b', 'Standard_ND1_v99', 1],
  ])('is none for %s on %s, %d of them', (name, size, count) => {
    expect(shortfall(name, size, count)).toBeUndefined();
  });

  it.each([
    [
      'falcon-40b',
      'Standard_NC24ads_A100_v4',
      'Insufficient number of GPUs: Instance type Standard_NC24ads_A100_v4 provides 1, but preset falcon-40b requires at least 2. Sizes that would do: ',
    ],
    [
      'falcon-40b',
      'Standard_NC12s_v3',
      'Insufficient total GPU memory: Instance type Standard_NC12s_v3 has a total of 32Gi, but preset falcon-40b requires at least 90Gi',
    ],
    [
      'llama-2-70b',
      'Standard_NC64as_T4_v3',
      'Insufficient number of GPUs: Instance type Standard_NC64as_T4_v3 provides 4, but preset llama-2-70b requires at least 8',
    ],
  ])('says for %s on %s what is needed and what is there', (name, size, words) => {
    expect(shortfall(name, size)).toContain(words);
  });

  it('names sizes that have enough themselves, the cheapest first', () => {
    const [, list = ''] = shortfall('falcon-40b', 'Standard_NC24ads_A100_v4')?.split('Sizes that would do: ') ?? [];
    const sizes = list.split(', ');
    expect(sizes).toHaveLength(3);
    expect(sizes.map((size) => shortfall('falcon-40b', size))).toEqual([undefined, undefined, undefined]);
    const prices = sizes.map((size) => gpuCatalogue.find(size)?.usdPerHour ?? Number.POSITIVE_INFINITY);
    expect(prices).toEqual(prices.toSorted((a, b) => a - b));
  });
});
