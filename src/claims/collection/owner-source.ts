// The claims of one kind as collection asks for them: from the cache, and before anything is deleted from the API server itself.
import type { Claim, ClaimKind } from '../../apis/claim.ts';
import type { KubeObject } from '../../apis/wire.ts';
import type { KubeClient } from '../../kube/client.ts';
import { KubeError } from '../../kube/errors.ts';
import type { Store } from '../../runtime/store.ts';
import type { ClaimAdapter } from '../adapter.ts';
import { finalizer } from '../annotations.ts';
import { uidIndex } from '../known-claims.ts';
import { poolIndex } from '../observe.ts';

/**
 * What the API server says now: nothing that can be relied on, or the uid of the claim with that name, if there is one. A claim that
 * was let go (isLetGo) counts as gone, here and below.
 */
export type ClaimAnswer =
  | { readonly known: false; readonly why: string }
  | { readonly known: true; readonly uid: string | undefined };

export interface OwnerSource {
  readonly kind: ClaimKind;
  /** The kind is served and a complete list of it is in: what the cache does not hold is not there, up to its lag. */
  readonly known: boolean;
  byUid(uid: string): Claim | undefined;
  /** Claims that have, or would have, a pool of this name. */
  byPool(pool: string): readonly Claim[];
  ask(name: string, options: { readonly signal: AbortSignal }): Promise<ClaimAnswer>;
}

export interface OwnerSourceOptions<T extends KubeObject> {
  readonly adapter: ClaimAdapter<T>;
  readonly claims: Store<T>;
  readonly kube: Pick<KubeClient, 'list' | 'serves'>;
}

export function ownerSource<T extends KubeObject>({ adapter, claims, kube }: OwnerSourceOptions<T>): OwnerSource {
  const { kind, resource } = adapter;
  return {
    kind,
    get known() {
      return claims.synced;
    },
    byUid(uid) {
      const [object] = claims.byIndex(uidIndex, uid);
      return object === undefined || isLetGo(object) ? undefined : adapter.read(object);
    },
    byPool: (pool) =>
      claims
        .byIndex(poolIndex, pool)
        .filter((object) => !isLetGo(object))
        .map((object) => adapter.read(object)),
    async ask(name, { signal }) {
      try {
        // Not a GET: its 404 says the same of a claim that is gone and of a kind that is not served.
        const { items } = await kube.list(resource, { signal, fieldSelector: `metadata.name=${name}` });
        // Afterwards, so that a CRD whose removal took the claims away before the LIST is noticed.
        if (!(await kube.serves(resource, { signal }))) return unknown(`${resource.plural} are not served any more`);
        const found = items.find(({ metadata }) => metadata.name === name);
        return { known: true, uid: found === undefined || isLetGo(found) ? undefined : found.metadata.uid };
      } catch (error) {
        if (!(error instanceof KubeError)) throw error;
        return unknown(error.message);
      }
    },
  };
}

/**
 * It is being deleted and has our finalizer no more, and no deleting object gets one: nothing is done here for it again. Another
 * finalizer may keep it for ever, such as that of a foreground deletion, which waits for its Nodes.
 */
function isLetGo({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && !(metadata.finalizers?.includes(finalizer) ?? false);
}

function unknown(why: string): ClaimAnswer {
  return { known: false, why };
}
