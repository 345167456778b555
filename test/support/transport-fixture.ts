// A transport on a fake API server with one node, for the suites that look at single requests.
import { onTestFinished } from 'vitest';
import { nodes } from '../../src/apis/resource.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { FakeApi } from './fake-api.ts';
import { FakeClock } from './fake-clock.ts';
import { aClient, StaticCredentials } from './kube-fixture.ts';

export const aNode = { metadata: { name: 'a', creationTimestamp: '2026-01-01T00:00:00Z' } };

/** Everything ends with the test. */
export async function aTransport(limits: { readonly qps?: number; readonly burst?: number } = {}) {
  const api = await FakeApi.start();
  api.put('/api/v1/nodes', aNode);
  const clock = new FakeClock();
  const metrics = createMetrics();
  const credentials = new StaticCredentials(api.url);
  const client = aClient(api.url, { clock, metrics, credentials, ...limits });
  const caller = new AbortController();
  onTestFinished(async () => {
    await client.close();
    await api.stop();
  });
  const get = () => client.get(nodes, { name: 'a' }, { signal: caller.signal });
  /** The error of a GET, for time to be moved while it is under way. */
  const failure = (): Promise<unknown> =>
    get().then(
      () => undefined,
      (error: unknown) => error,
    );
  return { api, clock, metrics, credentials, client, caller, get, failure };
}
