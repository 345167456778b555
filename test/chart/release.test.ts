// A release's life on a real API server: install, upgrade, rollback, uninstall.
import { describe, expect, it } from 'vitest';
import { aCleanCluster, clusterHelm, get, makeNamespace, names, namespace, release } from './cluster.ts';
import { azureValuesFile, ciFile, containerOf, image } from './helm.ts';

const where = ['--namespace', namespace];
const kinds =
  'deployments,serviceaccounts,services,roles,rolebindings,clusterroles,clusterrolebindings,poddisruptionbudgets';

async function replicas(): Promise<unknown> {
  return (await get('deployment', 'gpu-provisioner'))?.['spec'];
}

describe('a release', () => {
  it.each([
    ['minimal', ['--values', ciFile('minimal')]],
    ["Azure's script's, with an image", ['--values', azureValuesFile, '--set', image]],
  ])('is installed with the values file %s', async (_, args) => {
    await aCleanCluster();
    await release('install', args);
    expect(await get('deployment', 'gpu-provisioner')).toMatchObject({ metadata: { generation: 1 } });
    expect(await names('crd')).toEqual(['/machines.karpenter.sh', '/nodeclaims.karpenter.sh']);
  });

  it('is upgraded, rolled back and uninstalled, and leaves the CRDs alone', async () => {
    await aCleanCluster();
    const before = await names(kinds);
    const args = ['--values', ciFile('minimal')];
    await release('install', args);
    const installed = await names(kinds);
    expect(installed.length).toBeGreaterThan(before.length);

    await release('upgrade', args, { values: { replicas: 3, podDisruptionBudget: { enabled: false } } });
    expect(await replicas()).toMatchObject({ replicas: 3 });
    expect(await get('poddisruptionbudget', 'gpu-provisioner')).toBeUndefined();

    await clusterHelm(['rollback', 'gpu-provisioner', '1', ...where]);
    expect(await replicas()).toMatchObject({ replicas: 2 });
    expect(await names(kinds)).toEqual(installed);

    await clusterHelm(['uninstall', 'gpu-provisioner', ...where, '--no-hooks']);
    expect(await names(kinds)).toEqual(before);
    expect(await names('crd')).toEqual(['/machines.karpenter.sh', '/nodeclaims.karpenter.sh']);
  });

  it('can be installed again over the CRDs that it left', async () => {
    await aCleanCluster();
    const args = ['--values', ciFile('minimal')];
    await release('install', args);
    await clusterHelm(['uninstall', 'gpu-provisioner', ...where, '--no-hooks']);
    await release('install', args, { values: { additionalLabels: { second: 'time' } } });
    expect(await get('crd', 'machines.karpenter.sh')).toMatchObject({ metadata: { labels: { second: 'time' } } });
  });

  it('is complete with every field filled', async () => {
    await aCleanCluster();
    await makeNamespace('monitoring');
    const values = { namespace: '', serviceMonitor: { enabled: false } };
    await release('install', ['--values', ciFile('everything')], { values });
    const deployment = (await get('deployment', 'gpus')) ?? {};
    expect(containerOf(deployment)).toMatchObject({ name: 'controller', imagePullPolicy: 'Always' });
    expect(await get('networkpolicy', 'gpus')).toBeDefined();
    expect(await get('serviceaccount', 'provisioner')).toBeDefined();
    expect((await names('configmaps')).filter((name) => name.startsWith('monitoring/gpus'))).toHaveLength(3);
  });
});
