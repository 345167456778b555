import { describe, expect, it } from 'vitest';
import data from './gpu-sizes.json' with { type: 'json' };
import { gpuCatalogue, gpuSizes, hasGpu, isLargeSize } from './catalogue.ts';

describe('gpuCatalogue', () => {
  it('holds every size of the file, once', () => {
    expect(gpuSizes).toHaveLength(data.sizes.length);
    expect(new Set(gpuSizes.map(({ size }) => size.toLowerCase())).size).toBe(58);
  });

  it('finds a size in any case', () => {
    expect(gpuCatalogue.find('standard_ND96ISR_h100_v5')).toMatchObject({
      gpuCount: 8,
      gpuMemoryGiB: 640,
      vendor: 'NVIDIA',
    });
    expect(gpuCatalogue.find('Standard_D4s_v5')).toBeUndefined();
  });

  it('names for each retired size one that is offered', () => {
    const retired = gpuSizes.filter(({ status }) => status === 'retired');
    expect(retired.map(({ series }) => series)).toEqual(expect.arrayContaining(['NCv3', 'NVv3', 'NVv4']));
    for (const { successor, retiredOn } of retired) {
      expect(gpuCatalogue.find(successor ?? '')).toMatchObject({ status: 'current' });
      expect(retiredOn).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
  });

  it('has plausible numbers', () => {
    for (const { gpuCount, vcpus, memoryGiB, gpuFraction = 1, usdPerHour = 1 } of gpuSizes) {
      expect(gpuCount).toBeGreaterThanOrEqual(1);
      expect(vcpus * memoryGiB).toBeGreaterThan(0);
      expect(gpuFraction).toBeGreaterThan(0);
      expect(gpuFraction).toBeLessThanOrEqual(1);
      expect(usdPerHour).toBeGreaterThan(0);
    }
  });
});

describe('hasGpu', () => {
  it.each([
    ['Standard_NC6s_v3', true],
    ['standard_nd96isr_h100_v5', true],
    ['Standard_NP10s', false],
    ['Standard_D4s_v5', false],
    ['Basic_N1', false],
  ])('%s: %s', (size, expected) => {
    expect(hasGpu(size)).toBe(expected);
  });
});

describe('isLargeSize', () => {
  it.each([
    ['Standard_ND96isr_H100_v5', true],
    ['standard_nd_unknown', true],
    ['Standard_NC96ads_A100_v4', false],
    ['Standard_D4s_v5', false],
  ])('%s: %s', (size, expected) => {
    expect(isLargeSize(size)).toBe(expected);
  });
});
