// Subresources other than status: which there are, as discovery lists them.
import type { Resource } from './resource.ts';
import type { Verb } from './served-resource.ts';

export interface Subresource {
  readonly name: string;
  readonly verbs: readonly Verb[];
  readonly responseKind: { readonly group: string; readonly version: string; readonly kind: string };
}

const byResource: { readonly [plural: string]: readonly Subresource[] } = {
  pods: [
    { name: 'binding', verbs: ['create'], responseKind: { group: '', version: 'v1', kind: 'Binding' } },
    { name: 'eviction', verbs: ['create'], responseKind: { group: 'policy', version: 'v1', kind: 'Eviction' } },
  ],
  namespaces: [{ name: 'finalize', verbs: ['update'], responseKind: { group: '', version: 'v1', kind: 'Namespace' } }],
  serviceaccounts: [
    {
      name: 'token',
      verbs: ['create'],
      responseKind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
    },
  ],
};

export function subresourcesOf({ group, plural }: Pick<Resource, 'group' | 'plural'>): readonly Subresource[] {
  return group === '' ? (byResource[plural] ?? []) : [];
}
