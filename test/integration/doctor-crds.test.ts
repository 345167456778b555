// What the doctor says of kinds that are not served, where one kind of claim is enough; and of the module of Workspaces.
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { parse } from 'yaml';
import { isObject, objectAt, type JsonObject } from '../../hack/sandbox/aks/json.ts';
import { deployments } from '../../src/apis/resource.ts';
import {
  aClusterPatient,
  controllerDeployment,
  definitions,
  examineHere,
  rulesOfChart,
  type ClusterPatient,
  type Examined,
} from '../support/doctor.ts';

const { signal } = new AbortController();
const account = 'system:serviceaccount:gpu-provisioner:gpu-provisioner';
const machines = 'machines.karpenter.sh';
const nodeClaims = 'nodeclaims.karpenter.sh';

let patient: ClusterPatient;

beforeEach(async () => {
  patient = await aClusterPatient();
});
afterEach(async () => patient[Symbol.asyncDispose]());

async function withoutDefinition(name: string): Promise<void> {
  await patient.kube.delete(definitions, { name }, { signal });
}

/** As the charts of KAITO v0.3.0 to v0.4.1 have NodeClaims; helm puts no mark on what comes from a directory crds/. */
async function onlyAsV1beta1(name = nodeClaims): Promise<void> {
  await withoutDefinition(name);
  const [plural = '', group = ''] = name.split(/\.(.*)/);
  const crd: unknown = parse(await readFile(`crds/${group}_${plural}.yaml`, 'utf8'));
  const spec = objectAt(isObject(crd) ? crd : {}, 'spec') ?? {};
  const versions = Array.isArray(spec['versions']) ? spec['versions'].filter(isObject) : [];
  const [version]: readonly (JsonObject | undefined)[] = versions;
  const renamed = { ...spec, versions: [{ ...version, name: 'v1beta1' }] };
  await patient.kube.create(definitions, { metadata: { name }, spec: renamed }, { signal });
}

const atHome = async (): Promise<Examined> => examineHere(await patient.env());

/** As `helm test` and `kubectl exec` ask: in a pod, with the rights of the chart, which may read no definition. */
async function inPod(env: Readonly<Record<string, string>> = {}): Promise<Examined> {
  await patient.kube.create(deployments, controllerDeployment({ env }), { signal });
  vi.stubEnv('KUBERNETES_SERVICE_HOST', '127.0.0.1');
  vi.stubEnv('DEPLOYMENT_NAME', 'gpu-provisioner');
  onTestFinished(() => void vi.unstubAllEnvs());
  patient.api.addToken('controller', { name: account, groups: [], rules: rulesOfChart() });
  return examineHere(await patient.env('controller'), '--namespace=gpu-provisioner');
}

const askers = [
  ['at home', atHome, 'nobody’s by its labels'],
  ["with the controller's rights", inPod, 'may not be read here'],
] as const;

describe.each(askers)('doctor %s', (_, examined, owner) => {
  it('warns where NodeClaims are served as v1beta1 alone, says whose they are, and sends nobody to what cannot help', async () => {
    await onlyAsV1beta1();
    const { of } = await examined();
    expect(of('crds')).toMatchObject([
      { outcome: 'pass', message: expect.stringContaining('Machines are served as karpenter.sh/v1alpha5') },
      {
        outcome: 'warn',
        message:
          'NodeClaims are served as v1beta1, not as v1, which the controller speaks, and left alone; Machines are served',
        details: [
          expect.stringContaining(owner),
          expect.stringContaining('KAITO v0.3.0 to v0.4.1, which create Machines'),
        ],
        mend: [expect.stringContaining('docs/migration.md')],
      },
    ]);
    expect(JSON.stringify(of('crds'))).not.toContain('crds.enabled');
  });

  it('warns where one kind is absent, and has the chart make it', async () => {
    await withoutDefinition(nodeClaims);
    const { of } = await examined();
    expect(of('crds')).toMatchObject([
      { outcome: 'pass' },
      {
        outcome: 'warn',
        message: 'NodeClaims are not served, so that none can be made; Machines are served',
        mend: [expect.stringContaining('crds.enabled=true')],
      },
    ]);
  });

  it('warns where Machines are absent', async () => {
    await withoutDefinition(machines);
    const { of } = await examined();
    expect(of('crds')).toMatchObject([
      { outcome: 'warn', message: 'Machines are not served, so that none can be made; NodeClaims are served' },
      { outcome: 'pass' },
    ]);
  });

  it('fails where no kind is served in a version that the controller speaks', async () => {
    await withoutDefinition(machines);
    await onlyAsV1beta1();
    const { of } = await examined();
    expect(of('crds')).toMatchObject([
      {
        outcome: 'fail',
        message:
          'Neither Machines nor NodeClaims are served as the controller speaks them: there is nothing to work on',
        details: [expect.stringContaining('NodeClaims are served as v1beta1, not as v1')],
        mend: [expect.stringContaining('crds.enabled=true'), expect.stringContaining('docs/migration.md')],
      },
    ]);
  });

  it('fails where both are served in other versions alone, and does not send people to the chart', async () => {
    await onlyAsV1beta1(machines);
    await onlyAsV1beta1();
    const { of } = await examined();
    expect(of('crds')).toMatchObject([
      {
        outcome: 'fail',
        mend: [`kubectl describe customresourcedefinition ${machines}`, expect.stringContaining('docs/migration.md')],
      },
    ]);
    expect(JSON.stringify(of('crds'))).not.toContain('crds.enabled');
  });

  it('fails where neither kind is there', async () => {
    for (const name of [machines, nodeClaims]) await withoutDefinition(name);
    const { of } = await examined();
    expect(of('crds')).toMatchObject([
      {
        outcome: 'fail',
        message: 'Neither Machines nor NodeClaims are served: there is nothing to work on',
        mend: [expect.stringContaining('crds.enabled=true')],
      },
    ]);
  });
});

describe('doctor beside the module of Workspaces', () => {
  it('names the value that has Workspaces ask for what is served', async () => {
    await onlyAsV1beta1();
    const { of } = await inPod({ WORKSPACES: 'true', WORKSPACE_CLAIMS: 'nodeclaim' });
    expect(of('crds')).toMatchObject([
      { outcome: 'pass' },
      {
        outcome: 'warn',
        mend: [
          expect.stringContaining('--set workspace.claims=machine    # Workspaces ask for NodeClaims'),
          expect.stringContaining('docs/migration.md'),
        ],
      },
      { outcome: 'pass', message: expect.stringContaining('Workspaces are served as kaito.sh/v1alpha1') },
    ]);
  });

  it("fails beside KAITO's own controller, whatever its Deployment is called", async () => {
    const kaito = { name: 'ai-toolchain', namespace: 'other', image: 'registry.example/kaito/workspace@sha256:0' };
    await patient.kube.create(deployments, controllerDeployment({ ...kaito, foreign: true }), { signal });
    await patient.kube.create(deployments, controllerDeployment({ env: { WORKSPACES: 'true' } }), { signal });
    const { of } = await atHome();
    expect(of('other-provisioners')).toMatchObject([
      {
        outcome: 'fail',
        message: "KAITO's workspace controller runs as Deployment other/ai-toolchain: Workspaces are left to it",
        mend: [expect.stringContaining('workspace.enabled=false')],
      },
    ]);
  });

  it('warns where Workspaces are not served', async () => {
    await withoutDefinition('workspaces.kaito.sh');
    const { of } = await inPod({ WORKSPACES: 'true' });
    expect(of('crds')).toMatchObject([
      { outcome: 'pass' },
      { outcome: 'pass' },
      {
        outcome: 'warn',
        message: 'Workspaces are not served, so that none can be made; Machines and NodeClaims are served',
        mend: [expect.stringContaining('crds.enabled=true')],
      },
    ]);
  });
});
