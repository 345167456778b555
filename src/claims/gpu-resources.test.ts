import { describe, expect, test } from 'vitest';
import type { Pod } from '../apis/wire.ts';
import { asksForGpu } from './gpu-resources.ts';

type Spec = NonNullable<Pod['spec']>;

function spec(resources: Spec['containers'][number]['resources'], more: Partial<Spec> = {}): Pick<Pod, 'spec'> {
  return { spec: { containers: [{ name: 'c', ...(resources === undefined ? {} : { resources }) }], ...more } };
}

describe('asksForGpu', () => {
  test.each<[string, Pick<Pod, 'spec'>, boolean]>([
    ['nothing', spec(undefined), false],
    ['cpu alone', spec({ requests: { cpu: '8' } }), false],
    ['a limit of one GPU', spec({ limits: { 'nvidia.com/gpu': '1' } }), true],
    ['a request of one GPU', spec({ requests: { 'amd.com/gpu': '1' } }), true],
    ['a part of one', spec({ limits: { 'nvidia.com/mig-1g.10gb': '2' } }), true],
    ['no GPU at all, in so many words', spec({ limits: { 'nvidia.com/gpu': '0' } }), false],
    ['what cannot be read', spec({ limits: { 'nvidia.com/gpu': 'many' } }), false],
    [
      'an init container',
      spec(undefined, { initContainers: [{ name: 'i', resources: { limits: { 'nvidia.com/gpu': '1' } } }] }),
      true,
    ],
    ['a claim on a device', spec(undefined, { resourceClaims: [{ name: 'gpu' }] }), true],
    ['no spec', {}, false],
  ])('%s', (_, pod, asks) => {
    expect(asksForGpu(pod)).toBe(asks);
  });
});
