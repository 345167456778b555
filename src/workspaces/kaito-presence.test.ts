import { readFile } from 'node:fs/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { anEmbeddedApi } from '../../test/support/embedded-api.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { silent } from '../../test/support/kube-fixture.ts';
import { deployments } from '../apis/resource.ts';
import type { KubeClient } from '../kube/client.ts';
import { ServerError } from '../kube/errors.ts';
import { createMetrics } from '../observability/metrics.ts';
import { isKaito, KaitoPresence } from './kaito-presence.ts';
import { WorkspaceCaches } from './workspace-caches.ts';

const { signal } = new AbortController();
const patience = { timeout: 20_000, interval: 10 } as const;
const kaitos = 'mcr.microsoft.com/aks/kaito/workspace:0.3.0';

/** By another name than its chart's, as `nameOverride` and AKS's own add-on have it. */
const renamed = { 'app.kubernetes.io/name': 'kaito' };

function aDeployment(image: string, replicas = 1, labels: Readonly<Record<string, string>> = renamed) {
  return {
    metadata: { name: 'workspace', namespace: 'default', labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'manager', image }] } },
    },
  };
}

/** Watches until the test ends; the lists of Deployments fail as often as `failures` says. */
function look(client: KubeClient, failures = 0): { readonly presence: KaitoPresence; readonly clock: FakeClock } {
  const clock = new FakeClock();
  let left = failures;
  const list: KubeClient['list'] = async (resource, options) => {
    if (resource.plural === deployments.plural) left -= 1;
    if (resource.plural === deployments.plural && left >= 0)
      throw new ServerError('Cannot list deployments: it is ill', { status: 500 });
    return client.list(resource, options);
  };
  const kube = { list, watch: client.watch.bind(client) };
  const caches = new WorkspaceCaches({ kube, clock, log: silent, metrics: createMetrics(), random: () => 0 });
  const presence = new KaitoPresence({ deployments: caches.deployments, log: silent });
  const stop = new AbortController();
  const running = caches.watch(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  return { presence, clock };
}

test.each([
  ["KAITO's", kaitos, 1, { 'app.kubernetes.io/name': 'workspace' }, 'default/workspace'],
  ["KAITO's under another label", kaitos, 1, renamed, 'default/workspace'],
  ["KAITO's with the label of a Workspace", kaitos, 1, { 'kaito.sh/workspace': 'phi' }, 'default/workspace'],
  ["KAITO's from another registry, by digest", 'r.example/kaito/workspace@sha256:0', 1, renamed, 'default/workspace'],
  ["KAITO's without a pod", kaitos, 0, renamed, undefined],
  ["another's of the same name", 'registry.example/other/workspace:1', 1, renamed, undefined],
  ["another's with KAITO's label", 'r.example/mine:1', 1, { 'app.kubernetes.io/name': 'workspace' }, undefined],
])('a Deployment of %s', async (_, image, replicas, labels, found) => {
  const world = await anEmbeddedApi();
  await world.create(deployments, aDeployment(image, replicas, labels));
  const { presence } = look(world.client);
  expect(presence.found).toBe('unknown');
  await vi.waitFor(() => expect(presence.found).toBe(found), patience);
});

test('nothing is known while the API server fails, and it is asked again a second later', async () => {
  const { client } = await anEmbeddedApi();
  const { presence, clock } = look(client, 2);
  await clock.advance(500);
  expect(presence.found).toBe('unknown');
  await vi.waitFor(async () => {
    await clock.advance(1000);
    expect(presence.found).toBeUndefined();
  }, patience);
});

test('a controller that is installed, scaled or uninstalled later is seen at once', async () => {
  const world = await anEmbeddedApi();
  const { presence } = look(world.client);
  await vi.waitFor(() => expect(presence.found).toBeUndefined(), patience);
  const name = { name: 'workspace', namespace: 'default' };
  const scale = async (replicas: number): Promise<void> => {
    await world.client.patch(deployments, name, { type: 'merge', body: { spec: { replicas } } }, { signal });
  };
  await world.create(deployments, aDeployment(kaitos));
  await vi.waitFor(() => expect(presence.found).toBe('default/workspace'), patience);
  await scale(0);
  await vi.waitFor(() => expect(presence.found).toBeUndefined(), patience);
  await scale(1);
  await vi.waitFor(() => expect(presence.found).toBe('default/workspace'), patience);
  await world.client.delete(deployments, name, { signal });
  await vi.waitFor(() => expect(presence.found).toBeUndefined(), patience);
});

test.each([
  ['mcr.microsoft.com/aks/kaito/workspace:0.12.0', true],
  ['kaito/workspace', true],
  ['registry.example:5000/mirror/kaito/workspace', true],
  ['registry.example/kaito/workspace:1@sha256:0', true],
  ['registry.example/kaito/workspace-extra:1', false],
  ['registry.example/notkaito/workspace:1', false],
  ['mcr.microsoft.com/aks/kaito/gpu-provisioner:0.3.7', false],
  ['mcr.microsoft.com/aks/kaito/kaito-phi-3-mini-4k-instruct:0.0.4', false],
])("%s is KAITO's to the controller and to the chart: %s", async (image, expected) => {
  const { metadata, spec } = aDeployment(image);
  const stored = { ...metadata, uid: '', resourceVersion: '', creationTimestamp: '' };
  expect(isKaito({ metadata: stored, spec })).toBe(expected);
  const template = await readFile('charts/gpu-provisioner/templates/workspace.yaml', 'utf8');
  const [, pattern = ''] = /regexMatch "(?<pattern>[^"]*kaito[^"]*)"/.exec(template) ?? [];
  expect(new RegExp(pattern).test(image)).toBe(expected);
});
