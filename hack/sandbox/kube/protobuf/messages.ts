// The messages that kubectl sends as protobuf whatever the server prefers: reviews, and what `kubectl create` makes from
// flags. Field numbers are those of the generated.proto files of k8s.io/api.

/** What a field holds; a message by its fields. */
export type FieldType = 'bool' | 'bytes' | 'int' | 'intOrString' | 'string' | 'time' | Message;

export interface Field {
  readonly number: number;
  readonly type: FieldType;
  readonly shape?: 'list' | 'map';
}

export type Message = { readonly [name: string]: Field };

function one(number: number, type: FieldType = 'string'): Field {
  return { number, type };
}

function list(number: number, type: FieldType = 'string'): Field {
  return { number, type, shape: 'list' };
}

function map(number: number, type: FieldType = 'string'): Field {
  return { number, type, shape: 'map' };
}

const metadata = one(1, {
  name: one(1),
  generateName: one(2),
  namespace: one(3),
  uid: one(5),
  resourceVersion: one(6),
  generation: one(7, 'int'),
  creationTimestamp: one(8, 'time'),
  deletionTimestamp: one(9, 'time'),
  deletionGracePeriodSeconds: one(10, 'int'),
  labels: map(11),
  annotations: map(12),
  ownerReferences: list(13, {
    kind: one(1),
    name: one(3),
    uid: one(4),
    apiVersion: one(5),
    controller: one(6, 'bool'),
    blockOwnerDeletion: one(7, 'bool'),
  }),
  finalizers: list(14),
});

const accessSpec: Message = {
  resourceAttributes: one(1, {
    namespace: one(1),
    verb: one(2),
    group: one(3),
    version: one(4),
    resource: one(5),
    subresource: one(6),
    name: one(7),
  }),
  nonResourceAttributes: one(2, { path: one(1), verb: one(2) }),
};
const subjectSpec: Message = { ...accessSpec, user: one(3), groups: list(4), uid: one(6) };

const labelSelector: Message = {
  matchLabels: map(1),
  matchExpressions: list(2, { key: one(1), operator: one(2), values: list(3) }),
};

const rules = list(2, {
  verbs: list(1),
  apiGroups: list(2),
  resources: list(3),
  resourceNames: list(4),
  nonResourceURLs: list(5),
});
const binding: Message = {
  metadata,
  subjects: list(2, { kind: one(1), apiGroup: one(2), name: one(3), namespace: one(4) }),
  roleRef: one(3, { apiGroup: one(1), kind: one(2), name: one(3) }),
};

const deleteOptions: Message = {
  gracePeriodSeconds: one(1, 'int'),
  preconditions: one(2, { uid: one(1), resourceVersion: one(2) }),
  orphanDependents: one(3, 'bool'),
  propagationPolicy: one(4),
  dryRun: list(5),
};

/** By apiVersion and kind, as the envelope names them. */
export const messages: Readonly<Record<string, Message>> = {
  'authorization.k8s.io/v1 SelfSubjectAccessReview': { metadata, spec: one(2, accessSpec) },
  'authorization.k8s.io/v1 SubjectAccessReview': { metadata, spec: one(2, subjectSpec) },
  'authorization.k8s.io/v1 LocalSubjectAccessReview': { metadata, spec: one(2, subjectSpec) },
  'authorization.k8s.io/v1 SelfSubjectRulesReview': { metadata, spec: one(2, { namespace: one(1) }) },
  'authentication.k8s.io/v1 SelfSubjectReview': { metadata },
  'authentication.k8s.io/v1 TokenRequest': {
    metadata,
    spec: one(2, {
      audiences: list(1),
      boundObjectRef: one(3, { kind: one(1), apiVersion: one(2), name: one(3), uid: one(4) }),
      expirationSeconds: one(4, 'int'),
    }),
  },
  'v1 Namespace': { metadata },
  'v1 ConfigMap': { metadata, data: map(2), binaryData: map(3, 'bytes'), immutable: one(4, 'bool') },
  'v1 Secret': { metadata, data: map(2, 'bytes'), type: one(3), stringData: map(4), immutable: one(5, 'bool') },
  'v1 ServiceAccount': { metadata, automountServiceAccountToken: one(4, 'bool') },
  'v1 DeleteOptions': deleteOptions,
  'policy/v1 Eviction': { metadata, deleteOptions: one(2, deleteOptions) },
  'policy/v1 PodDisruptionBudget': {
    metadata,
    spec: one(2, {
      minAvailable: one(1, 'intOrString'),
      selector: one(2, labelSelector),
      maxUnavailable: one(3, 'intOrString'),
      unhealthyPodEvictionPolicy: one(4),
    }),
  },
  'rbac.authorization.k8s.io/v1 Role': { metadata, rules },
  'rbac.authorization.k8s.io/v1 ClusterRole': { metadata, rules },
  'rbac.authorization.k8s.io/v1 RoleBinding': binding,
  'rbac.authorization.k8s.io/v1 ClusterRoleBinding': binding,
};
