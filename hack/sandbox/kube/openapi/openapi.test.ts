import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { at, isObject, type Json } from '../json.ts';
import type { ServedResource } from '../served-resource.ts';
import { openApiV2, openApiV3, openApiV3Index } from './openapi.ts';

function asJson(value: object): Json {
  const text: Json = JSON.parse(JSON.stringify(value));
  return text;
}

const crd: Json = parse(readFileSync(new URL('../../../../crds/karpenter.sh_machines.yaml', import.meta.url), 'utf8'));
const schema = at(crd, 'spec', 'versions', 0, 'schema', 'openAPIV3Schema');

const served = {
  shortNames: [],
  categories: [],
  hasStatus: true,
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
} as const;
const machines: ServedResource = {
  ...served,
  group: 'karpenter.sh',
  version: 'v1alpha5',
  plural: 'machines',
  singular: 'machine',
  kind: 'Machine',
  listKind: 'MachineList',
  namespaced: false,
  ...(isObject(schema) && { schema }),
};
const pods: ServedResource = {
  ...served,
  group: '',
  version: 'v1',
  plural: 'pods',
  singular: 'pod',
  kind: 'Pod',
  listKind: 'PodList',
  namespaced: true,
};
const configMaps: ServedResource = {
  ...pods,
  plural: 'configmaps',
  singular: 'configmap',
  kind: 'ConfigMap',
  listKind: 'ConfigMapList',
  hasStatus: false,
};
const resources = [machines, pods, configMaps];

const machineKind = { group: 'karpenter.sh', version: 'v1alpha5', kind: 'Machine' };

/** Every reference in a document that leads nowhere. */
function danglingReferences(document: Json): readonly string[] {
  const dangling: string[] = [];
  const visit = (value: Json | undefined): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isObject(value)) return;
    const reference = value['$ref'];
    if (typeof reference === 'string' && at(document, ...reference.slice(2).split('/')) === undefined) {
      dangling.push(reference);
    }
    Object.values(value).forEach(visit);
  };
  visit(document);
  return dangling;
}

test('openApiV3 has the schema of a CRD under its kind, with the metadata of every object', () => {
  const schemas = at(asJson(openApiV3('karpenter.sh/v1alpha5', resources)), 'components', 'schemas');
  const machine = at(schemas, 'sh.karpenter.v1alpha5.Machine');
  expect(machine).toMatchObject({ type: 'object', 'x-kubernetes-group-version-kind': [machineKind] });
  const taints = at(machine, 'properties', 'spec', 'properties', 'taints');
  expect(taints).toEqual(
    at(crd, 'spec', 'versions', 0, 'schema', 'openAPIV3Schema', 'properties', 'spec', 'properties', 'taints'),
  );
  expect(at(machine, 'properties', 'metadata', 'allOf', 0, '$ref')).toBe(
    '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta',
  );
  expect(at(schemas, 'sh.karpenter.v1alpha5.MachineList', 'required')).toEqual(['items']);
});

// kubectl looks for these parameters of a PATCH before it leaves validation and dry runs to the server.
test('openApiV3 says that the server validates fields and runs dry', () => {
  const document = asJson(openApiV3('karpenter.sh/v1alpha5', resources));
  const patch = at(document, 'paths', '/apis/karpenter.sh/v1alpha5/machines/{name}', 'patch');
  expect(patch).toMatchObject({
    'x-kubernetes-group-version-kind': machineKind,
    parameters: ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({ name, in: 'query' })),
  });
});

test('openApiV3 has the paths of one group only, with and without a namespace', () => {
  const paths = Object.keys(Object(at(asJson(openApiV3('v1', resources)), 'paths')));
  expect(paths.toSorted()).toEqual([
    '/api/v1/configmaps',
    '/api/v1/namespaces/{namespace}/configmaps',
    '/api/v1/namespaces/{namespace}/configmaps/{name}',
    '/api/v1/namespaces/{namespace}/pods',
    '/api/v1/namespaces/{namespace}/pods/{name}',
    '/api/v1/namespaces/{namespace}/pods/{name}/status',
    '/api/v1/pods',
  ]);
});

test('openApiV3 leaves out what a resource cannot do', () => {
  const readOnly = { ...machines, verbs: ['get', 'list'] as const };
  const document = asJson(openApiV3('karpenter.sh/v1alpha5', [readOnly]));
  const [collection, single] = ['', '/{name}'].map((end) =>
    at(document, 'paths', `/apis/karpenter.sh/v1alpha5/machines${end}`),
  );
  expect(Object.keys(Object(collection))).toEqual(['get', 'parameters']);
  expect(Object.keys(Object(single))).toEqual(['get', 'parameters']);
});

test('openApiV2 and openApiV3 refer to nothing that they do not have', () => {
  expect(danglingReferences(asJson(openApiV2(resources)))).toEqual([]);
  expect(danglingReferences(asJson(openApiV3('v1', resources)))).toEqual([]);
  expect(danglingReferences(asJson(openApiV3('karpenter.sh/v1alpha5', resources)))).toEqual([]);
});

test('openApiV2 is one document of all groups', () => {
  const document = asJson(openApiV2(resources));
  expect(at(document, 'swagger')).toBe('2.0');
  expect(Object.keys(Object(at(document, 'definitions')))).toEqual(
    expect.arrayContaining(['sh.karpenter.v1alpha5.Machine', 'io.k8s.api.core.v1.Pod', 'io.k8s.api.core.v1.PodSpec']),
  );
  const patch = at(document, 'paths', '/apis/karpenter.sh/v1alpha5/machines/{name}', 'patch', 'parameters');
  expect(patch).toContainEqual(expect.objectContaining({ name: 'body', in: 'body' }));
});

test('openApiV3Index names every group, under an address that changes with its schema', () => {
  const addressOf = (machine: ServedResource): unknown =>
    at(asJson(openApiV3Index([machine, pods])), 'paths', 'apis/karpenter.sh/v1alpha5', 'serverRelativeURL');
  const address = addressOf(machines);
  expect(address).toMatch(/^\/openapi\/v3\/apis\/karpenter\.sh\/v1alpha5\?hash=[0-9A-F]{64}$/);
  expect(addressOf(machines)).toBe(address);
  expect(addressOf({ ...machines, schema: { type: 'object' } })).not.toBe(address);
  expect(Object.keys(Object(at(asJson(openApiV3Index(resources)), 'paths')))).toEqual([
    'apis/karpenter.sh/v1alpha5',
    'api/v1',
  ]);
});
