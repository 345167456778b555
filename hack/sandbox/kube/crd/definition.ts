// Whether a CustomResourceDefinition may be stored: names, versions and columns, schemas aside.
import { isObject, listAt, textAt, type Json, type JsonObject } from '../json.ts';
import { notSupported, type FieldError } from './field-error.ts';
import { child, indexed } from './field-path.ts';

const dnsLabel = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const dnsSubdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const columnTypes: readonly string[] = ['boolean', 'date', 'integer', 'number', 'string'];

const approval = 'api-approved.kubernetes.io';

const labelText =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const subdomainText =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

type Report = (error: FieldError) => void;

function checkGroup(spec: JsonObject, report: Report): void {
  const group = textAt(spec, 'group') ?? '';
  const field = 'spec.group';
  if (group === '') report({ field, type: 'Required', message: '' });
  else if (!dnsSubdomain.test(group)) report({ field, type: 'Invalid', value: group, message: subdomainText });
  else if (!group.includes('.')) {
    report({ field, type: 'Invalid', value: group, message: 'should be a domain with at least one dot' });
  }
}

function checkNames(spec: JsonObject, report: Report): void {
  for (const key of ['plural', 'singular', 'kind', 'listKind'] as const) {
    const field = child('spec.names', key);
    const name = textAt(spec, 'names', key) ?? '';
    const mixed = key === 'kind' || key === 'listKind';
    if (name === '') {
      if (key !== 'singular' && key !== 'listKind') report({ field, type: 'Required', message: '' });
    } else if (!dnsLabel.test(mixed ? name.toLowerCase() : name)) {
      const message = mixed ? `may have mixed case, but should otherwise match: ${labelText}` : labelText;
      report({ field, type: 'Invalid', value: name, message });
    }
  }
  for (const key of ['shortNames', 'categories'] as const) {
    for (const [index, name] of listAt(spec, 'names', key).entries()) {
      if (typeof name === 'string' && dnsLabel.test(name)) continue;
      report({ field: indexed(child('spec.names', key), index), type: 'Invalid', value: name, message: labelText });
    }
  }
  const { kind, listKind } = isObject(spec['names']) ? spec['names'] : {};
  if (kind !== undefined && kind === listKind) {
    const message = 'kind and listKind may not be the same';
    report({ field: 'spec.names.listKind', type: 'Invalid', value: listKind, message });
  }
}

function checkColumns(version: Json, path: string, report: Report): void {
  for (const [index, column] of listAt(version, 'additionalPrinterColumns').entries()) {
    const field = indexed(child(path, 'additionalPrinterColumns'), index);
    const required = (key: string, name = key): string | undefined => {
      const value = textAt(column, key);
      if (!value) report({ field: child(field, name), type: 'Required', message: '' });
      return value || undefined;
    };
    required('name');
    const type = required('type');
    if (type !== undefined && !columnTypes.includes(type)) {
      const message = `must be one of ${columnTypes.join(',')}`;
      report({ field: child(field, 'type'), type: 'Invalid', value: type, message });
    }
    const jsonPath = required('jsonPath', 'JSONPath');
    if (jsonPath !== undefined && !jsonPath.startsWith('.')) {
      const message = 'must be a simple json path starting with .';
      report({ field: child(field, 'JSONPath'), type: 'Invalid', value: jsonPath, message });
    }
  }
}

function checkVersions(spec: JsonObject, report: Report): void {
  const versions = listAt(spec, 'versions');
  const field = 'spec.versions';
  const names = versions.map((version) => textAt(version, 'name') ?? '');
  for (const [index, version] of versions.entries()) {
    const here = indexed(field, index);
    const name = names[index] ?? '';
    if (!dnsLabel.test(name)) report({ field: child(here, 'name'), type: 'Invalid', value: name, message: labelText });
    if (!isObject(version) || !isObject(version['schema']) || !isObject(version['schema']['openAPIV3Schema'])) {
      report({ field: `${here}.schema.openAPIV3Schema`, type: 'Required', message: '' });
    }
    // The API server hoists what an only version says, and names it so in its errors.
    checkColumns(version, versions.length === 1 ? 'spec' : here, report);
  }
  const stored = versions.filter((version) => isObject(version) && version['storage'] === true);
  if (stored.length !== 1) {
    const message = 'must have exactly one version marked as storage version';
    report({ field, type: 'Invalid', value: versions, message });
  }
  if (stored.length === 0) {
    const message = 'must have at least one stored version';
    report({ field: 'status.storedVersions', type: 'Invalid', value: null, message });
  }
  if (new Set(names).size < names.length) {
    report({ field, type: 'Invalid', value: versions, message: 'must contain unique version names' });
  }
}

function checkApproval(crd: JsonObject, report: Report): void {
  const group = textAt(crd, 'spec', 'group') ?? '';
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(group) || textAt(crd, 'metadata', 'annotations', approval)) return;
  const message = `protected groups must have approval annotation "${approval}", see https://github.com/kubernetes/enhancements/pull/1111`;
  report({ field: `metadata.annotations[${approval}]`, type: 'Required', message });
}

/** What is wrong with a CRD, but for the schemas of its versions. */
export function definitionErrors(crd: JsonObject): FieldError[] {
  const errors: FieldError[] = [];
  const report: Report = (error) => errors.push(error);
  const spec = crd['spec'];
  if (!isObject(spec)) return [{ field: 'spec', type: 'Required', message: '' }];
  const name = textAt(crd, 'metadata', 'name') ?? '';
  if (name !== `${textAt(spec, 'names', 'plural')}.${textAt(spec, 'group')}`) {
    const message = 'must be spec.names.plural+"."+spec.group';
    report({ field: 'metadata.name', type: 'Invalid', value: name, message });
  }
  checkGroup(spec, report);
  const scope = textAt(spec, 'scope') ?? '';
  if (scope === '') report({ field: 'spec.scope', type: 'Required', message: '' });
  else if (scope !== 'Cluster' && scope !== 'Namespaced') {
    report(notSupported('spec.scope', scope, ['Cluster', 'Namespaced']));
  }
  checkApproval(crd, report);
  checkNames(spec, report);
  checkVersions(spec, report);
  if (spec['preserveUnknownFields'] === true) {
    const message =
      'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
    report({ field: 'spec.preserveUnknownFields', type: 'Invalid', value: true, message });
  }
  return errors;
}
