// The embedded API server for one test, without its stand-ins, and a client of our own for it.
import { onTestFinished } from 'vitest';
import { type KubeApi, startKubeApi } from '../../hack/sandbox/kube/server.ts';
import type { Resource } from '../../src/apis/resource.ts';
import type { KubeObject } from '../../src/apis/wire.ts';
import { systemClock } from '../../src/clock.ts';
import type { RestClient } from '../../src/kube/rest-client.ts';
import { aClient, StaticCredentials } from './kube-fixture.ts';

export interface EmbeddedApi {
  readonly api: KubeApi;
  readonly client: RestClient;
  /** Creates objects one after the other. */
  create<T extends KubeObject>(resource: Resource<T>, ...objects: readonly object[]): Promise<void>;
}

/** Both end with the test. */
export async function anEmbeddedApi(): Promise<EmbeddedApi> {
  const api = await startKubeApi({ insecure: true, controllers: false });
  const server = new URL(api.url);
  const credentials = new StaticCredentials(server);
  credentials.token = api.token;
  const client = aClient(server, { clock: systemClock, credentials });
  onTestFinished(async () => {
    await client.close();
    await api.close();
  });
  return {
    api,
    client,
    async create(resource, ...objects) {
      const { signal } = new AbortController();
      for (const object of objects) await client.create(resource, object, { signal });
    },
  };
}
