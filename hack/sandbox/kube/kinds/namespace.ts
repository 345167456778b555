// Namespace: its own label, its phase, and the finalizer that keeps it until it is empty.
import type { KubeObject } from '../object.ts';
import type { Strategy } from '../resource.ts';

const nameLabel = 'kubernetes.io/metadata.name';

function labelled(object: KubeObject): void {
  object.metadata.labels = { ...object.metadata.labels, [nameLabel]: object.metadata.name ?? '' };
}

export const namespace: Strategy = {
  defaults: labelled,
  onCreate: (object) => {
    object['spec'] = { finalizers: ['kubernetes'] };
    object['status'] = { phase: 'Active' };
  },
  onUpdate: (object, old) => {
    object['spec'] = structuredClone(old['spec']);
  },
};
