// CRDs for the tests of this room: a small one around any schema of a spec, and those of the project.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { compileCrd, type CrdVersion } from './compile.ts';
import { causeOf } from './field-error.ts';

/** A CRD whose only version has `spec` as the schema of its spec. */
export function crdAround(spec: object): object {
  const names = { plural: 'probes', singular: 'probe', kind: 'Probe', listKind: 'ProbeList' };
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec } } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'probes.test.example' },
    spec: {
      group: 'test.example',
      scope: 'Cluster',
      names,
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
}

/** The only version of a CRD that must be valid. */
function versionOf(crd: unknown): CrdVersion {
  const { versions, errors } = compileCrd(crd);
  const [version] = versions;
  if (version === undefined) throw new Error(`Cannot compile the CRD: ${JSON.stringify(errors)}`);
  return version;
}

/** A spec with these properties, compiled. */
export function specOf(properties: object): CrdVersion {
  return versionOf(crdAround({ type: 'object', properties }));
}

/** crds/karpenter.sh_<plural>.yaml, compiled. */
export function projectCrd(plural: 'machines' | 'nodeclaims'): CrdVersion {
  const file = new URL(`../../../../crds/karpenter.sh_${plural}.yaml`, import.meta.url);
  return versionOf(parse(readFileSync(file, 'utf8')));
}

/** What is wrong with an object of this spec, as kubectl would print it. */
export function problems(version: CrdVersion, spec: unknown, old?: unknown): readonly string[] {
  const errors = version.validate({ spec }, old === undefined ? undefined : { spec: old });
  return errors.map(causeOf).map(({ field, message }) => `${field}: ${message}`);
}
