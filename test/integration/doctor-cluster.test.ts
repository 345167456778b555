// The doctor's checks of the cluster and of the controller in it: the real process against the embedded API server.
import { createServer } from 'node:http';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { sandboxIdentity } from '../../hack/sandbox/aks/aks.ts';
import { deployments, daemonSets, leases, nodes, pods, services } from '../../src/apis/resource.ts';
import type { StatusFeed } from '../../src/status/feed.ts';
import { devicePluginManifest } from '../support/daemon-sets.ts';
import {
  aClusterPatient,
  controllerDeployment,
  controllerPod,
  definitions,
  examineHere,
  rulesOfChart,
  screenOfDoctor,
  type ClusterPatient,
} from '../support/doctor.ts';

const { signal } = new AbortController();
const account = 'system:serviceaccount:gpu-provisioner:gpu-provisioner';
const everything = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];

const outcomesOf = (found: readonly Readonly<Record<string, unknown>>[]) => found.map(({ outcome }) => outcome);

describe('doctor in a cluster without a controller', () => {
  let patient: ClusterPatient;

  beforeAll(async () => {
    patient = await aClusterPatient();
  });
  afterAll(async () => patient[Symbol.asyncDispose]());

  it('says what is missing, skips what that hides, and names where the checks of Azure can be made', async () => {
    const { code, said } = await screenOfDoctor(await patient.env());
    expect(code).toBe(1);
    expect(said).toMatch(/pass {2}api-server +Version v1\.\d+\.\d+ answers, and its clock agrees with ours/);
    expect(said).toMatch(/FAIL {2}replicas +No controller is installed\n +\$ helm install /);
    expect(said).toMatch(/skip {2}identity +Only a pod of the controller has its identity\n +\$ helm test /);
    expect(said.split('\n').length).toBeLessThanOrEqual(40);
  });

  it('fails where there is no kubeconfig, and looks at the rest', async () => {
    const { code, of } = await examineHere({ KUBECONFIG: '/nowhere/kubeconfig' });
    expect(code).toBe(1);
    expect(of('api-server')).toMatchObject([
      { outcome: 'fail', message: expect.stringContaining('/nowhere/kubeconfig') },
    ]);
    expect(outcomesOf([...of('crds'), ...of('replicas'), ...of('status-feed')])).toEqual(['skip', 'skip', 'skip']);
  });

  it('names the right that a person lacks, and goes on', async () => {
    const rules = [{ verbs: ['list'], apiGroups: [''], resources: ['nodes'] }];
    patient.api.addToken('guest', { name: 'guest', groups: [], rules });
    const { of } = await examineHere(await patient.env('guest'));
    expect(of('device-plugins')[0]?.['message']).toBe(
      'Needs the right to list daemonsets.apps at the cluster scope, which you do not have here',
    );
    // Whose definitions they are is a secret to a guest, and that they are served is not.
    expect(outcomesOf(of('crds'))).toEqual(['pass', 'pass']);
  });

  it('fails where a GPU Node repels the device plugin, with the patch that mends it', async () => {
    const labels = { 'node.kubernetes.io/instance-type': 'Standard_NC24ads_A100_v4' };
    await patient.kube.create(daemonSets, devicePluginManifest({ pod: { tolerations: [] } }), { signal });
    const warned = await examineHere(await patient.env());
    expect(warned.of('device-plugins')).toMatchObject([
      { outcome: 'warn', message: expect.stringContaining('No device plugin tolerates sku=gpu:NoSchedule') },
    ]);
    const taints = [{ key: 'sku', value: 'gpu', effect: 'NoSchedule' }];
    await patient.kube.create(nodes, { metadata: { name: 'gpu-1', labels }, spec: { taints } }, { signal });
    const { of } = await examineHere(await patient.env());
    const name = 'nvidia-device-plugin-daemonset';
    const patch = `[{"op":"add","path":"/spec/template/spec/tolerations","value":[{"key":"sku","operator":"Equal","value":"gpu","effect":"NoSchedule"}]}]`;
    expect(of('device-plugins')).toMatchObject([
      {
        outcome: 'fail',
        details: expect.arrayContaining([
          `Node gpu-1: DaemonSet kube-system/${name} does not tolerate sku=gpu:NoSchedule`,
        ]),
        mend: [`kubectl patch daemonset ${name} --namespace kube-system --type json --patch '${patch}'`],
      },
    ]);
  });

  it('fails where the claims are not served', async () => {
    for (const name of ['machines.karpenter.sh', 'nodeclaims.karpenter.sh'])
      await patient.kube.delete(definitions, { name }, { signal });
    const { of } = await examineHere(await patient.env());
    expect(of('crds')).toMatchObject([{ outcome: 'fail', mend: [expect.stringContaining('crds.enabled=true')] }]);
  });
});

describe('doctor in a cluster with a controller', () => {
  let patient: ClusterPatient;
  let close: () => void;

  beforeAll(async () => {
    patient = await aClusterPatient();
    const { kube, api } = patient;
    api.addToken('controller', { name: account, groups: [], rules: everything });
    const annotations = { 'meta.helm.sh/release-name': 'claims', 'meta.helm.sh/release-namespace': 'other' };
    const owned = { type: 'merge', body: { metadata: { annotations } } } as const;
    await kube.patch(definitions, { name: 'machines.karpenter.sh' }, owned, { signal });
    const port = await serveFeed();
    await kube.create(deployments, controllerDeployment({ metricsPort: port }), { signal });
    await kube.patch(
      deployments,
      { name: 'gpu-provisioner', namespace: 'gpu-provisioner' },
      { type: 'merge', body: { status: { readyReplicas: 2 } } },
      { signal, subresource: 'status' },
    );
    await kube.create(pods, controllerPod(), { signal });
    const name = { name: 'gpu-provisioner-1', namespace: 'gpu-provisioner' };
    const status = { podIP: '127.0.0.1', phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
    await kube.patch(pods, name, { type: 'merge', body: { status } }, { signal, subresource: 'status' });
    const selector = { 'app.kubernetes.io/name': 'gpu-provisioner' };
    const ports = [{ name: 'http-metrics', port: 8080, targetPort: port }];
    const service = { name: 'gpu-provisioner', namespace: 'gpu-provisioner', labels: selector };
    await kube.create(services, { metadata: service, spec: { selector, ports } }, { signal });
    await kube.create(leases, lease(new Date(), { seconds: 3600 }), { signal });
  });
  afterAll(async () => {
    close();
    await patient[Symbol.asyncDispose]();
  });

  /** A controller's metrics port, as far as the doctor looks. */
  async function serveFeed(): Promise<number> {
    const server = createServer((_, response) => response.end(JSON.stringify(feed)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    close = () => server.close();
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  it('passes what is in order, and warns of a closed gate and of a pool that nobody owns', async () => {
    const { code, of } = await examineHere(await patient.env());
    expect(outcomesOf([...of('rights'), ...of('replicas'), ...of('leader'), ...of('other-provisioners')])).toEqual([
      'pass',
      'pass',
      'pass',
      'pass',
    ]);
    expect(of('crds').map(({ message }) => message)).toEqual([
      'Machines are served as karpenter.sh/v1alpha5; their definition is of the helm release other/claims',
      expect.stringContaining('NodeClaims are served as karpenter.sh/v1; their definition is nobody’s'),
    ]);
    expect(of('status-feed')).toMatchObject([
      { outcome: 'pass', message: 'gpu-provisioner-1-abcd tells how it is' },
      { outcome: 'warn', message: 'The gate is closed: nothing is replaced or collected: the cluster is Updating' },
    ]);
    expect(of('orphan-pools')).toMatchObject([
      {
        outcome: 'warn',
        message: '1 pool has no claim, for $3.67 an hour',
        details: ['wsleaked (Standard_NC24ads_A100_v4, orphan, for 2h): its claim is gone'],
        mend: ['gpu-provisioner why pool/wsleaked', expect.stringContaining('--cluster-name my-aks --name wsleaked')],
      },
    ]);
    expect(code).toBe(0);
  });

  it('tells from home what Azure must hold, by the Deployment and the issuer of the API server', async () => {
    const { of } = await examineHere(await patient.env());
    expect(of('identity')).toMatchObject([
      {
        outcome: 'skip',
        message: expect.stringContaining('Not tried'),
        details: expect.arrayContaining([`issuer    ${sandboxIdentity.issuer}`, `subject   ${account}`]),
        mend: expect.arrayContaining([expect.stringContaining(`--issuer ${sandboxIdentity.issuer}`)]),
      },
    ]);
  });

  it('needs in a pod no more rights than the controller has, and asks its pods themselves', async () => {
    vi.stubEnv('KUBERNETES_SERVICE_HOST', '127.0.0.1');
    vi.stubEnv('DEPLOYMENT_NAME', 'gpu-provisioner');
    onTestFinished(() => void vi.unstubAllEnvs());
    patient.api.addToken('controller', { name: account, groups: [], rules: rulesOfChart() });
    const env = await patient.env('controller');
    const { code, of } = await examineHere(env, '--namespace=gpu-provisioner');
    const seen = ['rights', 'crds', 'replicas', 'leader', 'status-feed', 'orphan-pools', 'other-provisioners'];
    expect(seen.map((check) => [check, of(check)[0]?.['outcome']])).toEqual([
      ['rights', 'pass'],
      ['crds', 'pass'],
      ['replicas', 'pass'],
      ['leader', 'pass'],
      ['status-feed', 'pass'],
      ['orphan-pools', 'warn'],
      ['other-provisioners', 'skip'],
    ]);
    // A pod without the names of its cluster was started by somebody else than the chart.
    expect(of('identity')).toMatchObject([{ outcome: 'skip' }]);
    expect(code).toBe(0);
  });

  it('names the rights that the ServiceAccount lacks', async () => {
    const rules = [
      {
        verbs: ['*'],
        apiGroups: ['', 'apps', 'storage.k8s.io', 'coordination.k8s.io'],
        resources: ['*', '*/eviction'],
      },
      {
        verbs: ['list', 'watch', 'patch', 'delete'],
        apiGroups: ['karpenter.sh'],
        resources: ['machines', 'nodeclaims'],
      },
      { verbs: ['*'], apiGroups: ['events.k8s.io'], resources: ['events'] },
    ];
    patient.api.addToken('controller', { name: account, groups: [], rules });
    const { code, of } = await examineHere(await patient.env());
    const details = ['patch machines.karpenter.sh/status', 'patch nodeclaims.karpenter.sh/status'];
    expect([code, of('rights')]).toMatchObject([1, [{ outcome: 'fail', details }]]);
    // In its own pod it may ask about itself alone.
    const inPod = await examineHere(await patient.env('controller'));
    expect(inPod.of('rights')).toMatchObject([{ outcome: 'fail', details }]);
  });

  it('fails where the webhook of workload identity has left a pod alone, and where nobody renews the lease', async () => {
    const name = { name: 'gpu-provisioner-1', namespace: 'gpu-provisioner' };
    await patient.kube.delete(pods, name, { signal, gracePeriodSeconds: 0 });
    await patient.kube.create(pods, controllerPod({ touched: false }), { signal });
    const { metadata, ...body } = lease(new Date(Date.now() - 60_000), { seconds: 15 });
    await patient.kube.patch(leases, metadata, { type: 'merge', body }, { signal });
    const { of } = await examineHere(await patient.env());
    expect(of('identity')).toMatchObject([
      { outcome: 'fail', message: expect.stringContaining('it has no AZURE_FEDERATED_TOKEN_FILE') },
    ]);
    expect(of('leader')).toMatchObject([
      { outcome: 'fail', message: expect.stringContaining('has let its lease expire') },
    ]);
    await patient.kube.delete(pods, name, { signal, gracePeriodSeconds: 0 });
    await patient.kube.create(pods, controllerPod({ touched: false, labelled: false }), { signal });
    const again = await examineHere(await patient.env());
    expect(again.of('identity')).toMatchObject([
      { outcome: 'fail', message: expect.stringContaining('lacks the label azure.workload.identity/use=true') },
    ]);
  });

  it('names the neighbours that take nothing from it', async () => {
    const kaito = { name: 'workspace', namespace: 'other', image: 'mcr.microsoft.com/aks/kaito/workspace:0.4.1' };
    const karpenter = { name: 'karpenter', namespace: 'other', image: 'public.ecr.aws/karpenter/controller:1.2.0' };
    for (const each of [kaito, karpenter])
      await patient.kube.create(deployments, controllerDeployment({ ...each, foreign: true }), { signal });
    const { of } = await examineHere(await patient.env());
    expect(of('other-provisioners').map(({ message }) => message)).toEqual([
      'No other provisioner serves the claims of this one',
      expect.stringContaining('other/workspace is KAITO'),
      expect.stringContaining('other/karpenter is Karpenter'),
    ]);
  });

  it('fails beside another provisioner, and beside itself', async () => {
    const azures = {
      name: 'kaito-gpu-provisioner',
      namespace: 'kube-system',
      image: 'mcr.microsoft.com/aks/kaito/gpu-provisioner:0.3.7',
    };
    await patient.kube.create(deployments, controllerDeployment(azures), { signal });
    await patient.kube.create(deployments, controllerDeployment({ name: 'second', namespace: 'other' }), { signal });
    const { of } = await examineHere(await patient.env());
    expect(of('other-provisioners')).toMatchObject([
      { outcome: 'fail', message: expect.stringContaining('kube-system/kaito-gpu-provisioner') },
      { outcome: 'fail', message: expect.stringContaining('installed 2 times') },
    ]);
  });
});

/** Nobody renews it: one that is to hold lasts longer than the tests. */
function lease(renewed: Date, { seconds }: { readonly seconds: number }) {
  return {
    metadata: { name: 'gpu-provisioner-leader-election', namespace: 'gpu-provisioner' },
    spec: {
      holderIdentity: 'gpu-provisioner-1-abcd',
      leaseDurationSeconds: seconds,
      renewTime: renewed.toISOString().replace('Z', '000Z'),
    },
  };
}

const feed = {
  version: 1,
  at: '2026-11-22T08:00:00Z',
  instance: 'gpu-provisioner-1-abcd',
  build: '0.1.0',
  leads: true,
  cluster: { subscriptionId: 'sub', resourceGroup: 'my-rg', name: 'my-aks' },
  azure: { ok: true, detail: '', remaining: {} },
  gate: { state: 'closed', reason: 'ClusterNotSettled', message: 'the cluster is Updating' },
  claims: [],
  pools: [
    {
      name: 'wsleaked',
      ownership: 'orphan',
      message: 'its claim is gone',
      vmSize: 'Standard_NC24ads_A100_v4',
      count: 1,
      state: 'Succeeded',
      ageSeconds: 7200,
      usdPerHour: 3.673,
    },
  ],
  expectations: [],
  guides: {},
  omitted: { claims: 0, pools: 0 },
} satisfies StatusFeed;
