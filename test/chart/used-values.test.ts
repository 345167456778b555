// Every value is used: another one than the default gives other objects.
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../hack/sandbox/aks/json.ts';
import { chartDir, ciFile, Rendered, template } from './helm.ts';

const id = '00000000-0000-0000-0000-00000000000f';

/** For each value another one than its default. */
const others: Readonly<Record<string, Json>> = {
  nameOverride: 'other',
  fullnameOverride: 'other',
  namespace: 'other',
  additionalLabels: { a: 'b' },
  additionalAnnotations: { a: 'b' },
  'controller.image.repository': 'registry.example/other',
  'controller.image.tag': 'other',
  'controller.image.digest': `sha256:${'1'.repeat(64)}`,
  'controller.env': [{ name: 'A', value: 'b' }],
  'controller.envFrom': [{ secretRef: { name: 'a' } }],
  'controller.resources': { requests: { cpu: '2' } },
  'controller.securityContext': { readOnlyRootFilesystem: false },
  'controller.logLevel': 'debug',
  'controller.metrics.port': 9000,
  'controller.healthProbe.port': 9001,
  'controller.extraVolumeMounts': [{ name: 'a', mountPath: '/a' }],
  'settings.azure.subscriptionId': id,
  'settings.azure.resourceGroup': 'other',
  'settings.azure.clusterName': 'other',
  'settings.azure.location': 'westus',
  'settings.azure.cloud': 'AzureChinaCloud',
  'workloadIdentity.clientId': id,
  'workloadIdentity.tenantId': id,
  deploymentMode: 'managed',
  replicas: 3,
  revisionHistoryLimit: 1,
  strategy: { type: 'Recreate' },
  logLevel: 'debug',
  imagePullPolicy: 'Always',
  imagePullSecrets: [{ name: 'a' }],
  podLabels: { a: 'b' },
  podAnnotations: { a: 'b' },
  podSecurityContext: { runAsUser: 1 },
  priorityClassName: 'other',
  terminationGracePeriodSeconds: 60,
  hostNetwork: true,
  dnsPolicy: 'ClusterFirst',
  dnsConfig: { nameservers: ['192.0.2.1'] },
  nodeSelector: { a: 'b' },
  affinity: { podAffinity: {} },
  topologySpreadConstraints: [],
  tolerations: [],
  extraVolumes: [{ name: 'a', emptyDir: {} }],
  'podDisruptionBudget.enabled': false,
  'podDisruptionBudget.name': 'other',
  'podDisruptionBudget.maxUnavailable': 2,
  'serviceAccount.create': false,
  'serviceAccount.name': 'other',
  'serviceAccount.annotations': { a: 'b' },
  additionalClusterRoleRules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }],
  'rbac.viewer': true,
  'service.enabled': false,
  'service.annotations': { a: 'b' },
  'statusPage.enabled': true,
  'serviceMonitor.enabled': true,
  'serviceMonitor.additionalLabels': { a: 'b' },
  'serviceMonitor.endpointConfig': { interval: '5s' },
  'prometheusRule.enabled': true,
  'prometheusRule.additionalLabels': { a: 'b' },
  'prometheusRule.alertLabels': { a: 'b' },
  'prometheusRule.runbookUrl': 'https://runbooks.example',
  'prometheusRule.disabled': ['GpuProvisionerDown'],
  'dashboards.enabled': true,
  'dashboards.namespace': 'other',
  'dashboards.labels': { a: 'b' },
  'dashboards.folder': 'other',
  'dashboards.annotations': { a: 'b' },
  'networkPolicy.enabled': true,
  'networkPolicy.apiServerPort': 6443,
  'networkPolicy.metricsFrom': [{ podSelector: {} }],
  'networkPolicy.additionalEgress': [{ ports: [{ port: 1 }] }],
  'workspace.enabled': true,
  'workspace.claims': 'nodeclaim',
  'workspace.presetRelease': 'v0.4.1',
  'workspace.presetRegistry': 'registry.example/kaito',
  'workspace.presets': [
    { name: 'a', inference: { disk: '1Gi', gpus: 1, totalGpuMemory: '1Gi', image: 'a:1', command: 'a' } },
  ],
  'workspace.downloaderImage': 'a:1',
  'workspace.pusherImage': 'a:1',
  'crds.enabled': false,
  'crds.keep': false,
  'doctor.enabled': false,
  'releaseNodes.enabled': false,
  'releaseNodes.waitSeconds': 1,
};

/** The paths of values.yaml, down to those that `others` lists. */
function pathsOf(values: JsonObject, prefix = ''): readonly string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const path = `${prefix}${key}`;
    const isLeaf = path in others || !isObject(value) || Object.keys(value).length === 0;
    return isLeaf ? [path] : pathsOf(value, `${path}.`);
  });
}

function nested(path: string, value: Json): JsonObject {
  const [first = '', ...rest] = path.split('.');
  return { [first]: rest.length === 0 ? value : nested(rest.join('.'), value) };
}

/** What a part must be for its other values to matter. */
function switchedOn(path: string): readonly string[] {
  const [part = '', key] = path.split('.');
  const switches = ['serviceMonitor', 'prometheusRule', 'dashboards', 'networkPolicy', 'workspace'];
  const isOff = switches.includes(part) && key !== 'enabled';
  return [...minimal, ...(isOff ? ['--set', `${part}.enabled=true`] : [])];
}

const minimal = ['--values', ciFile('minimal')];

describe('values.yaml', () => {
  it('has no value beside those that are tested here', async () => {
    const [values = {}] = new Rendered(await readFile(`${chartDir}/values.yaml`, 'utf8')).objects;
    expect(pathsOf(values).toSorted()).toEqual(Object.keys(others).toSorted());
  });

  it.each(Object.entries(others))('uses %s', async (path, value) => {
    const base = switchedOn(path);
    const [usual, changed] = await Promise.all([template(base), template(base, nested(path, value))]);
    expect(changed).not.toBe(usual);
  });
});
