// `helm upgrade` from Azure's chart: its objects are taken over, and what has no use any more goes.
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isObject, objectAt, textAt } from '../../hack/sandbox/aks/json.ts';
import { aCleanCluster, clusterHelm, crdFile, create, get, namespace, release, served } from './cluster.ts';
import { azureValuesFile, chartDir, containerOf, image, podOf } from './helm.ts';

const azureChart = fileURLToPath(new URL('fixtures/azure-chart', import.meta.url));
const takenOver = [
  ['deployment', 'gpu-provisioner'],
  ['serviceaccount', 'gpu-provisioner'],
  ['clusterrole', 'gpu-provisioner-core'],
  ['clusterrolebinding', 'gpu-provisioner-core'],
  ['role', 'gpu-provisioner'],
  ['rolebinding', 'gpu-provisioner'],
] as const;
const ours = ['--values', azureValuesFile, '--set', image];

async function aClusterOfAzure(releaseNamespace = namespace): Promise<void> {
  await aCleanCluster();
  const crd: unknown = parse(await crdFile('machines'));
  if (isObject(crd)) await create(crd); // as from a chart's directory crds/: helm leaves no mark on it
  // From here on the API server has nothing more to write on it.
  await served('machines.karpenter.sh');
  await clusterHelm(['install', 'gpu-provisioner', azureChart, '--namespace', releaseNamespace]);
}

async function uids(): Promise<readonly (string | undefined)[]> {
  const found = await Promise.all(takenOver.map(([kind, name]) => get(kind, name)));
  return found.map((object) => textAt(objectAt(object, 'metadata'), 'uid'));
}

async function metadataOf(kind: string, name: string): Promise<unknown> {
  return objectAt((await get(kind, name)) ?? {}, 'metadata');
}

async function uidOf(kind: string): Promise<string | undefined> {
  return textAt(await metadataOf(kind, 'gpu-provisioner'), 'uid');
}

describe("an upgrade from Azure's chart", () => {
  it('takes its objects over as they are, and removes what is of no use', async () => {
    await aClusterOfAzure();
    const before = await uids();
    expect(before).not.toContain(undefined);
    const notes = await release('upgrade', ours);
    expect(await uids()).toEqual(before);
    expect(await get('role', 'gpu-provisioner-dns', 'kube-system')).toBeUndefined();
    expect(await get('configmap', 'gpu-provisioner-global-settings')).toBeUndefined();
    expect(notes).toContain('LEADER_ELECT in controller.env');
  });

  it('leaves nothing of the old pod', async () => {
    await aClusterOfAzure();
    await release('upgrade', ours);
    const deployment = (await get('deployment', 'gpu-provisioner')) ?? {};
    expect(containerOf(deployment)).toMatchObject({ image: expect.stringMatching(/^registry\.example\//u) });
    const { env, resources } = containerOf(deployment);
    expect(env).toEqual(expect.arrayContaining([{ name: 'LEADER_ELECT', value: 'true' }]));
    expect(env).not.toEqual(expect.arrayContaining([expect.objectContaining({ name: 'CONFIG_LOGGING_NAME' })]));
    expect(resources).toEqual({ limits: { memory: '512Mi' }, requests: { cpu: '100m', memory: '256Mi' } });
    expect(podOf(deployment)).toMatchObject({ securityContext: { fsGroup: 65_532, runAsUser: 65_532 } });
    expect(objectAt(podOf(deployment), 'affinity')).not.toHaveProperty('podAntiAffinity');
  });

  it('leaves the Machine CRD to whoever installed it', async () => {
    await aClusterOfAzure();
    const before = await get('crd', 'machines.karpenter.sh');
    await release('upgrade', ours);
    expect((await get('crd', 'machines.karpenter.sh'))?.['metadata']).toEqual(before?.['metadata']);
  });

  it('takes a release of the NodeClaim era over in the same way, its Service too, and leaves the NodeClaim CRD alone', async () => {
    await aCleanCluster();
    const definition: unknown = parse(await crdFile('nodeclaims'));
    if (isObject(definition)) await create(definition);
    await served('nodeclaims.karpenter.sh');
    const args = ['install', 'gpu-provisioner', azureChart, '--namespace', namespace, '--set', 'era=NodeClaim'];
    await clusterHelm(args);
    const before = [await uids(), await uidOf('service'), await metadataOf('crd', 'nodeclaims.karpenter.sh')];
    expect(before[1]).toBeDefined();
    await release('upgrade', ours);
    expect([await uids(), await uidOf('service'), await metadataOf('crd', 'nodeclaims.karpenter.sh')]).toEqual(before);
    expect(await get('crd', 'machines.karpenter.sh')).toBeDefined();
  });

  it('can be taken back', async () => {
    await aClusterOfAzure();
    const before = await uids();
    await release('upgrade', ours);
    await clusterHelm(['rollback', 'gpu-provisioner', '1', '--namespace', namespace]);
    expect(await uids()).toEqual(before);
    expect(containerOf((await get('deployment', 'gpu-provisioner')) ?? {})).toMatchObject({
      image: 'mcr.microsoft.com/aks/kaito/gpu-provisioner:0.2.1',
    });
  });

  it('works for a release that is recorded in another namespace than its objects', async () => {
    await aClusterOfAzure('default');
    const before = await uids();
    const args = ['upgrade', 'gpu-provisioner', chartDir, '--namespace', 'default', ...ours];
    await clusterHelm([...args, '--set', `namespace=${namespace}`]);
    expect(await uids()).toEqual(before);
    expect(await get('deployment', 'gpu-provisioner', 'default')).toBeUndefined();
  });
});
