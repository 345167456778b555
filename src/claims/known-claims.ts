// The claims of one kind as everything but their own lifecycle sees them: who is there, whose it is, and whether that can be known.
import type { Claim, ClaimKind } from '../apis/claim.ts';
import type { Resource } from '../apis/resource.ts';
import type { KubeObject } from '../apis/wire.ts';
import type { Store } from '../runtime/store.ts';
import { recordOf } from './annotations.ts';
import type { LifecycleContext } from './context.ts';

/** Index of the claim store. */
export const uidIndex = 'uid';

interface KnownClaim {
  readonly claim: Claim;
  /** Served by us: it asks for this provisioner, or carries a record that we wrote. Another one's is known by its name. */
  readonly ours: boolean;
}

export interface KnownClaims {
  readonly kind: ClaimKind;
  readonly resource: Resource<KubeObject>;
  /** The kind is served and a complete list of it is in; else a claim that is not found may be there all the same. */
  readonly known: boolean;
  find(uid: string): KnownClaim | undefined;
  /** Told of each claim that is gone, by its uid. Call it before the reflector runs. */
  onGone(listener: (uid: string) => void): void;
}

type Whose<T extends KubeObject> = Pick<LifecycleContext<T>, 'adapter' | 'selects'>;

/** By reference and selector, or by what we wrote on it: then it is carried on, whatever became of the former. */
export function isServed<T extends KubeObject>(object: T, { adapter, selects }: Whose<T>): boolean {
  const { labels = {}, annotations = {}, uid } = object.metadata;
  return (adapter.isOurs(object) && selects(labels)) || recordOf({ annotations, uid }) !== undefined;
}

/** Finds a claim in constant time. `claims` has the index `uidIndex`. */
export function knownClaims<T extends KubeObject>(
  claims: Pick<Store<T>, 'synced' | 'byIndex' | 'subscribe'>,
  whose: Whose<T>,
): KnownClaims {
  const { adapter } = whose;
  return {
    kind: adapter.kind,
    resource: adapter.resource,
    get known() {
      return claims.synced;
    },
    find(uid) {
      const [object] = claims.byIndex(uidIndex, uid);
      return object === undefined ? undefined : { claim: adapter.read(object), ours: isServed(object, whose) };
    },
    onGone(listener) {
      claims.subscribe(({ before, after }) => {
        if (before !== undefined && after === undefined) listener(before.metadata.uid);
      });
    },
  };
}
