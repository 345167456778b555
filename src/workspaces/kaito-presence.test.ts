import { expect, onTestFinished, test, vi } from 'vitest';
import { anEmbeddedApi } from '../../test/support/embedded-api.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { silent } from '../../test/support/kube-fixture.ts';
import { deployments } from '../apis/resource.ts';
import type { KubeClient } from '../kube/client.ts';
import { ServerError } from '../kube/errors.ts';
import { KaitoPresence } from './kaito-presence.ts';

const { signal } = new AbortController();
const patience = { timeout: 20_000, interval: 10 } as const;
const kaitos = 'mcr.microsoft.com/aks/kaito/workspace:0.3.0';

function aDeployment(image: string, replicas = 1): object {
  const labels = { 'app.kubernetes.io/name': 'workspace' };
  return {
    metadata: { name: 'workspace', namespace: 'default', labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'manager', image }] } },
    },
  };
}

/** Looks until the test ends; its lists fail as often as `failures` says. */
function look(client: KubeClient, failures = 0): { readonly presence: KaitoPresence; readonly clock: FakeClock } {
  const clock = new FakeClock();
  let left = failures;
  const list: KubeClient['list'] = async (resource, options) => {
    left -= 1;
    if (left >= 0) throw new ServerError('Cannot list deployments: it is ill', { status: 500 });
    return client.list(resource, options);
  };
  const presence = new KaitoPresence({ kube: { list }, clock, log: silent });
  const stop = new AbortController();
  const running = presence.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  return { presence, clock };
}

test.each([
  ["KAITO's", kaitos, 1, 'default/workspace'],
  ["KAITO's from another registry, by digest", 'registry.example/kaito/workspace@sha256:0', 1, 'default/workspace'],
  ["KAITO's without a pod", kaitos, 0, undefined],
  ["another's of the same name", 'registry.example/other/workspace:1', 1, undefined],
])('a Deployment of %s', async (_, image, replicas, found) => {
  const world = await anEmbeddedApi();
  await world.create(deployments, aDeployment(image, replicas));
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

test('a controller that is installed or uninstalled later is seen within a minute', async () => {
  const world = await anEmbeddedApi();
  const { presence, clock } = look(world.client);
  await vi.waitFor(() => expect(presence.found).toBeUndefined(), patience);
  await world.create(deployments, aDeployment(kaitos));
  await vi.waitFor(async () => {
    await clock.advance(60_000);
    expect(presence.found).toBe('default/workspace');
  }, patience);
  await world.client.delete(deployments, { name: 'workspace', namespace: 'default' }, { signal });
  await vi.waitFor(async () => {
    await clock.advance(60_000);
    expect(presence.found).toBeUndefined();
  }, patience);
});
