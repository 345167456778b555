// Values that the chart must refuse, with a message that a person can act on.
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../hack/sandbox/aks/json.ts';
import { refusal } from './helm.ts';

const build = /docker buildx build .* --tag <registry>\/gpu-provisioner:\S+ --push \./u;

describe('the image', () => {
  it('has no default: without one the commands to build and push are told', async () => {
    const said = await refusal({ controller: { image: { repository: '' } } });
    expect(said).toMatch(/controller\.image\.repository is empty/u);
    expect(said).toMatch(build);
    expect(said).toContain('--set controller.image.repository=<registry>/gpu-provisioner');
  });

  it.each([
    'mcr.microsoft.com/aks/kaito/gpu-provisioner',
    'mirror.example/mcr/aks/kaito/gpu-provisioner',
    'aks/kaito/gpu-provisioner',
  ])("must not be Azure's: %s", async (repository) => {
    const said = await refusal({ controller: { image: { repository, tag: '0.4.0' } } });
    expect(said).toContain(`controller.image.repository is ${repository}: the image of Azure's provisioner`);
    expect(said).toMatch(build);
  });
});

describe('the cluster', () => {
  it('must be known: all missing names are in one message', async () => {
    const said = await refusal({ settings: { azure: { subscriptionId: '', resourceGroup: '', clusterName: '' } } });
    expect(said).toMatch(/Missing: .*The controller must know its cluster/u);
    for (const name of ['subscriptionId', 'resourceGroup', 'clusterName'])
      expect(said).toContain(`settings.azure.${name}`);
  });

  it('counts an entry of controller.env without a value as missing', async () => {
    const said = await refusal({
      settings: { azure: { clusterName: null } },
      controller: { env: [{ name: 'AZURE_CLUSTER_NAME', value: null }] },
    });
    expect(said).toMatch(/Missing: settings\.azure\.clusterName\./u);
  });
});

describe('the schema', () => {
  it.each([
    ['', { contoller: {} }, "additional properties 'contoller' not allowed"],
    ['/controller', { controller: { replicas: 1 } }, "additional properties 'replicas' not allowed"],
    ['/controller/image', { controller: { image: { repo: 'x' } } }, "additional properties 'repo' not allowed"],
    ['/controller/metrics', { controller: { metrics: { prot: 1 } } }, "additional properties 'prot' not allowed"],
    ['/controller/env/0', { controller: { env: [{ nane: 'x' }] } }, "missing property 'name'"],
    ['/settings', { settings: { aws: {} } }, "additional properties 'aws' not allowed"],
    ['/settings/azure', { settings: { azure: { region: 'x' } } }, "additional properties 'region' not allowed"],
    ['/workloadIdentity', { workloadIdentity: { id: 'x' } }, "additional properties 'id' not allowed"],
    ['/crds', { crds: { install: true } }, "additional properties 'install' not allowed"],
    ['/releaseNodes', { releaseNodes: { wait: 1 } }, "additional properties 'wait' not allowed"],
    ['/networkPolicy', { networkPolicy: { allow: true } }, "additional properties 'allow' not allowed"],
    ['/workspace/presets/0/inference', presets({ disc: '50Gi' }), "additional properties 'disc' not allowed"],
    ['/podDisruptionBudget', { podDisruptionBudget: { max: 1 } }, "additional properties 'max' not allowed"],
  ])('names an unknown key and its place: %s', async (place, values, message) => {
    const said = await refusal(values);
    expect(said).toContain(`at '${place}': ${message}`);
  });

  it.each([
    ['/replicas', { replicas: 'two' }, 'want integer'],
    ['/logLevel', { logLevel: 'loud' }, "'debug'"],
    ['/deploymentMode', { deploymentMode: 'hosted' }, "'self-hosted', 'managed'"],
    ['/controller/metrics/port', { controller: { metrics: { port: 70_000 } } }, 'maximum'],
    ['/workloadIdentity/clientId', { workloadIdentity: { clientId: 'my-identity' } }, 'does not match pattern'],
    ['/settings/azure/subscriptionId', { settings: { azure: { subscriptionId: 'mine' } } }, 'does not match pattern'],
    ['/controller/image/digest', { controller: { image: { digest: 'abc' } } }, 'does not match pattern'],
    ['/workspace/presets/0/inference/gpus', presets({ gpus: 'one' }), 'want integer'],
    ['/workspace/presets/0/inference/disk', presets({ disk: '50GB' }), 'does not match pattern'],
    ['/controller/resources/limits/memory', memory('1 GB'), 'does not match pattern'],
  ])('names a value that cannot be meant: %s', async (place, values, message) => {
    const said = await refusal(values);
    expect(said).toContain(place);
    expect(said).toContain(message);
  });
});

describe('what contradicts itself', () => {
  it.each([
    ['METRICS_PORT', 'controller.metrics.port'],
    ['HEALTH_PROBE_PORT', 'controller.healthProbe.port'],
  ])('is a port by environment, which the pod would not know: %s', async (name, value) => {
    const said = await refusal({ controller: { env: [{ name, value: '9000' }] } });
    expect(said).toContain(`controller.env sets ${name}: set ${value}, which the pod's ports follow`);
  });

  it('is a memory limit that the controller cannot live in', async () => {
    expect(await refusal(memory('100Mi'))).toContain('too little for the controller, which needs 128Mi at least');
  });
});

function memory(limit: string) {
  return { controller: { resources: { limits: { memory: limit } } } };
}

/** One preset, with changes in what serving it takes. */
function presets(changes: JsonObject) {
  const inference = { disk: '50Gi', gpus: 1, totalGpuMemory: '16Gi', command: 'serve', ...changes };
  return { workspace: { presets: [{ name: 'mine', inference }] } };
}
