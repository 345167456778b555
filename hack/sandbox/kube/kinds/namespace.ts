// Namespace: its own label, its phase, and the finalizer that keeps it until it is empty.
import { listAt, objectAt } from '../json.ts';
import type { KubeObject } from '../object.ts';
import type { Strategy } from '../resource.ts';
import { conflict, forbidden } from '../status.ts';

const nameLabel = 'kubernetes.io/metadata.name';

function labelled(object: KubeObject): void {
  object.metadata.labels = { ...object.metadata.labels, [nameLabel]: object.metadata.name ?? '' };
}

// The NamespaceLifecycle admission plugin's list.
const immortal = new Set(['default', 'kube-system', 'kube-public']);
const resource = { group: '', plural: 'namespaces' };
const emptying =
  'The system is ensuring all content is removed from this namespace.  Upon completion, this namespace will ' +
  'automatically be purged by the system.';

export const namespace: Strategy = {
  checkDelete: ({ metadata: { name = '', deletionTimestamp } }) => {
    if (immortal.has(name)) throw forbidden(resource, name, 'this namespace may not be deleted');
    if (deletionTimestamp !== undefined) throw conflict(resource, name, emptying);
  },
  onDelete: (object) => {
    object['status'] = { ...objectAt(object, 'status'), phase: 'Terminating' };
  },
  holdsDeletion: (object) => listAt(object, 'spec', 'finalizers').length > 0,
  defaults: labelled,
  onCreate: (object) => {
    object['spec'] = { finalizers: ['kubernetes'] };
    object['status'] = { phase: 'Active' };
  },
  onUpdate: (object, old) => {
    object['spec'] = structuredClone(old['spec']);
  },
};
