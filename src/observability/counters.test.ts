import { describe, expect, test } from 'vitest';
import { counterBy, counterOf } from './counters.ts';
import { createMetrics } from './metrics.ts';

describe('counterOf', () => {
  test('counts from zero, under each of its names', async () => {
    const metrics = createMetrics();
    const count = counterOf(metrics, { name: 'things_total', earlierName: 'things', help: 'Things' });
    expect(await metrics.text()).toMatch(/^things_total 0$/m);
    count();
    const text = await metrics.text();
    expect(text).toMatch(/^things_total 1$/m);
    expect(text).toMatch(/^things 1$/m);
  });
});

describe('counterBy', () => {
  test('shows every value of its label from the start', async () => {
    const metrics = createMetrics();
    const count = counterBy(metrics, {
      name: 'things_total',
      help: 'Things',
      label: 'colour',
      values: ['red', 'blue'],
    });
    count('red');
    const text = await metrics.text();
    expect(text).toContain('things_total{colour="red"} 1');
    expect(text).toContain('things_total{colour="blue"} 0');
  });
});
