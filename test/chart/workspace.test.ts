// Workspaces in the chart: nothing of them while they are off, and never beside KAITO's own controller.
import { describe, expect, it, onTestFinished } from 'vitest';
import type { JsonObject } from '../../hack/sandbox/aks/json.ts';
import { aCleanCluster, clusterHelm, create, kubectl, namespace, release, served } from './cluster.ts';
import { ciFile, nameOf, render } from './helm.ts';

const on = { workspace: { enabled: true } };
const args = ['--values', ciFile('minimal')];
const roleName = 'gpu-provisioner-workspaces';

function kaito(image: string): object {
  const labels = { app: 'kaito' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'workspace', namespace: 'default' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'manager', image }] } },
    },
  };
}

function aWorkspace(name: string, finalizers: readonly string[]): JsonObject {
  return {
    apiVersion: 'kaito.sh/v1alpha1',
    kind: 'Workspace',
    metadata: { name, namespace: 'default', finalizers },
    resource: { labelSelector: { matchLabels: { apps: name } } },
    inference: { preset: { name: 'phi-3-mini-4k-instruct' } },
  };
}

function named(all: readonly JsonObject[]): readonly string[] {
  return all.map((each) => nameOf(each));
}

describe('workspace.enabled', () => {
  it('brings CRD, roles and environment, and leaves nothing of them where it is off', async () => {
    const [without, withIt] = await Promise.all([render(), render(on)]);
    expect(named(without.all('CustomResourceDefinition'))).not.toContain('workspaces.kaito.sh');
    expect(named(withIt.all('CustomResourceDefinition'))).toContain('workspaces.kaito.sh');
    expect(named(without.all('ClusterRole'))).not.toContain(roleName);
    expect(named(withIt.all('ClusterRole'))).toContain(roleName);
    expect(JSON.stringify(without.objects)).not.toContain('"WORKSPACES"');
    expect(JSON.stringify(withIt.objects)).toContain('{"name":"WORKSPACES","value":"true"}');
  });

  it('hands presets of the values to the controller as a file, and restarts it when they change', async () => {
    const preset = {
      name: 'mine',
      inference: { disk: '1Gi', gpus: 1, totalGpuMemory: '1Gi', image: 'r/m:1', command: 'c' },
    };
    const rendered = await render({ workspace: { enabled: true, presets: [preset] } });
    const [configMap] = rendered.all('ConfigMap');
    const data: unknown = configMap?.['data'];
    expect(JSON.parse(String(Object(data)['presets.json']))).toEqual([preset]);
    const text = JSON.stringify(rendered.all('Deployment'));
    expect(text).toContain('{"name":"PRESETS_FILE","value":"/etc/gpu-provisioner/presets.json"}');
    expect(text).toContain('"mountPath":"/etc/gpu-provisioner"');
    expect(text).toContain('gpu-provisioner.io/presets');
  });

  it("is refused beside KAITO's own controller, and not beside another Deployment of its name", async () => {
    await aCleanCluster();
    await create(Object(kaito('registry.example/other/workspace:1')));
    await release('install', args, { values: on });
    await clusterHelm(['uninstall', 'gpu-provisioner', '--namespace', namespace, '--no-hooks']);
    await kubectl(['delete', 'deployment', 'workspace', '--namespace', 'default']);
    await create(Object(kaito('mcr.microsoft.com/aks/kaito/workspace:0.3.0')));
    await expect(release('install', args, { values: on })).rejects.toThrow("KAITO's workspace controller is installed");
    await kubectl(['delete', 'deployment', 'workspace', '--namespace', 'default']);
  });

  it('once turned off, has the Workspaces that still have its finalizer named in the notes of that upgrade', async () => {
    await aCleanCluster();
    await release('install', args, { values: on });
    await served('workspaces.kaito.sh');
    await create(aWorkspace('held', ['workspace.finalizer.kaito.sh']));
    await create(aWorkspace('free', []));
    onTestFinished(async () => {
      await kubectl(['patch', 'workspace', 'held', '--type=merge', '--patch', '{"metadata":{"finalizers":null}}']);
    });
    const warned = 'Nobody looks at Workspaces here any more';
    expect(await release('upgrade', args, { values: on })).not.toContain(warned);
    const notes = await release('upgrade', args);
    expect(notes).toContain(warned);
    expect(notes).toContain('\n   default/held\n');
    expect(notes).not.toContain('default/free');
    // From then on they may be KAITO's.
    expect(await release('upgrade', args)).not.toContain(warned);
  });

  it('once turned off, has nothing to tell where no Workspace has its finalizer', async () => {
    await aCleanCluster();
    await release('install', args, { values: on });
    expect(await release('upgrade', args)).not.toContain('Workspaces');
  });
});
