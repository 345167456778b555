// How the API server serves a kind: by its definition, or by discovery, which all may ask, where nobody may read that here.
import type { Resource } from '../../apis/resource.ts';
import type { KubeObject } from '../../apis/wire.ts';
import { isJsonObject } from '../../kube/answer.ts';
import { Forbidden, NotFound } from '../../kube/errors.ts';
import type { RestClient } from '../../kube/rest-client.ts';
import { definitionOf, type Definition } from './definition.ts';

/** An undefined definition is one that may not be read here. */
export type Serving =
  | { readonly state: 'absent' }
  /** Defined, and served in these versions alone, none of which is the resource's; none at all where it is refused. */
  | { readonly state: 'otherwise'; readonly versions: readonly string[]; readonly definition: Definition | undefined }
  | { readonly state: 'served'; readonly definition: Definition | undefined };

interface Means {
  readonly kube: RestClient;
  readonly signal: AbortSignal;
}

export async function servingOf(resource: Resource<KubeObject>, { kube, signal }: Means): Promise<Serving> {
  const name = `${resource.plural}.${resource.group}`;
  try {
    const body = await kube.ask(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`, { signal });
    const definition = definitionOf(body);
    const served = definition.established ? definition.versions.filter((version) => version.served) : [];
    return servingIn(
      resource,
      served.map((version) => version.name),
      definition,
    );
  } catch (error) {
    if (error instanceof NotFound) return { state: 'absent' };
    if (!(error instanceof Forbidden)) throw error;
    const versions = await versionsOf(resource, { kube, signal });
    return versions.length === 0 ? { state: 'absent' } : servingIn(resource, versions, undefined);
  }
}

function servingIn(
  { version }: Resource<KubeObject>,
  versions: readonly string[],
  definition: Definition | undefined,
): Serving {
  return versions.includes(version) ? { state: 'served', definition } : { state: 'otherwise', versions, definition };
}

/** By discovery. */
async function versionsOf(resource: Resource<KubeObject>, { kube, signal }: Means): Promise<readonly string[]> {
  const looked = await Promise.all(
    (await versionsOfGroup(resource.group, { kube, signal })).map(async (version) => ({
      version,
      isServed: await kube.serves({ ...resource, version }, { signal }),
    })),
  );
  return looked.filter(({ isServed }) => isServed).map(({ version }) => version);
}

async function versionsOfGroup(group: string, { kube, signal }: Means): Promise<readonly string[]> {
  try {
    const body = await kube.ask(`/apis/${group}`, { signal });
    const listed = isJsonObject(body) && Array.isArray(body['versions']) ? body['versions'] : [];
    return listed.flatMap((each) => (isJsonObject(each) && typeof each['version'] === 'string' ? each['version'] : []));
  } catch (error) {
    if (error instanceof NotFound) return [];
    throw error;
  }
}
