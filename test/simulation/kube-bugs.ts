// Bugs to plant on the way to the API server.
import { machines } from '../../src/apis/machine.ts';
import type { Resource } from '../../src/apis/resource.ts';
import type { KubeObject } from '../../src/apis/wire.ts';
import type { KubeClient, Patch, WatchEvent } from '../../src/kube/client.ts';
import { merged } from '../support/fake-api-parts.ts';
import { isThing, type Thing } from './thing.ts';

type See = <T extends KubeObject>(resource: Resource<T>, object: T) => boolean;

/** Everything but what `change` says is the client's own. */
function altered(kube: KubeClient, change: Partial<KubeClient>): KubeClient {
  return {
    get: (resource, name, options) => kube.get(resource, name, options),
    list: (resource, options) => kube.list(resource, options),
    watch: (resource, options) => kube.watch(resource, options),
    create: (resource, object, options) => kube.create(resource, object, options),
    patch: (resource, name, patch, options) => kube.patch(resource, name, patch, options),
    delete: (resource, name, options) => kube.delete(resource, name, options),
    evict: (pod, options) => kube.evict(pod, options),
    serves: (resource, options) => kube.serves(resource, options),
    serverNow: () => kube.serverNow(),
    ...change,
  };
}

/** Objects that `sees` says no to do not exist for this client. */
function filtered(kube: KubeClient, sees: See): KubeClient {
  return altered(kube, {
    list: async (resource, options) => {
      const page = await kube.list(resource, options);
      return { ...page, items: page.items.filter((object) => sees(resource, object)) };
    },
    watch: (resource, options) => watched(kube.watch(resource, options), resource, sees),
  });
}

async function* watched<T extends KubeObject>(
  events: AsyncIterable<WatchEvent<T>>,
  resource: Resource<T>,
  sees: See,
): AsyncGenerator<WatchEvent<T>, void, void> {
  for await (const event of events)
    if (event.type === 'BOOKMARK' || event.type === 'DELETED' || sees(resource, event.object)) yield event;
}

/** Nodes of pools for which `of` holds are not seen. */
export function hidesNodes(kube: KubeClient, of: (pool: string) => boolean): KubeClient {
  return filtered(kube, ({ plural }, { metadata }) => plural !== 'nodes' || !of(metadata.labels?.['agentpool'] ?? ''));
}

/** Whoever deletes a Node means its claim: what the Go provisioner takes every such deletion for. */
export function deletesForPersons(kube: KubeClient): KubeClient {
  const { signal } = new AbortController();
  return filtered(kube, ({ plural }, { metadata }) => {
    const owner = metadata.ownerReferences?.find(({ kind }) => kind === 'Machine' || kind === 'NodeClaim');
    if (plural === 'nodes' && metadata.deletionTimestamp !== undefined && owner !== undefined) {
      const resource = { ...machines, plural: owner.kind === 'Machine' ? 'machines' : 'nodeclaims', kind: owner.kind };
      void kube
        .delete(resource, { name: owner.name }, { signal, preconditions: { uid: owner.uid } })
        .catch(() => undefined);
    }
    return true;
  });
}

/** A status keeps its Initialized=True. */
export function keepsInitialized(kube: KubeClient): KubeClient {
  return altered(kube, {
    patch: async (resource, name, patch, options) => {
      if (options.subresource !== 'status') return kube.patch(resource, name, patch, options);
      const before = await kube.get(resource, name, options);
      return kube.patch(resource, name, isThing(before) ? withoutStep(before, patch) : patch, options);
    },
  });
}

function withoutStep(before: Thing, patch: Patch): Patch {
  if (patch.type !== 'merge') return patch;
  const after = merged(before, patch.body);
  const kept = before.status?.conditions?.find(({ type, status }) => type.endsWith('Initialized') && status === 'True');
  const conditions = isThing(after) ? after.status?.conditions : undefined;
  if (kept === undefined || conditions === undefined) return patch;
  const status = { conditions: conditions.map((one) => (one.type === kept.type ? kept : one)) };
  return { type: 'merge', body: { ...patch.body, status: { ...statusOf(patch.body), ...status } } };
}

function statusOf(body: object): object {
  return 'status' in body && typeof body.status === 'object' && body.status !== null ? body.status : {};
}

/** No Node gets this label of its claim. */
export function forgetsLabel(kube: KubeClient, label: string): KubeClient {
  return altered(kube, {
    patch: (resource, name, patch, options) =>
      kube.patch(resource, name, resource.plural === 'nodes' ? without(patch, label) : patch, options),
  });
}

/** Every patch goes without its intent. */
export function forgetsIntents(kube: KubeClient): KubeClient {
  return altered(kube, {
    patch: (resource, name, patch, options) =>
      kube.patch(resource, name, without(patch, 'gpu-provisioner.io/intent'), options),
  });
}

/** The same merge patch without whatever has this key. */
function without(patch: Patch, unwanted: string): Patch {
  if (patch.type !== 'merge') return patch;
  const text = JSON.stringify(patch.body);
  if (!text.includes(unwanted)) return patch;
  const body: unknown = JSON.parse(text, (key, value: unknown) => (key === unwanted ? undefined : value));
  if (typeof body !== 'object' || body === null) throw new TypeError('A patch is an object');
  return { type: 'merge', body };
}
