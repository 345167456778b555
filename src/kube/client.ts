// The calls to the API server that the rest of the project makes, and nothing more.
import type { Resource } from '../apis/resource.ts';
import type { KubeObject } from '../apis/wire.ts';

export interface CallOptions {
  readonly signal: AbortSignal;
}

export interface Name {
  readonly name: string;
  /** Required for namespaced resources, absent for the others. */
  readonly namespace?: string;
}

export interface Selection {
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface ListOptions extends CallOptions, Selection {
  readonly limit?: number;
  readonly continueToken?: string;
  readonly resourceVersion?: string;
}

export interface ObjectList<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  readonly continueToken?: string;
}

export interface WatchOptions extends CallOptions, Selection {
  readonly resourceVersion: string;
  /** The server ends the watch after this. */
  readonly timeoutSeconds: number;
  /** No byte for this long ends the watch with an error; bookmarks come each 60 s. */
  readonly idleMs: number;
}

export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

/** Merge patches carry `null` to delete; put `metadata.resourceVersion` in the body for an optimistic lock. */
export type Patch =
  | { readonly type: 'merge' | 'strategic'; readonly body: object }
  | { readonly type: 'json'; readonly body: readonly object[] }
  | { readonly type: 'apply'; readonly body: object; readonly fieldManager: string; readonly force?: boolean };

export interface DeleteOptions extends CallOptions {
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly gracePeriodSeconds?: number;
  /** What becomes of what it owns; absent: as the kind's own default, which leaves a Job's pods behind. */
  readonly propagationPolicy?: 'Background' | 'Foreground';
}

/**
 * Raw JSON over one pooled agent. Every call has a deadline of 30 s (watches: the idle deadline), takes a signal and
 * throws a subclass of KubeError (kube/errors.ts). A 429 or 503 with Retry-After is honoured once inside the call.
 */
export interface KubeClient {
  get<T extends KubeObject>(resource: Resource<T>, name: Name, options: CallOptions): Promise<T>;
  list<T extends KubeObject>(resource: Resource<T>, options: ListOptions): Promise<ObjectList<T>>;
  /** Ends when the server ends it; throws Gone on 410, as a status or as an event. */
  watch<T extends KubeObject>(resource: Resource<T>, options: WatchOptions): AsyncIterable<WatchEvent<T>>;
  create<T extends KubeObject>(resource: Resource<T>, object: object, options: CallOptions): Promise<T>;
  patch<T extends KubeObject>(
    resource: Resource<T>,
    name: Name,
    patch: Patch,
    options: CallOptions & { readonly subresource?: 'status' },
  ): Promise<T>;
  delete<T extends KubeObject>(resource: Resource<T>, name: Name, options: DeleteOptions): Promise<void>;
  /** policy/v1 Eviction with the pod's UID as precondition; TooManyRequests when a budget forbids it. */
  evict(pod: Name & { readonly uid: string }, options: CallOptions): Promise<void>;
  /** Whether the API server serves this resource now, and means to go on: a CRD that is being removed is not (discovery). */
  serves(resource: Resource<KubeObject>, options: CallOptions): Promise<boolean>;
  /** The API server's clock: ours, moved by the difference that its Date headers show. */
  serverNow(): Date;
}
