// What the person who installs the chart is told.
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../hack/sandbox/aks/json.ts';
import { clusterHelm, namespace } from './cluster.ts';
import { azureValuesFile, chartDir, ciFile, image } from './helm.ts';

/** The notes of an install that does not happen. */
async function notes(
  values: JsonObject = {},
  args: readonly string[] = ['--values', ciFile('minimal')],
): Promise<string> {
  const install = ['install', 'gpu-provisioner', chartDir, '--namespace', namespace, '--dry-run=client', ...args];
  const said = await clusterHelm(install, values);
  return said.slice(said.indexOf('\nNOTES:'));
}

function ignoredIn(text: string): readonly string[] {
  const [, list = ''] = text.split('\nIgnored:\n');
  return list.split('\n').filter((line) => line.startsWith('- '));
}

describe('the notes', () => {
  it('give the command that federates the identity, ready to run but for its name', async () => {
    expect(await notes()).toContain(`
   az identity federated-credential create \\
     --name gpu-provisioner --identity-name <identity> --resource-group my-rg \\
     --issuer "$(az aks show --resource-group my-rg --name my-aks --query oidcIssuerProfile.issuerUrl --output tsv)" \\
     --subject system:serviceaccount:gpu-provisioner:gpu-provisioner \\
     --audience api://AzureADTokenExchange
`);
  });

  it('name the ServiceAccount and the cluster that the values name', async () => {
    const text = await notes({
      serviceAccount: { name: 'mine' },
      namespace: 'elsewhere',
      controller: { env: [{ name: 'AZURE_CLUSTER_NAME', value: 'by-env' }] },
    });
    expect(text).toContain('--subject system:serviceaccount:elsewhere:mine');
    expect(text).toContain('--name by-env');
  });

  it('tell how to watch the first Machine', async () => {
    const text = await notes();
    expect(text).toContain('kubectl get machines -o wide -w');
    expect(text).toMatch(
      /kubectl logs --namespace gpu-provisioner --selector app\.kubernetes\.io\/name=gpu-provisioner,/u,
    );
  });

  it.each([
    ['the Service', {}, 'service/gpu-provisioner 8080:http-metrics'],
    ['the Deployment', { service: { enabled: false } }, 'deployment/gpu-provisioner 8080:http-metrics'],
  ])('say how to open the status page through %s, when there is one', async (_, values, target) => {
    const forward = `kubectl port-forward --namespace gpu-provisioner ${target}`;
    expect(await notes({ ...values, statusPage: { enabled: true } })).toContain(forward);
    expect(await notes(values)).not.toContain('port-forward');
  });

  it('name the command that examines it all, where there is one', async () => {
    expect(await notes()).toContain('helm test gpu-provisioner --namespace gpu-provisioner --logs');
    expect(await notes({ doctor: { enabled: false } })).not.toContain('helm test');
  });

  it('say that no identity is named', async () => {
    const missing = /workloadIdentity\.clientId is empty/u;
    expect(await notes({ workloadIdentity: { clientId: '' } })).toMatch(missing);
    expect(await notes()).not.toMatch(missing);
  });

  it("ask for no federation where the identity is the host's", async () => {
    const text = await notes({ deploymentMode: 'managed' });
    expect(text).not.toContain('federated-credential');
    expect(text).toContain("1. Let the host's identity 00000000-0000-0000-0000-000000000002 manage");
  });

  it('list nothing as ignored where nothing is', async () => {
    expect(await notes()).not.toContain('Ignored');
  });

  it("name the leader election of a values file for Azure's chart", async () => {
    expect(ignoredIn(await notes({}, ['--values', azureValuesFile, '--set', image]))).toEqual([
      '- LEADER_ELECT in controller.env: the lease is always held, so that no two controllers act at once',
    ]);
  });

  it("name every key of Azure's chart that has no meaning here", async () => {
    const text = await notes({
      logEncoding: 'console',
      webhook: { port: 8443 },
      controller: {
        logEncoding: 'json',
        outputPaths: ['stdout'],
        errorOutputPaths: ['stderr'],
        sidecarContainer: [{ name: 'x' }],
        sidecarVolumeMounts: [{ name: 'x' }],
        env: ['DISABLE_LEADER_ELECTION', 'LEADER_ELECTION_NAMESPACE', 'POD_NAME'].map((name) => ({ name, value: 'x' })),
      },
      settings: {
        batchMaxDuration: '10s',
        batchIdleDuration: '1s',
        featureGates: { driftEnabled: false },
        azure: { clusterEndpoint: 'x', vmMemoryOverheadPercent: 0.075, tags: { a: 'b' } },
      },
    });
    expect(ignoredIn(text).map((line) => line.slice(2).split(/[: ]/u)[0])).toEqual([
      'DISABLE_LEADER_ELECTION',
      'LEADER_ELECTION_NAMESPACE',
      'POD_NAME',
      'logEncoding',
      'controller.logEncoding',
      'controller.outputPaths',
      'controller.errorOutputPaths',
      'controller.sidecarContainer',
      'controller.sidecarVolumeMounts',
      'webhook',
      'settings.batchMaxDuration',
      'settings.batchIdleDuration',
      'settings.featureGates',
      'settings.azure.clusterEndpoint',
      'settings.azure.vmMemoryOverheadPercent',
      'settings.azure.tags',
    ]);
  });

  it('say why there is no ServiceMonitor', async () => {
    const text = await notes({ serviceMonitor: { enabled: true } });
    expect(ignoredIn(text)).toEqual(['- serviceMonitor.enabled: this cluster does not serve ServiceMonitor']);
  });

  it('say why there is no PrometheusRule', async () => {
    const text = await notes({ prometheusRule: { enabled: true } });
    expect(ignoredIn(text)).toEqual(['- prometheusRule.enabled: this cluster does not serve PrometheusRule']);
  });
});
