// The OpenAPI documents of the API server: what kubectl explain prints and what kubectl validates with.
import type { ServedResource } from '../served-resource.ts';

const info = { title: 'Kubernetes', version: 'unversioned' };

/** `apis/karpenter.sh/v1alpha5`, or `api/v1` for the core group. */
function pathOf({ group, version }: Pick<ServedResource, 'group' | 'version'>): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`;
}

/** The one document of OpenAPI 2. */
export function openApiV2(resources: readonly ServedResource[]): object {
  return { swagger: '2.0', info, paths: {}, definitions: Object.fromEntries(resources.map(({ kind }) => [kind, {}])) };
}

/** What /openapi/v3 answers: where the document of each group and version is. */
export function openApiV3Index(resources: readonly ServedResource[]): object {
  const paths = [...new Set(resources.map(pathOf))].toSorted();
  return { paths: Object.fromEntries(paths.map((path) => [path, { serverRelativeURL: `/openapi/v3/${path}` }])) };
}

/** The OpenAPI 3 document of `v1` or `group/version`. */
export function openApiV3(groupVersion: string, resources: readonly ServedResource[]): object {
  const served = resources.filter(
    ({ group, version }) => (group === '' ? version : `${group}/${version}`) === groupVersion,
  );
  return {
    openapi: '3.0.0',
    info,
    paths: {},
    components: { schemas: Object.fromEntries(served.map(({ kind }) => [kind, {}])) },
  };
}
