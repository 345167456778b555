// The custom resources that the controller works on: whether they are served in the version it speaks, and whose they are.
import { machines } from '../../../apis/machine.ts';
import { nodeClaims } from '../../../apis/nodeclaim.ts';
import { apiVersionOf, type Resource } from '../../../apis/resource.ts';
import { workspaces } from '../../../apis/workspace.ts';
import type { Deployment, KubeObject } from '../../../apis/wire.ts';
import type { Check } from '../check.ts';
import type { Definition } from '../definition.ts';
import { fail, pass, warn, type Finding } from '../finding.ts';
import { servingOf, type Serving } from '../serving.ts';
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
    const looked = await Promise.all(
      wanted.map(async (resource) => ({ resource, ...(await servingOf(resource, { kube, signal })) })),
    );
    const working = looked.filter(({ resource, state }) => state === 'served' && claims.includes(resource));
    if (working.length === 0) return noneServed(looked.filter(({ resource }) => claims.includes(resource)));
    const served = `${working.map(({ resource }) => namesOf(resource)).join(' and ')} are served`;
    return looked.map((each) => findingOf(each, { served, deployment }));
  },
};

type Looked = { readonly resource: Resource<KubeObject> } & Serving;

interface Cluster {
  /** "Machines are served": of the claims, what there is to work on. */
  readonly served: string;
  readonly deployment: Deployment | undefined;
}

/** KAITO needs one kind of claim, and which one it is nobody here knows: the other one unserved harms nobody. */
function findingOf(looked: Looked, { served, deployment }: Cluster): Finding {
  const { resource } = looked;
  switch (looked.state) {
    case 'absent':
      return warn(`${namesOf(resource)} are not served, so that none can be made; ${served}`, {
        mend: [...wayAround(resource, deployment), ...mendOf(looked)],
      });
    case 'otherwise':
      return warn(`${namesOf(resource)} are ${howElse(looked)}, and left alone; ${served}`, {
        details: [ownerIn(looked.definition), ...origin(looked)],
        mend: [...wayAround(resource, deployment), ...mendOf(looked)],
      });
    case 'served':
      return servedFinding(resource, looked.definition);
  }
}

function noneServed(looked: readonly Looked[]): Finding {
  const mend = [...new Set(looked.flatMap((each) => mendOf(each)))];
  if (looked.every(({ state }) => state === 'absent'))
    return fail('Neither Machines nor NodeClaims are served: there is nothing to work on', { mend });
  return fail('Neither Machines nor NodeClaims are served as the controller speaks them: there is nothing to work on', {
    details: looked.flatMap((each) =>
      each.state === 'otherwise' ? `${namesOf(each.resource)} are ${howElse(each)}; ${ownerIn(each.definition)}` : [],
    ),
    mend,
  });
}

const install =
  'helm upgrade gpu-provisioner <chart> --reuse-values --set crds.enabled=true    # or kubectl apply -f crds/ of the project';

/** The chart makes what is absent, and leaves alone what another made. */
function mendOf(looked: Looked): readonly string[] {
  const { resource } = looked;
  switch (looked.state) {
    case 'absent':
      return [install];
    case 'otherwise':
      return isOldNodeClaim(looked)
        ? ['Only where NodeClaims are to be created: replace their definition, as docs/migration.md says']
        : [`kubectl describe customresourcedefinition ${resource.plural}.${resource.group}`];
    case 'served':
      return [];
  }
}

/** Workspaces that ask for what is not served wait for ever, and may ask for the other kind. */
function wayAround({ kind, plural }: Resource<KubeObject>, deployment: Deployment | undefined): readonly string[] {
  const asked = settingOf(deployment, 'WORKSPACE_CLAIMS') ?? 'machine';
  if (settingOf(deployment, 'WORKSPACES') !== 'true' || asked !== kind.toLowerCase()) return [];
  const other = claims.find((each) => each.plural !== plural)?.kind.toLowerCase() ?? '';
  return [
    `helm upgrade gpu-provisioner <chart> --reuse-values --set workspace.claims=${other}    # Workspaces ask for ${kind}s`,
  ];
}

type Otherwise = Extract<Looked, { readonly state: 'otherwise' }>;

function howElse({ resource, versions }: Otherwise): string {
  if (versions.length === 0) return 'defined and not served';
  return `served as ${versions.join(', ')}, not as ${resource.version}, which the controller speaks`;
}

/** The definition of these charts (contract/kaito.md 7.1) has no mark of its owner: helm puts none on a directory crds/. */
function origin(looked: Otherwise): readonly string[] {
  if (!isOldNodeClaim(looked)) return [];
  return ['so they are in the charts of KAITO v0.3.0 to v0.4.1, which create Machines, and of Karpenter before 1.0'];
}

function isOldNodeClaim({ resource, versions }: Otherwise): boolean {
  return resource.plural === nodeClaims.plural && versions.join() === 'v1beta1';
}

function servedFinding(resource: Resource<KubeObject>, definition: Definition | undefined): Finding {
  const served = `${namesOf(resource)} are served as ${apiVersionOf(resource)}`;
  if (definition === undefined) return pass(`${served}; whose definition it is may not be read here`);
  const details = [ownerIn(definition)];
  const version = definition.versions.find(({ name }) => name === resource.version);
  if (version?.status !== true)
    return fail(`${namesOf(resource)} have no status subresource: the controller could not say anything on them`, {
      details,
      mend: [`kubectl apply -f crds/${resource.group}_${resource.plural}.yaml    # of the project`],
    });
  const older = definition.stored.filter((each) => each !== definition.storage);
  if (older.length > 0) details.push(`objects may still be stored as ${older.join(', ')}`);
  return pass(`${served}; their definition is ${definition.owner}`, { details });
}

function ownerIn(definition: Definition | undefined): string {
  return definition === undefined
    ? 'whose definition it is may not be read here'
    : `their definition is ${definition.owner}`;
}

function namesOf({ kind }: Resource<KubeObject>): string {
  return `${kind}s`;
}
