// What the pod of the controller is given: environment, heap, place and rights.
import { describe, expect, it } from 'vitest';
import { objectAt, type JsonObject } from '../../hack/sandbox/aks/json.ts';
import { parseOptions } from '../../src/options.ts';
import { azureValuesFile, containerOf, image, render, Rendered, template } from './helm.ts';

function env(...entries: readonly JsonObject[]): JsonObject {
  return { controller: { env: entries } };
}

const podField = (fieldPath: string): object => ({ fieldRef: { fieldPath } });

async function statusPage(values: JsonObject): Promise<unknown> {
  return (await render(values)).environment()['STATUS_PAGE'];
}

describe('the environment', () => {
  it('is what the controller needs, from five values', async () => {
    const { NODE_OPTIONS: _heap, ...rest } = (await render()).environment();
    expect(rest).toEqual({
      POD_NAME: podField('metadata.name'),
      DEPLOYMENT_NAME: 'gpu-provisioner',
      LEADER_ELECT: 'true',
      LEADER_ELECTION_NAMESPACE: podField('metadata.namespace'),
      METRICS_PORT: '8080',
      HEALTH_PROBE_PORT: '8081',
      ARM_SUBSCRIPTION_ID: '00000000-0000-0000-0000-000000000001',
      ARM_RESOURCE_GROUP: 'my-rg',
      AZURE_CLUSTER_NAME: 'my-aks',
      DEPLOYMENT_MODE: 'self-hosted',
      LOG_LEVEL: 'info',
    });
  });

  it("is accepted by the controller, with the values file of Azure's script too", async () => {
    const rendered = new Rendered(await template(['--values', azureValuesFile, '--set', image]));
    const entries = Object.entries(rendered.environment()).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : 'gpu-provisioner',
    ]);
    const invocation = parseOptions({ argv: [], env: Object.fromEntries(entries) });
    expect(invocation).toMatchObject({
      ok: true,
      options: {
        subscriptionId: '00000000-0000-0000-0000-000000000001',
        resourceGroup: 'my-rg',
        clusterName: 'my-aks',
        location: 'eastus',
        leaderElect: true,
        leaderElectionNamespace: 'gpu-provisioner',
        deploymentName: 'gpu-provisioner',
        deploymentNamespace: 'gpu-provisioner',
      },
    });
  });

  it('lets entries of controller.env win over settings, each name once', async () => {
    const manifests = await template(['--values', azureValuesFile, '--set', image], {
      settings: { azure: { clusterName: 'another', resourceGroup: 'another' } },
    });
    expect(new Rendered(manifests).environment()).toMatchObject({
      AZURE_CLUSTER_NAME: 'my-aks',
      ARM_RESOURCE_GROUP: 'my-rg',
    });
    // Of the controller, and of the pod that runs the doctor.
    const times = manifests.split('\n---').map((one) => one.match(/name: AZURE_CLUSTER_NAME/gu)?.length ?? 0);
    expect(times.filter((count) => count > 0)).toEqual([1, 1]);
  });

  it('takes the last of two entries with one name', async () => {
    const rendered = await render(env({ name: 'LOCATION', value: 'eastus' }, { name: 'LOCATION', value: 'westus' }));
    expect(rendered.environment()).toMatchObject({ LOCATION: 'westus' });
  });

  it('passes names that the controller does not know, and references', async () => {
    const valueFrom = { secretKeyRef: { name: 's', key: 'k' } };
    const rendered = await render(env({ name: 'HTTPS_PROXY', value: 'http://p' }, { name: 'ARM_ENDPOINT', valueFrom }));
    expect(rendered.environment()).toMatchObject({ HTTPS_PROXY: 'http://p', ARM_ENDPOINT: valueFrom });
  });

  it('writes numbers and booleans as the strings that Kubernetes wants', async () => {
    const rendered = await render(env({ name: 'KUBE_CLIENT_QPS', value: 50 }, { name: 'E2E_TEST_MODE', value: false }));
    expect(rendered.environment()).toMatchObject({ KUBE_CLIENT_QPS: '50', E2E_TEST_MODE: 'false' });
  });

  it.each(['LEADER_ELECT', 'DISABLE_LEADER_ELECTION', 'LEADER_ELECTION_NAMESPACE', 'POD_NAME'])(
    'does not take %s from controller.env',
    async (name) => {
      const usual = (await render()).environment();
      expect((await render(env({ name, value: 'false' }))).environment()).toEqual(usual);
    },
  );

  it('needs no setting that a ConfigMap of envFrom may hold', async () => {
    const rendered = await render({
      controller: { envFrom: [{ configMapRef: { name: 'azure' } }] },
      settings: { azure: { subscriptionId: '', resourceGroup: '', clusterName: '' } },
    });
    expect(rendered.environment()).not.toHaveProperty('ARM_SUBSCRIPTION_ID');
  });

  it('names the identity itself where no webhook does', async () => {
    expect((await render({ deploymentMode: 'managed' })).environment()).toMatchObject({
      AZURE_CLIENT_ID: '00000000-0000-0000-0000-000000000002',
      DEPLOYMENT_MODE: 'managed',
    });
  });

  it('serves the status page only where the values ask for it', async () => {
    expect(await statusPage({})).toBeUndefined();
    expect(await statusPage({ statusPage: { enabled: true } })).toBe('true');
    const off = env({ name: 'STATUS_PAGE', value: 'false' });
    expect(await statusPage({ ...off, statusPage: { enabled: true } })).toBe('false');
  });

  it('names one lease to the controller and to its Role', async () => {
    const rendered = await render(env({ name: 'LEADER_ELECTION_NAME', value: 'karpenter-leader-election' }));
    expect(rendered.environment()).toMatchObject({ LEADER_ELECTION_NAME: 'karpenter-leader-election' });
    expect(rendered.one('Role', 'gpu-provisioner')).toMatchObject({
      rules: expect.arrayContaining([
        expect.objectContaining({ resources: ['leases'], resourceNames: ['karpenter-leader-election'] }),
      ]),
    });
  });
});

describe('the heap', () => {
  it.each([
    ['512Mi', 384],
    ['1Gi', 768],
    ['1.5Gi', 1152],
    ['1G', 715],
    ['262144Ki', 192],
    ['400M', 286],
    ['536870912', 384],
    [536_870_912, 384],
  ])('is three quarters of the memory limit %s', async (memory, mib) => {
    const rendered = await render({ controller: { resources: { limits: { memory } } } });
    expect(rendered.environment()).toMatchObject({ NODE_OPTIONS: `--max-old-space-size=${mib}` });
  });

  it('is left to Node where there is no limit', async () => {
    const rendered = await render({ controller: { resources: { limits: null } } });
    expect(rendered.environment()).not.toHaveProperty('NODE_OPTIONS');
  });

  it('keeps the options that the user has for Node, which come later and win', async () => {
    const rendered = await render(env({ name: 'NODE_OPTIONS', value: '--max-old-space-size=200' }));
    expect(rendered.environment()).toMatchObject({
      NODE_OPTIONS: '--max-old-space-size=384 --max-old-space-size=200',
    });
  });
});

describe('the place', () => {
  const elsewhere = { key: 'kaito.sh/machine-type', operator: 'NotIn', values: ['gpu'] };

  it('is never a node that the controller made', async () => {
    expect((await render()).pod()).toMatchObject({
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [elsewhere] }],
          },
        },
      },
    });
  });

  it('is none in any of the terms of which a node must match one', async () => {
    const [first, second] = [
      { key: 'kubernetes.azure.com/cluster', operator: 'Exists' },
      { key: 'karpenter.sh/provisioner-name', operator: 'DoesNotExist' },
    ];
    const nodeSelectorTerms = [
      { matchExpressions: [first] },
      { matchExpressions: [second] },
      { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] },
    ];
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
    expect((await render({ affinity })).pod()).toMatchObject({
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              { matchExpressions: [first, elsewhere] },
              { matchExpressions: [second, elsewhere] },
              { ...nodeSelectorTerms[2], matchExpressions: [elsewhere] },
            ],
          },
        },
      },
    });
  });

  it('is told by the labels of the controller where no selector is given', async () => {
    const selector = { 'app.kubernetes.io/name': 'gpu-provisioner', 'app.kubernetes.io/instance': 'gpu-provisioner' };
    const own = { labelSelector: { matchLabels: selector } };
    const given = { labelSelector: { matchLabels: { app: 'x' } } };
    const rendered = await render({
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'a' }, { topologyKey: 'b', ...given }],
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { topologyKey: 'c' } }],
        },
      },
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: 'd', whenUnsatisfiable: 'DoNotSchedule' },
        { maxSkew: 1, topologyKey: 'e', whenUnsatisfiable: 'DoNotSchedule', ...given },
      ],
    });
    expect(rendered.pod()).toMatchObject({
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [own, given],
          preferredDuringSchedulingIgnoredDuringExecution: [{ podAffinityTerm: own }],
        },
      },
      topologySpreadConstraints: [own, given],
    });
    expect(rendered.one('Deployment')).toMatchObject({ spec: { selector: { matchLabels: selector } } });
  });
});

describe('the pod', () => {
  it.each(['Deployment', 'Job'])('of the %s has no rights on its host', async (kind) => {
    const rendered = await render();
    const workload = rendered.one(kind);
    expect(workload).toMatchObject({
      spec: {
        template: {
          spec: {
            securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: 'RuntimeDefault' } },
          },
        },
      },
    });
    expect(containerOf(workload)).toMatchObject({
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
      },
    });
  });

  it('asks for the probes on the port that it names', async () => {
    const rendered = await render({ controller: { healthProbe: { port: 9001 }, metrics: { port: 9000 } } });
    expect(containerOf(rendered.one('Deployment'))).toMatchObject({
      ports: [
        { name: 'http-metrics', containerPort: 9000 },
        { name: 'http', containerPort: 9001 },
      ],
      livenessProbe: { httpGet: { path: '/healthz', port: 'http' } },
      readinessProbe: { httpGet: { path: '/readyz', port: 'http' } },
    });
  });

  it('of the uninstall hook is not taken for one of the controller', async () => {
    const rendered = await render();
    const labels = objectAt(
      objectAt(objectAt(objectAt(rendered.one('Job'), 'spec'), 'template'), 'metadata'),
      'labels',
    );
    expect(labels).toMatchObject({ 'app.kubernetes.io/name': 'gpu-provisioner-release-nodes' });
    expect(labels).not.toHaveProperty('app.kubernetes.io/instance');
  });
});

describe('the image', () => {
  it.each([
    [{ tag: '' }, 'registry.example/gpu-provisioner:0.1.0'],
    [{ tag: 'dev' }, 'registry.example/gpu-provisioner:dev'],
    [{ tag: 'dev', digest: `sha256:${'0'.repeat(64)}` }, `registry.example/gpu-provisioner@sha256:${'0'.repeat(64)}`],
  ])('is %j', async (given, expected) => {
    const rendered = await render({ controller: { image: given } });
    for (const kind of ['Deployment', 'Job'])
      expect(containerOf(rendered.one(kind))).toMatchObject({ image: expected });
  });
});
