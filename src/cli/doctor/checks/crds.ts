// The custom resources that the controller works on: whether they are served in the version it speaks, and whose they are.
import { machines } from '../../../apis/machine.ts';
import { nodeClaims } from '../../../apis/nodeclaim.ts';
import { apiVersionOf, type Resource } from '../../../apis/resource.ts';
import { workspaces } from '../../../apis/workspace.ts';
import type { KubeObject } from '../../../apis/wire.ts';
import { Forbidden, NotFound } from '../../../kube/errors.ts';
import type { RestClient } from '../../../kube/rest-client.ts';
import type { Check } from '../check.ts';
import { definitionOf, type Definition } from '../definition.ts';
import { fail, pass, warn, type Finding } from '../finding.ts';
import { settingOf } from '../surroundings.ts';

const claims: readonly Resource<KubeObject>[] = [machines, nodeClaims];

export const crds: Check = {
  room: 'Kubernetes',
  name: 'crds',
  async look(the, signal) {
    const kube = the.kube();
    const [deployment] = await the
      .surroundings()
      .ours()
      .catch(() => []);
    const wanted = settingOf(deployment, 'WORKSPACES') === 'true' ? [...claims, workspaces] : claims;
    const looked = await Promise.all(wanted.map(async (resource) => look(kube, resource, signal)));
    const absent = looked.filter(({ state }) => state === 'absent');
    if (claims.every(({ plural }) => absent.some(({ resource }) => resource.plural === plural)))
      return fail('Neither Machines nor NodeClaims are served: there is nothing to work on', { mend: [install] });
    return looked.map((each) => findingOf(each));
  },
};

const install =
  'helm upgrade gpu-provisioner <chart> --reuse-values --set crds.enabled=true    # or kubectl apply -f crds/ of the project';

type Looked = { readonly resource: Resource<KubeObject> } & (
  | { readonly state: 'absent' }
  /** Nobody may read its definition here; whether it is served is free to all. */
  | { readonly state: 'unread'; readonly served: boolean }
  | { readonly state: 'read'; readonly definition: Definition }
);

async function look(kube: RestClient, resource: Resource<KubeObject>, signal: AbortSignal): Promise<Looked> {
  const name = `${resource.plural}.${resource.group}`;
  try {
    const body = await kube.ask(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`, { signal });
    return { resource, state: 'read', definition: definitionOf(body) };
  } catch (error) {
    if (error instanceof NotFound) return { resource, state: 'absent' };
    if (!(error instanceof Forbidden)) throw error;
    return { resource, state: 'unread', served: await kube.serves(resource, { signal }) };
  }
}

function findingOf(looked: Looked): Finding {
  const { resource } = looked;
  const what = `${resource.kind}s`;
  switch (looked.state) {
    case 'absent':
      return warn(`${what} are not served: such claims cannot be made`, { mend: [install] });
    case 'unread':
      return looked.served
        ? pass(`${what} are served as ${apiVersionOf(resource)}; whose definition it is may not be read here`)
        : fail(`${what} are not served as ${apiVersionOf(resource)}`, { mend: [install] });
    case 'read':
      return verdict(resource, looked.definition);
  }
}

function verdict(
  resource: Resource<KubeObject>,
  { established, owner, stored, storage, versions }: Definition,
): Finding {
  const what = `${resource.kind}s`;
  const version = versions.find(({ name }) => name === resource.version);
  const name = `${resource.plural}.${resource.group}`;
  const details = [`their definition is ${owner}`];
  if (version?.served !== true)
    return fail(`${what} are not served as ${resource.version}, which the controller speaks`, {
      details: [...details, `it has ${versions.map((each) => each.name).join(', ')}`],
      mend: [`kubectl describe customresourcedefinition ${name}`, install],
    });
  if (!version.status)
    return fail(`${what} have no status subresource: the controller could not say anything on them`, {
      details,
      mend: [install],
    });
  if (!established)
    return fail(`The definition of ${what} is not established`, {
      details,
      mend: [`kubectl describe customresourcedefinition ${name}`],
    });
  const older = stored.filter((each) => each !== storage);
  if (older.length > 0) details.push(`objects may still be stored as ${older.join(', ')}`);
  return pass(`${what} are served as ${apiVersionOf(resource)}; their definition is ${owner}`, { details });
}
