// The OpenAPI documents of the API server: what kubectl explain prints and what kubectl asks before it writes.
import { createHash } from 'node:crypto';
import type { ServedResource } from '../served-resource.ts';
import { withReferences } from './definition.ts';
import { definitionsOf } from './kinds.ts';
import { groupPath, pathsOf, type Notation } from './paths.ts';

const info = { title: 'Kubernetes', version: 'v1.34.0' };
const v2Prefix = '#/definitions/';
const v3Prefix = '#/components/schemas/';

const v2: Notation = {
  parameter: (name, type, place) => ({ name, in: place, type, uniqueItems: true, required: place === 'path' }),
  accepts: (types, name) => ({
    fields: { consumes: types },
    parameters: [{ name: 'body', in: 'body', required: true, schema: { $ref: v2Prefix + name } }],
  }),
  answers: (name) => ({ 200: { description: 'OK', schema: { $ref: v2Prefix + name } } }),
};

const v3: Notation = {
  parameter: (name, type, place) => ({
    name,
    in: place,
    schema: { type, uniqueItems: true },
    ...(place === 'path' && { required: true }),
  }),
  accepts: (types, name) => {
    const content = Object.fromEntries(types.map((type) => [type, { schema: { $ref: v3Prefix + name } }]));
    return { fields: { requestBody: { required: true, content } }, parameters: [] };
  },
  answers: (name) => ({
    200: { description: 'OK', content: { 'application/json': { schema: { $ref: v3Prefix + name } } } },
  }),
};

function inGroup(groupVersion: string, resources: readonly ServedResource[]): readonly ServedResource[] {
  return resources.filter(({ group, version }) => (group === '' ? version : `${group}/${version}`) === groupVersion);
}

/** The one document of OpenAPI 2. */
export function openApiV2(resources: readonly ServedResource[]): object {
  const definitions = withReferences(definitionsOf(resources), v2Prefix);
  return { swagger: '2.0', info, paths: pathsOf(resources, v2), definitions };
}

/** What /openapi/v3 answers: the address of each group's document, which changes with its content. */
export function openApiV3Index(resources: readonly ServedResource[]): object {
  const groups = new Map(resources.map(({ group, version }) => [groupPath({ group, version }), { group, version }]));
  const paths = [...groups].map(([path, { group, version }]) => {
    const document = openApiV3(group === '' ? version : `${group}/${version}`, resources);
    const hash = createHash('sha256').update(JSON.stringify(document)).digest('hex').toUpperCase();
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }];
  });
  return { paths: Object.fromEntries(paths) };
}

/** The OpenAPI 3 document of `v1` or `group/version`. */
export function openApiV3(groupVersion: string, resources: readonly ServedResource[]): object {
  const served = inGroup(groupVersion, resources);
  const schemas = withReferences(definitionsOf(served), v3Prefix);
  return { openapi: '3.0.0', info, paths: pathsOf(served, v3), components: { schemas } };
}
