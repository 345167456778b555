// What the controller asks of the API server, in RBAC's words: the rules of the chart's roles, which a test compares.

/** As an access review names it. */
export interface Right {
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Absent: in all namespaces, and of what has none. */
  readonly namespace?: string;
  readonly name?: string;
}

interface Rule {
  readonly group: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly name?: string;
}

const everywhere: readonly Rule[] = [
  { group: 'karpenter.sh', resources: ['machines', 'nodeclaims'], verbs: ['list', 'watch', 'patch', 'delete'] },
  { group: 'karpenter.sh', resources: ['machines/status', 'nodeclaims/status'], verbs: ['patch'] },
  { group: '', resources: ['nodes'], verbs: ['get', 'list', 'watch', 'patch', 'delete'] },
  { group: '', resources: ['pods'], verbs: ['list', 'delete'] },
  { group: '', resources: ['pods/eviction'], verbs: ['create'] },
  { group: 'storage.k8s.io', resources: ['volumeattachments'], verbs: ['list'] },
  { group: '', resources: ['persistentvolumeclaims'], verbs: ['get'] },
  { group: 'apps', resources: ['daemonsets'], verbs: ['list'] },
];

const ofDefault: readonly Rule[] = [
  { group: 'events.k8s.io', resources: ['events'], verbs: ['create', 'patch'] },
  { group: '', resources: ['events'], verbs: ['list'] },
];

const ofWorkspaces = (claims: string): readonly Rule[] => [
  { group: 'kaito.sh', resources: ['workspaces'], verbs: ['list', 'watch', 'patch'] },
  { group: 'kaito.sh', resources: ['workspaces/status'], verbs: ['patch'] },
  { group: 'karpenter.sh', resources: [claims], verbs: ['create'] },
  { group: 'apps', resources: ['deployments', 'statefulsets'], verbs: ['list', 'watch', 'create', 'patch', 'delete'] },
  { group: 'batch', resources: ['jobs'], verbs: ['list', 'watch', 'create', 'delete'] },
  { group: '', resources: ['services'], verbs: ['list', 'watch', 'create', 'patch'] },
  { group: '', resources: ['pods'], verbs: ['watch'] },
  { group: '', resources: ['configmaps'], verbs: ['get', 'create'] },
  { group: '', resources: ['secrets'], verbs: ['get'] },
  { group: 'events.k8s.io', resources: ['events'], verbs: ['create', 'patch'] },
];

const ofItsNamespace = (lease: string, deployment: string): readonly Rule[] => [
  { group: 'apps', resources: ['deployments'], verbs: ['get'], name: deployment },
  { group: 'coordination.k8s.io', resources: ['leases'], verbs: ['create'] },
  { group: 'coordination.k8s.io', resources: ['leases'], verbs: ['get', 'patch'], name: lease },
  { group: 'events.k8s.io', resources: ['events'], verbs: ['create', 'patch'] },
];

export interface RightsOptions {
  /** Of the controller and its lease. */
  readonly namespace: string;
  /** Undefined: the usual one. */
  readonly lease?: string | undefined;
  /** Its own, by name; undefined: the usual one. */
  readonly deployment?: string | undefined;
  readonly workspaces: boolean;
  /** Of the options: `machine` or `nodeclaim`. */
  readonly workspaceClaims?: string | undefined;
}

export function rightsOfController(options: RightsOptions): readonly Right[] {
  const { deployment = 'gpu-provisioner', lease = 'gpu-provisioner-leader-election', namespace } = options;
  const { workspaces, workspaceClaims } = options;
  const claims = workspaceClaims === 'nodeclaim' ? 'nodeclaims' : 'machines';
  return [
    ...everywhere.flatMap((rule) => rightsIn(rule)),
    ...(workspaces ? ofWorkspaces(claims).flatMap((rule) => rightsIn(rule)) : []),
    ...ofItsNamespace(lease, deployment).flatMap((rule) => rightsIn(rule, namespace)),
    ...ofDefault.flatMap((rule) => rightsIn(rule, 'default')),
  ];
}

function rightsIn({ group, resources, verbs, name }: Rule, namespace?: string): readonly Right[] {
  return resources.flatMap((each) => {
    const [resource = '', subresource] = each.split('/');
    return verbs.map((verb) => ({
      verb,
      group,
      resource,
      ...(subresource === undefined ? {} : { subresource }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
    }));
  });
}

/** `patch machines.karpenter.sh/status`, `get leases.coordination.k8s.io "x" in namespace "y"`. */
export function shownRight({ verb, group, resource, subresource, namespace, name }: Right): string {
  const qualified = group === '' ? resource : `${resource}.${group}`;
  const what = subresource === undefined ? qualified : `${qualified}/${subresource}`;
  const which = name === undefined ? '' : ` "${name}"`;
  return `${verb} ${what}${which}${namespace === undefined ? '' : ` in namespace "${namespace}"`}`;
}
