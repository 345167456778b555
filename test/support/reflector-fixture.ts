// A reflector of Nodes on a fake API server, and the proof that it lives.
import { expect, onTestFinished } from 'vitest';
import { nodes } from '../../src/apis/resource.ts';
import type { Node } from '../../src/apis/wire.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { Reflector } from '../../src/runtime/reflector.ts';
import { type Change, Store } from '../../src/runtime/store.ts';
import { FakeApi, type FakeObject } from './fake-api.ts';
import { FakeClock } from './fake-clock.ts';
import { aClient, LogLines, StaticCredentials } from './kube-fixture.ts';

export const collection = '/api/v1/nodes';

export function aNode(name: string, labels: Readonly<Record<string, string>> = {}): FakeObject {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, creationTimestamp: '2026-01-01T00:00:00Z', labels } };
}

/** The line of a watch that adds a node. */
export function anEvent(name: string, resourceVersion: string): string {
  const object = { ...aNode(name), metadata: { name, uid: name, resourceVersion } };
  return `${JSON.stringify({ type: 'ADDED', object })}\n`;
}

/** A running reflector on a fake API server with the nodes `a` and `b`; everything ends with the test. */
export async function aReflector({ transform }: { readonly transform?: (node: Node) => Node } = {}) {
  const api = await FakeApi.start();
  api.put(collection, aNode('a'));
  api.put(collection, aNode('b'));
  const clock = new FakeClock();
  const metrics = createMetrics();
  const credentials = new StaticCredentials(api.url);
  const client = aClient(api.url, { clock, credentials });
  const store = new Store<Node>({ clock, frozen: true });
  const changes: Change<Node>[] = [];
  store.subscribe((change) => void changes.push(change));
  const logs = new LogLines();
  const reflector = new Reflector({
    client,
    resource: nodes,
    store,
    clock,
    log: logs.log,
    metrics,
    random: () => 0,
    ...(transform === undefined ? {} : { transform }),
  });
  const stop = new AbortController();
  const start = (): Promise<void> => {
    const running = reflector.run(stop.signal);
    onTestFinished(async () => {
      stop.abort();
      await running;
    });
    return running;
  };
  onTestFinished(async () => {
    stop.abort();
    await client.close();
    await api.stop();
  });
  const watching = async (): Promise<void> => clock.advanceUntil(() => store.synced && api.watches.size === 1);
  const lists = (): number => api.requestsTo('GET', collection).filter(({ query }) => !query.has('watch')).length;
  const watches = (): number => api.requestsTo('GET', collection).filter(({ query }) => query.has('watch')).length;
  return {
    api,
    clock,
    metrics,
    credentials,
    client,
    store,
    changes,
    logs,
    reflector,
    stop,
    start,
    watching,
    lists,
    watches,
  };
}

export type ReflectorFixture = Awaited<ReturnType<typeof aReflector>>;

/** The proof that the reflector lives: what happens now arrives. */
export async function expectToFollow({ api, store, clock }: ReflectorFixture): Promise<void> {
  api.put(collection, aNode('later'));
  await clock.advanceUntil(() => store.get('later') !== undefined);
  expect(store.get('later')?.metadata.resourceVersion).toBe(api.version);
}
