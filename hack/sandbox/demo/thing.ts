// Objects of the API as the demo reads them: what kubectl would see, and nothing of the controller's code.
import { setTimeout as pause } from 'node:timers/promises';
import type { Api } from '../nodes/api.ts';

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** Any object, with the fields that the demo reads of Workspaces, Machines, Nodes, Pods, Leases and Events. */
export interface Thing {
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly taints?: readonly { readonly key: string }[];
    readonly requirements?: readonly { readonly key: string; readonly values?: readonly string[] }[];
  };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly nodeName?: string;
    readonly providerID?: string;
    readonly allocatable?: Readonly<Record<string, string>>;
    readonly phase?: string;
  };
  readonly tuning?: { readonly output?: { readonly image?: string; readonly imagePushSecret?: string } };
  readonly type?: string;
  readonly reason?: string;
  readonly note?: string;
  readonly regarding?: { readonly kind?: string; readonly name?: string };
}

export interface Change {
  readonly gone: boolean;
  readonly thing: Thing;
}

/** The API server has validated the rest of it. */
export function isThing(value: unknown): value is Thing {
  if (typeof value !== 'object' || value === null || !('metadata' in value)) return false;
  const { metadata } = value;
  return typeof metadata === 'object' && metadata !== null && 'name' in metadata && typeof metadata.name === 'string';
}

export function conditionOf(thing: Thing | undefined, type: string): Condition | undefined {
  return thing?.status?.conditions?.find((condition) => condition.type === type);
}

export function isTrue(thing: Thing | undefined, type: string): boolean {
  return conditionOf(thing, type)?.status === 'True';
}

const retryMs = 200;

/** What is there and what changes, until the signal; a broken watch starts again with what is there. */
export async function* changesOf(api: Api, path: string, signal: AbortSignal): AsyncGenerator<Change> {
  while (!signal.aborted) {
    try {
      for await (const { type, object } of api.watch(path, '0', signal)) {
        if (type !== 'BOOKMARK' && isThing(object)) yield { gone: type === 'DELETED', thing: object };
      }
    } catch {
      // The server went away, or the watch did; we ask again until we are told to stop.
    }
    await pause(retryMs, undefined, { signal }).catch(() => {});
  }
}
