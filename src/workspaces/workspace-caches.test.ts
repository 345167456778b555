import { expect, onTestFinished, test, vi } from 'vitest';
import { anEmbeddedApi } from '../../test/support/embedded-api.ts';
import { silent } from '../../test/support/kube-fixture.ts';
import { deployments } from '../apis/resource.ts';
import { systemClock } from '../clock.ts';
import { createMetrics } from '../observability/metrics.ts';
import { WorkspaceCaches } from './workspace-caches.ts';

const { signal } = new AbortController();
const patience = { timeout: 20_000, interval: 10 } as const;
const labels = { 'kaito.sh/workspace': 'phi' };

function aDeployment(name: string, own: Readonly<Record<string, string>>): object {
  const containers = [{ name: 'main', image: 'registry.example/model:1', command: ['serve'] }];
  const template = { metadata: { labels: own }, spec: { containers } };
  return { metadata: { name, namespace: 'default', labels: own }, spec: { selector: { matchLabels: own }, template } };
}

test('WorkspaceCaches keep of a foreign Deployment what it runs, and wake the Workspace whose Deployment loses its label', async () => {
  const world = await anEmbeddedApi();
  const { client } = world;
  await world.create(deployments, aDeployment('phi', labels), aDeployment('other', { app: 'other' }));
  const caches = new WorkspaceCaches({
    kube: client,
    clock: systemClock,
    log: silent,
    metrics: createMetrics(),
    random: () => 0,
  });
  const woken: string[] = [];
  caches.onChange((key) => woken.push(key));
  const stop = new AbortController();
  const running = caches.watch(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  await vi.waitFor(() => expect(caches.deployments.size).toBe(2), patience);
  expect(woken).toEqual(['default/phi']);
  const containers = (key: string) => caches.deployments.get(key)?.spec?.template.spec?.containers;
  expect(containers('default/phi')).toMatchObject([{ command: ['serve'] }]);
  expect(containers('default/other')).toEqual([{ name: 'main', image: 'registry.example/model:1' }]);
  const body = { metadata: { labels: null } };
  await client.patch(deployments, { name: 'phi', namespace: 'default' }, { type: 'merge', body }, { signal });
  await vi.waitFor(() => expect(woken).toEqual(['default/phi', 'default/phi']), patience);
});
