// The rules of metadata that hold for every kind: what a client may set, and what never changes.
import { forbiddenField, immutable, invalidValue, required } from './field-error.ts';
import { equalJson } from './json.ts';
import { labelValueProblems, nameProblems, qualifiedNameProblems } from './names.ts';
import type { KubeObject, Meta } from './object.ts';
import type { NameRule, Resource } from './resource.ts';
import type { Cause } from './status.ts';

const annotationsLimitBytes = 256 * 1024;
const plainFinalizers = new Set(['foregroundDeletion', 'orphan', 'kubernetes']);

function nameCauses(meta: Meta, rule: NameRule): Cause[] {
  const { name, generateName } = meta;
  if (name === undefined) return [required('metadata.name', 'name or generateName is required')];
  const causes = nameProblems(rule, name).map((problem) => invalidValue('metadata.name', name, problem));
  if (generateName === undefined || causes.length === 0) return causes;
  const base = generateName.replace(/-$/, 'a');
  return [
    ...nameProblems(rule, base).map((problem) => invalidValue('metadata.generateName', generateName, problem)),
    ...causes,
  ];
}

function labelCauses(labels: Readonly<Record<string, string>> | undefined, field: string): Cause[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...qualifiedNameProblems(key).map((problem) => invalidValue(field, key, problem)),
    ...labelValueProblems(value).map((problem) => invalidValue(field, value, problem)),
  ]);
}

function annotationCauses(annotations: Readonly<Record<string, string>> | undefined): Cause[] {
  const field = 'metadata.annotations';
  const entries = Object.entries(annotations ?? {});
  const causes = entries.flatMap(([key]) =>
    qualifiedNameProblems(key.toLowerCase()).map((problem) => invalidValue(field, key, problem)),
  );
  const size = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  if (size > annotationsLimitBytes) {
    causes.push({
      reason: 'FieldValueTooLong',
      message: `Too long: may not be more than ${annotationsLimitBytes} bytes`,
      field,
    });
  }
  return causes;
}

function ownerCauses(meta: Meta): Cause[] {
  const causes: Cause[] = [];
  const controllers: string[] = [];
  // The real server names the list, not the item.
  const field = 'metadata.ownerReferences';
  for (const owner of meta.ownerReferences ?? []) {
    // An object decoded from JSON may lack any of these.
    if (!owner.apiVersion) causes.push(invalidValue(`${field}.apiVersion`, '', 'version must not be empty'));
    if (!owner.kind) causes.push(invalidValue(`${field}.kind`, '', 'must not be empty'));
    if (!owner.name) causes.push(invalidValue(`${field}.name`, '', 'must not be empty'));
    if (!owner.uid) causes.push(invalidValue(`${field}.uid`, '', 'must not be empty'));
    if (owner.kind === 'Event' && owner.apiVersion === 'v1') {
      causes.push(
        invalidValue(
          'metadata.ownerReferences',
          owner,
          `${owner.apiVersion}, Kind=Event is disallowed from being an owner`,
        ),
      );
    }
    if (owner.controller === true) controllers.push(`${owner.kind}/${owner.name}`);
  }
  if (controllers.length > 1) {
    const list = meta.ownerReferences ?? [];
    causes.push(
      invalidValue(
        'metadata.ownerReferences',
        list,
        `Only one reference can have Controller set to true. Found "true" in references for ${controllers[0]} and ${controllers[1]}`,
      ),
    );
  }
  return causes;
}

// Names without a domain are checked for built-in kinds only; CRDs and custom resources may have any.
function finalizerCauses(meta: Meta, isBuiltIn: boolean): Cause[] {
  const finalizers = meta.finalizers ?? [];
  const causes: Cause[] = [];
  for (const [index, finalizer] of finalizers.entries()) {
    const problems = qualifiedNameProblems(finalizer);
    causes.push(...problems.map((problem) => invalidValue('metadata.finalizers', finalizer, problem)));
    if (isBuiltIn && problems.length === 0 && !finalizer.includes('/') && !plainFinalizers.has(finalizer)) {
      const problem = 'name is neither a standard finalizer name nor is it fully qualified';
      causes.push(invalidValue(`metadata.finalizers[${index}]`, finalizer, problem));
    }
  }
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    causes.push(
      invalidValue('metadata.finalizers', finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'),
    );
  }
  return causes;
}

/** What the real server warns about: finalizers of custom resources without a domain. */
export function finalizerWarnings({ metadata }: KubeObject): string[] {
  return (metadata.finalizers ?? [])
    .filter((finalizer) => !finalizer.includes('/') && !plainFinalizers.has(finalizer))
    .map(
      (finalizer) =>
        `metadata.finalizers: ${JSON.stringify(finalizer)}: prefer a domain-qualified finalizer name to avoid ` +
        'accidental conflicts with other finalizer writers',
    );
}

export function metadataCauses(object: KubeObject, resource: Resource): Cause[] {
  const { metadata } = object;
  const causes = nameCauses(metadata, resource.nameRule);
  if (resource.namespaced && metadata.namespace === undefined) causes.push(required('metadata.namespace'));
  return [
    ...causes,
    ...labelCauses(metadata.labels, 'metadata.labels'),
    ...annotationCauses(metadata.annotations),
    ...ownerCauses(metadata),
    ...finalizerCauses(metadata, resource.custom === undefined && resource.group !== 'apiextensions.k8s.io'),
  ];
}

const fixed = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

/** Fills in what the client left out, then says what it changed that never changes. `object` is changed. */
export function metadataUpdateCauses(object: KubeObject, old: KubeObject): Cause[] {
  const next = object.metadata;
  const last = old.metadata;
  next.uid ??= last.uid ?? '';
  if (last.creationTimestamp !== undefined) next.creationTimestamp ??= last.creationTimestamp;
  if (last.deletionTimestamp !== undefined) {
    next.deletionTimestamp = last.deletionTimestamp;
    next.deletionGracePeriodSeconds ??= last.deletionGracePeriodSeconds ?? 0;
  }
  const causes = fixed.flatMap((field) =>
    equalJson(next[field], last[field]) ? [] : [invalidValue(`metadata.${field}`, next[field], immutable)],
  );
  if (last.deletionTimestamp !== undefined) {
    const added = (next.finalizers ?? []).filter((finalizer) => !(last.finalizers ?? []).includes(finalizer));
    if (added.length > 0) {
      const list = `[]string{${added.map((finalizer) => JSON.stringify(finalizer)).join(', ')}}`;
      causes.push(
        forbiddenField(
          'metadata.finalizers',
          `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`,
        ),
      );
    }
  }
  return causes;
}
