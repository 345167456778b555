// The claims of one kind as Workspaces see them: what is known, whether that is all, and when it changes.
import type { Claim, ClaimKind as ClaimKindName } from '../apis/claim.ts';
import type { Resource } from '../apis/resource.ts';
import type { KubeObject } from '../apis/wire.ts';
import type { ClaimKind } from '../claims/claim-kind.ts';
import type { CallOptions, KubeClient } from '../kube/client.ts';

export interface ClaimSource {
  readonly kind: ClaimKindName;
  readonly resource: Resource<KubeObject>;
  /** `absent`: it is not served in our version, so there are none; `listing`: nothing can be said yet. */
  readonly state: () => 'synced' | 'listing' | 'absent';
  list(): readonly Claim[];
  /** What the API server has with these labels at this moment. */
  listLive(labelSelector: string, options: CallOptions): Promise<readonly Claim[]>;
  /** Told the labels of each claim that came, changed or went. Call it before the caches fill. */
  onChange(listener: (labels: Readonly<Record<string, string>>) => void): void;
  /** Answers its name. Throws what the API server refuses, AlreadyExists among it. The cache shows the claim at once. */
  create(claim: object, options: CallOptions): Promise<string>;
}

export function claimSource<T extends KubeObject>(
  kind: ClaimKind<T>,
  kube: Pick<KubeClient, 'create' | 'list'>,
): ClaimSource {
  const { adapter, claims } = kind;
  return {
    kind: adapter.kind,
    resource: adapter.resource,
    state: () => kind.state,
    list: () => [...claims.values()].map((object) => adapter.read(object)),
    async listLive(labelSelector, { signal }) {
      const { items } = await kube.list(adapter.resource, { labelSelector, signal });
      return items.map((object) => adapter.read(object));
    },
    onChange: (listener) =>
      claims.subscribe(({ before, after }) => listener({ ...before?.metadata.labels, ...after?.metadata.labels })),
    async create(claim, options) {
      const created = await kube.create(adapter.resource, claim, options);
      claims.noteWrite(created);
      return created.metadata.name;
    },
  };
}
