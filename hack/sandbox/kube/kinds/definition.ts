// CustomResourceDefinition: defaults of its names, its conditions, and the errors that its schema would make.
import { compileCrd } from '../crd/compile.ts';
import { causeOf } from '../crd/field-error.ts';
import { invalidValue, immutable, required } from '../field-error.ts';
import { ensureObject, equalJson, isObject, listAt, objectAt, setDefault, textAt, type JsonObject } from '../json.ts';
import { timestamp, type KubeObject } from '../object.ts';
import type { Strategy } from '../resource.ts';
import type { Cause } from '../status.ts';

/** Keeps a definition until its objects are gone. */
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

function fillNames(object: KubeObject): void {
  const spec = ensureObject(object, 'spec');
  const names = ensureObject(spec, 'names');
  const kind = textAt(names, 'kind');
  if (kind !== undefined) {
    setDefault(names, 'singular', kind.toLowerCase());
    setDefault(names, 'listKind', `${kind}List`);
  }
  setDefault(spec, 'conversion', { strategy: 'None' });
}

function storedVersions(object: KubeObject): string[] {
  return listAt(object, 'spec', 'versions').flatMap((version) =>
    isObject(version) && version['storage'] === true ? (textAt(version, 'name') ?? []) : [],
  );
}

/** Accepted and established at once: no other definition can take its names away in between. */
export function establishedStatus(object: KubeObject, now: Date): JsonObject {
  const lastTransitionTime = timestamp(now);
  const conditions = listAt(object, 'status', 'conditions');
  const fresh = [
    {
      type: 'NamesAccepted',
      status: 'True',
      lastTransitionTime,
      reason: 'NoConflicts',
      message: 'no conflicts found',
    },
    {
      type: 'Established',
      status: 'True',
      lastTransitionTime,
      reason: 'InitialNamesAccepted',
      message: 'the initial names have been accepted',
    },
  ];
  return {
    conditions: conditions.length > 0 ? [...conditions] : fresh,
    acceptedNames: structuredClone(objectAt(object, 'spec', 'names') ?? {}),
    storedVersions: [...listAt(object, 'status', 'storedVersions')],
  };
}

function causes(object: KubeObject, old: KubeObject | undefined): Cause[] {
  const found: Cause[] = [];
  const name = `${textAt(object, 'spec', 'names', 'plural')}.${textAt(object, 'spec', 'group')}`;
  if (object.metadata.name !== name) {
    found.push(invalidValue('metadata.name', object.metadata.name, `must be spec.names.plural+"."+spec.group`));
  }
  if (listAt(object, 'spec', 'versions').length === 0)
    found.push(required('spec.versions', 'must specify at least one version'));
  for (const field of ['group', 'scope'] as const) {
    if (old === undefined || equalJson(object['spec'], old['spec'])) continue;
    const value = textAt(object, 'spec', field);
    if (value !== textAt(old, 'spec', field)) found.push(invalidValue(`spec.${field}`, value, immutable));
  }
  return [...found, ...compileCrd(object).errors.map(causeOf)];
}

export const definition: Strategy = {
  defaults: fillNames,
  onCreate: (object) => {
    fillNames(object);
    object['status'] = {
      acceptedNames: { kind: '', plural: '' },
      conditions: null,
      storedVersions: storedVersions(object),
    };
  },
  onUpdate: (object, old) => {
    fillNames(object);
    const versions = [...new Set([...listAt(old, 'status', 'storedVersions'), ...storedVersions(object)])];
    object['status'] = { ...objectAt(old, 'status'), storedVersions: versions };
  },
  onDelete: (object, now) => {
    const status = ensureObject(object, 'status');
    const terminating = {
      type: 'Terminating',
      status: 'True',
      lastTransitionTime: timestamp(now),
      reason: 'InstanceDeletionPending',
      message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    };
    status['conditions'] = [...listAt(status, 'conditions'), terminating];
    object.metadata.finalizers = [...new Set([...(object.metadata.finalizers ?? []), cleanupFinalizer])];
  },
  validate: causes,
};
