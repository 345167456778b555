import { describe, expect, test } from 'vitest';
import { anEmbeddedApi } from '../../../test/support/embedded-api.ts';
import { aFeed } from '../../../test/support/feed-builders.ts';
import { createNamespace } from '../../../hack/sandbox/definitions.ts';
import { leases, services } from '../../apis/resource.ts';
import { findController } from './controller.ts';

const { signal } = new AbortController();
const labels = { 'app.kubernetes.io/name': 'gpu-provisioner' };

describe('findController', () => {
  test('believes the controller in its usual namespace before a Service that anybody may label so', async () => {
    const world = await anEmbeddedApi();
    const { api, client } = world;
    for (const namespace of ['a-tenant', 'gpu-provisioner']) {
      await createNamespace(api, namespace);
      const spec = { selector: labels, ports: [{ name: 'http-metrics', port: 8080 }] };
      await world.create(services, { metadata: { name: 'gpu-provisioner', namespace, labels }, spec });
      const holder = { holderIdentity: namespace, renewTime: '2026-03-01T12:00:00.000000Z', leaseDurationSeconds: 15 };
      await world.create(leases, { metadata: { name: 'gpu-provisioner-leader-election', namespace }, spec: holder });
    }
    const { feed, leader } = await findController({
      signal,
      namespace: undefined,
      kube: {
        serverNow: () => client.serverNow(),
        get: (...question) => client.get(...question),
        list: (...question) => client.list(...question),
        askService: ({ namespace }) => Promise.resolve(JSON.stringify(aFeed({ instance: namespace }))),
      },
    });
    expect(feed).toMatchObject({ known: true, value: { instance: 'gpu-provisioner' } });
    expect(leader).toMatchObject({ known: true, value: { holder: 'gpu-provisioner' } });
  });
});
