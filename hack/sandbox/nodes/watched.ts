// The objects of one kind as an informer has them, and a word whenever one of them changes.
import { objectAt, textAt, type JsonObject } from '../aks/json.ts';
import { type Api, ApiRefusal, expectStatus, itemsOf, resourceVersionOf } from './api.ts';
import type { Timeline } from '../timeline.ts';

export interface WatchedOptions {
  readonly api: Api;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
  readonly onChange: () => void;
  readonly onError: (error: unknown) => void;
}

const retryRealSeconds = 1;

export class Watched {
  readonly path: string;
  readonly #objects = new Map<string, JsonObject>();
  #listed = false;

  /** `path` of the collection over all namespaces, such as `/apis/apps/v1/deployments`. */
  constructor(path: string) {
    this.path = path;
  }

  /** Whether a complete list is in. */
  get listed(): boolean {
    return this.#listed;
  }

  all(): readonly JsonObject[] {
    return [...this.#objects.values()];
  }

  /** Those that this owner controls. */
  ownedBy(uid: string): readonly JsonObject[] {
    return this.all().filter((object) => ownerUidOf(object) === uid);
  }

  /** Follows the objects until the signal ends; a lost watch begins anew with a list. */
  async run(options: WatchedOptions): Promise<void> {
    const { timeline, signal, onError } = options;
    while (!signal.aborted) {
      try {
        await this.#follow(options);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof ApiRefusal && error.status === 410)) onError(error);
        await timeline.sleep(retryRealSeconds * timeline.scale, signal).catch(() => undefined);
      }
    }
  }

  async #follow({ api, signal, onChange }: WatchedOptions): Promise<void> {
    const { body } = expectStatus(await api.get(this.path, signal), `list ${this.path}`, 200);
    this.#objects.clear();
    for (const object of itemsOf(body)) this.#objects.set(uidOf(object), object);
    this.#listed = true;
    onChange();
    for await (const { type, object } of api.watch(this.path, resourceVersionOf(body), signal)) {
      if (type === 'BOOKMARK') continue;
      if (type === 'DELETED') this.#objects.delete(uidOf(object));
      else this.#objects.set(uidOf(object), object);
      onChange();
    }
  }
}

export function metadataOf(object: JsonObject): JsonObject {
  return objectAt(object, 'metadata');
}

export function nameOf(object: JsonObject): string {
  return textAt(metadataOf(object), 'name') ?? '';
}

export function namespaceOf(object: JsonObject): string {
  return textAt(metadataOf(object), 'namespace') ?? '';
}

export function uidOf(object: JsonObject): string {
  return textAt(metadataOf(object), 'uid') ?? '';
}

export function isDeleting(object: JsonObject): boolean {
  return textAt(metadataOf(object), 'deletionTimestamp') !== undefined;
}

function ownerUidOf(object: JsonObject): string | undefined {
  const { ownerReferences } = metadataOf(object);
  const references = Array.isArray(ownerReferences) ? ownerReferences : [];
  const controller = references.find((reference) => objectAt({ reference }, 'reference')['controller'] === true);
  return textAt(controller, 'uid');
}
