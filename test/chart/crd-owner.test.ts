// Whose a CRD is: the chart makes what is absent, changes what it made, and never touches what another made.
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isObject, type JsonObject } from '../../hack/sandbox/aks/json.ts';
import { aCleanCluster, clusterHelm, crdFile, create, get, kubectl, namespace, release, served } from './cluster.ts';
import { ciFile } from './helm.ts';

const args = ['--values', ciFile('minimal')];
const machines = 'machines.karpenter.sh';
const nodeClaims = 'nodeclaims.karpenter.sh';
const mark = { values: { additionalLabels: { mark: 'ours' } } };

async function aCrd(annotations: JsonObject = {}): Promise<JsonObject> {
  const crd: unknown = parse(await crdFile('machines'));
  if (!isObject(crd)) throw new TypeError('The CRD is not an object');
  return { ...crd, metadata: { name: machines, annotations, labels: { 'app.kubernetes.io/managed-by': 'Helm' } } };
}

/** As the charts of KAITO v0.3.0 to v0.4.1 bring it in a directory crds/. */
async function anOldNodeClaimCrd(): Promise<JsonObject> {
  const crd: unknown = parse((await crdFile('nodeclaims')).replace('name: v1\n', 'name: v1beta1\n'));
  if (!isObject(crd)) throw new TypeError('The CRD is not an object');
  return { ...crd, metadata: { name: nodeClaims } };
}

function ownedBy(name: string, where = namespace): JsonObject {
  return { 'meta.helm.sh/release-name': name, 'meta.helm.sh/release-namespace': where };
}

describe('a CRD', () => {
  it.each([
    ['that no helm made, as from a directory crds/', {}],
    ['of another release', ownedBy('kaito-workspace')],
    ['of a release of our name in another namespace', ownedBy('gpu-provisioner', 'elsewhere')],
  ])('%s is left alone, also by upgrades and the end', async (_, annotations) => {
    await aCleanCluster();
    await create(await aCrd(annotations));
    // From here on the API server has nothing more to write on it.
    await served(machines);
    const before = await get('crd', machines);
    const uid = before?.['metadata'];
    await release('install', args, mark);
    await release('upgrade', args, mark);
    await clusterHelm(['uninstall', 'gpu-provisioner', '--namespace', namespace, '--no-hooks']);
    const after = await get('crd', machines);
    expect(after?.['metadata']).toEqual(uid);
    expect(after?.['spec']).toEqual(before?.['spec']);
  });

  it('that is absent is made, beside one that another made', async () => {
    await aCleanCluster();
    await create(await aCrd());
    await release('install', args, mark);
    expect(await get('crd', machines)).not.toMatchObject({ metadata: { labels: { mark: 'ours' } } });
    expect(await get('crd', nodeClaims)).toMatchObject({
      metadata: { labels: { mark: 'ours' }, annotations: ownedBy('gpu-provisioner') },
    });
  });

  it('of NodeClaims as v1beta1 alone is left alone and told of; once it is deleted, an upgrade makes ours', async () => {
    await aCleanCluster();
    await create(await anOldNodeClaimCrd());
    await served(nodeClaims, '/apis/karpenter.sh/v1beta1/nodeclaims');
    const told = '\n- NodeClaims: served as v1beta1, not as v1\n';
    expect(`${await release('install', args)}\n`).toContain(told);
    expect(await get('crd', machines)).toMatchObject({ metadata: { annotations: ownedBy('gpu-provisioner') } });
    expect(await get('crd', nodeClaims)).toMatchObject({ spec: { versions: [{ name: 'v1beta1' }] } });
    // Why nobody is told to put ours in its place.
    const ours: unknown = parse(await crdFile('nodeclaims'));
    await expect(kubectl(['apply', '-f', '-'], Object(ours))).rejects.toThrow('status.storedVersions');
    await kubectl(['delete', 'crd', nodeClaims]);
    expect(`${await release('upgrade', args)}\n`).not.toContain(told);
    expect(await get('crd', nodeClaims)).toMatchObject({ spec: { versions: [{ name: 'v1' }] } });
  });

  it('of this release is brought up to date by an upgrade', async () => {
    await aCleanCluster();
    await release('install', args);
    await kubectl(['label', 'crd', machines, 'touched=yes']);
    await release('upgrade', args, mark);
    expect(await get('crd', machines)).toMatchObject({ metadata: { labels: { mark: 'ours', touched: 'yes' } } });
  });

  it('stays, with its objects, when the release goes', async () => {
    await aCleanCluster();
    await release('install', args);
    await served(machines);
    await create({ apiVersion: 'karpenter.sh/v1alpha5', kind: 'Machine', metadata: { name: 'mine' }, spec: {} });
    await clusterHelm(['uninstall', 'gpu-provisioner', '--namespace', namespace, '--no-hooks']);
    expect(await get('machines.karpenter.sh', 'mine')).toBeDefined();
  });

  it('goes with the release where the values say so', async () => {
    await aCleanCluster();
    await release('install', args, { values: { crds: { keep: false } } });
    await served(machines);
    await served(nodeClaims);
    await clusterHelm(['uninstall', 'gpu-provisioner', '--namespace', namespace, '--no-hooks']);
    await kubectl(['wait', '--for=delete', `crd/${machines}`, '--timeout=30s']);
    expect(await get('crd', machines)).toBeUndefined();
  });

  it('is none of the release where the values say so', async () => {
    await aCleanCluster();
    await release('install', args, { values: { crds: { enabled: false } } });
    expect(await get('crd', machines)).toBeUndefined();
  });
});
