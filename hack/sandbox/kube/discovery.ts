// Discovery: which groups, versions and resources there are, one by one and aggregated as kubectl asks for them.
import { createHash } from 'node:crypto';
import type { Resource } from './resource.ts';
import { apiVersionOf } from './resource.ts';
import type { Verb } from './served-resource.ts';
import { subresourcesOf, type Subresource } from './subresource-list.ts';

const subresourceVerbs: readonly Verb[] = ['get', 'patch', 'update'];

interface GroupVersion {
  readonly groupVersion: string;
  readonly version: string;
}

/** A group's versions as Kubernetes prefers them: GA first, then beta, then alpha, newer ones first. */
function rank(version: string): readonly [number, number, number] {
  const [, major, stage, minor] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
  if (major === undefined) return [0, 0, 0];
  return [stage === undefined ? 3 : stage === 'beta' ? 2 : 1, Number(major), Number(minor ?? 0)];
}

function byPreference(a: string, b: string): number {
  const [x, y] = [rank(a), rank(b)];
  return y[0] - x[0] || y[1] - x[1] || y[2] - x[2] || (a < b ? -1 : 1);
}

function groupsOf(resources: readonly Resource[]): ReadonlyMap<string, readonly GroupVersion[]> {
  const groups = new Map<string, string[]>();
  for (const { group, version } of resources) {
    const versions = groups.get(group) ?? [];
    if (!versions.includes(version)) versions.push(version);
    groups.set(group, versions);
  }
  for (const [group, versions] of reviews) groups.set(group, [...new Set([...(groups.get(group) ?? []), ...versions])]);
  return new Map(
    [...groups].map(([group, versions]) => [
      group,
      versions.toSorted(byPreference).map((version) => ({ groupVersion: apiVersionOf({ group, version }), version })),
    ]),
  );
}

/** Groups whose resources are answered and never stored. */
const reviews: ReadonlyMap<string, readonly string[]> = new Map([
  ['authentication.k8s.io', ['v1']],
  ['authorization.k8s.io', ['v1']],
]);

const reviewKinds: { readonly [group: string]: readonly { kind: string; namespaced: boolean }[] } = {
  'authentication.k8s.io': [
    { kind: 'SelfSubjectReview', namespaced: false },
    { kind: 'TokenReview', namespaced: false },
  ],
  'authorization.k8s.io': [
    { kind: 'LocalSubjectAccessReview', namespaced: true },
    { kind: 'SelfSubjectAccessReview', namespaced: false },
    { kind: 'SelfSubjectRulesReview', namespaced: false },
    { kind: 'SubjectAccessReview', namespaced: false },
  ],
};

function byPlural(a: Resource, b: Resource): number {
  return a.plural < b.plural ? -1 : 1;
}

function groupEntry(name: string, versions: readonly GroupVersion[]): object {
  return { name, versions, preferredVersion: versions[0] };
}

export function apiVersions(url: string): object {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: url.replace(/^https?:\/\//, '') }],
  };
}

export function apiGroups(resources: readonly Resource[]): object {
  const groups = [...groupsOf(resources)]
    .filter(([name]) => name !== '')
    .map(([name, versions]) => groupEntry(name, versions));
  return { kind: 'APIGroupList', apiVersion: 'v1', groups };
}

export function apiGroup(name: string, resources: readonly Resource[]): object | undefined {
  const versions = groupsOf(resources).get(name);
  return versions === undefined || name === ''
    ? undefined
    : { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(name, versions) };
}

// The order in which the server of custom resources lists them; built-in kinds have theirs sorted.
const customVerbs: readonly Verb[] = [
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'create',
  'update',
  'watch',
];

function listed({ custom, verbs }: Resource): readonly Verb[] {
  return custom === undefined ? verbs.toSorted() : customVerbs.filter((verb) => verbs.includes(verb));
}

/** Changes when the kind is stored in another version. */
function storageVersionHash({ group, version, kind }: Resource): string {
  return createHash('sha256').update(`${group}/${version}/${kind}`).digest().subarray(0, 8).toString('base64');
}

function entriesOf(resource: Resource): readonly object[] {
  const { plural, singular, namespaced, kind, shortNames, categories } = resource;
  const names = {
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
  };
  return [
    {
      name: plural,
      singularName: singular,
      namespaced,
      kind,
      verbs: listed(resource),
      ...names,
      storageVersionHash: storageVersionHash(resource),
    },
    ...subresources(resource).map(({ name, verbs: subverbs, responseKind }) => ({
      name: `${plural}/${name}`,
      singularName: '',
      namespaced,
      ...(responseKind.group !== resource.group && { group: responseKind.group, version: responseKind.version }),
      kind: responseKind.kind,
      verbs: subverbs,
    })),
  ];
}

function subresources(resource: Resource): readonly Subresource[] {
  const { group: own, version, kind } = resource;
  const status = { name: 'status', verbs: subresourceVerbs, responseKind: { group: own, version, kind } };
  return [...subresourcesOf(resource), ...(resource.hasStatus ? [status] : [])];
}

function reviewEntries(name: string): readonly object[] {
  return (reviewKinds[name] ?? []).map(({ kind, namespaced }) => ({
    name: `${kind.toLowerCase()}s`,
    singularName: kind.toLowerCase(),
    namespaced,
    kind,
    verbs: ['create'],
  }));
}

/** The resources of one group and version; undefined when it is not served. */
export function apiResources(apiVersion: string, resources: readonly Resource[]): object | undefined {
  const served = resources.filter((resource) => apiVersionOf(resource) === apiVersion).toSorted(byPlural);
  const [name = '', version = ''] = apiVersion.split('/');
  const extra = reviews.get(name)?.includes(version) ? reviewEntries(name) : [];
  if (served.length === 0 && extra.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    ...(apiVersion !== 'v1' && { apiVersion: 'v1' }),
    groupVersion: apiVersion,
    resources: [...served.flatMap(entriesOf), ...extra],
  };
}

function aggregated(resource: Resource): object {
  const { group: own, kind, plural, namespaced, singular, verbs, shortNames, categories } = resource;
  const below = subresources(resource).map(({ name, verbs: subverbs, responseKind }) => ({
    subresource: name,
    // Empty when it is the group and version that the entry is in.
    responseKind: responseKind.group === own ? { group: '', version: '', kind: responseKind.kind } : responseKind,
    verbs: subverbs,
  }));
  return {
    resource: plural,
    responseKind: { group: '', version: '', kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs: verbs.toSorted(),
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
    ...(below.length > 0 && { subresources: below }),
  };
}

function aggregatedReviews(name: string): readonly object[] {
  return (reviewKinds[name] ?? []).map(({ kind, namespaced }) => ({
    resource: `${kind.toLowerCase()}s`,
    responseKind: { group: '', version: '', kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.toLowerCase(),
    verbs: ['create'],
  }));
}

/** apidiscovery.k8s.io/v2: everything in two requests, the core group at /api and the others at /apis. */
export function aggregatedDiscovery(root: 'api' | 'apis', resources: readonly Resource[]): object {
  const items = [...groupsOf(resources)]
    .filter(([name]) => (name === '') === (root === 'api'))
    .map(([name, versions]) => ({
      metadata: name === '' ? {} : { name },
      versions: versions.map(({ version }) => ({
        version,
        freshness: 'Current',
        resources: [
          ...resources
            .filter((r) => r.group === name && r.version === version)
            .toSorted(byPlural)
            .map(aggregated),
          ...aggregatedReviews(name),
        ],
      })),
    }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}
