// The pod of `helm test`: the doctor as the controller, and nothing that the controller is not.
import { describe, expect, inject, it } from 'vitest';
import { isObject, objectAt, textAt, textsAt, type JsonObject } from '../../hack/sandbox/aks/json.ts';
import { aCleanCluster, get, kubeconfigOf, kubectl, namespace, release, served, until } from './cluster.ts';
import { ciFile, helm, render, type Rendered } from './helm.ts';
import { finish } from './program.ts';

const podOf = (rendered: Rendered): JsonObject => rendered.one('Pod', 'gpu-provisioner-doctor');

function containerOf(spec: JsonObject): JsonObject {
  const { containers } = spec;
  return Object(Array.isArray(containers) ? containers[0] : undefined);
}

describe('the doctor of the chart', () => {
  it('runs when it is asked to, once, and stays for those who read its log', async () => {
    const pod = podOf(await render());
    expect(objectAt(pod, 'metadata')['annotations']).toEqual({
      'helm.sh/hook': 'test',
      'helm.sh/hook-delete-policy': 'before-hook-creation',
    });
    expect(pod).toMatchObject({ spec: { restartPolicy: 'Never', containers: [{ args: ['doctor'] }] } });
  });

  it('has the identity, the environment and the place of the controller', async () => {
    const rendered = await render({ extraVolumes: [{ name: 'a', emptyDir: {} }], dnsPolicy: 'ClusterFirst' });
    const controller = objectAt(objectAt(objectAt(rendered.one('Deployment'), 'spec'), 'template'), 'spec');
    const spec = objectAt(podOf(rendered), 'spec');
    for (const field of ['serviceAccountName', 'affinity', 'securityContext', 'dnsPolicy', 'volumes'])
      expect([field, spec[field]]).toEqual([field, controller[field]]);
    for (const field of ['image', 'env', 'securityContext', 'resources'])
      expect([field, containerOf(spec)[field]]).toEqual([field, containerOf(controller)[field]]);
    expect(podOf(rendered)).toMatchObject({ metadata: { labels: { 'azure.workload.identity/use': 'true' } } });
  });

  it('is taken for no pod of the controller', async () => {
    const rendered = await render({ networkPolicy: { enabled: true } });
    const { labels } = objectAt(podOf(rendered), 'metadata');
    const selector = objectAt(rendered.one('Service'), 'spec')['selector'];
    expect(selector).toMatchObject({ 'app.kubernetes.io/name': 'gpu-provisioner' });
    expect(labels).not.toMatchObject(Object(selector));
  });

  it('brings no right and no account', async () => {
    const kinds = ['ServiceAccount', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'];
    const [on, off] = await Promise.all([render(), render({ doctor: { enabled: false } })]);
    for (const kind of kinds) expect([kind, on.all(kind)]).toEqual([kind, off.all(kind)]);
    expect(off.all('Pod')).toEqual([]);
  });
});

const main = new URL('../../src/main.ts', import.meta.url).pathname;

/** What a container's variables say by value. */
function valuesOf(container: JsonObject): Record<string, string> {
  const { env } = container;
  const entries = (Array.isArray(env) ? env.filter(isObject) : []).flatMap((each) => {
    const [name, value] = [textAt(each, 'name'), textAt(each, 'value')];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

describe('helm test', () => {
  it('runs with the rights of the controller alone, and ends with the pod', async () => {
    await aCleanCluster();
    await release('install', ['--values', ciFile('minimal')]);
    // What the chart defines is there for the doctor once the API server serves it, a little later.
    for (const crd of ['machines.karpenter.sh', 'nodeclaims.karpenter.sh'] as const) await served(crd);
    const ended = helm(['test', 'gpu-provisioner', '--namespace', namespace, '--timeout', '100s'], {
      kubeconfig: inject('kubeconfig'),
    });
    const name = 'gpu-provisioner-doctor';
    await until(async () => (await get('pod', name)) !== undefined);
    // No kubelet runs here, so the test plays it: the pod's own command, environment, account and rights.
    const spec = objectAt(await get('pod', name), 'spec');
    const container = containerOf(spec);
    const KUBECONFIG = await kubeconfigOf(textAt(spec, 'serviceAccountName') ?? '');
    const env = { ...valuesOf(container), KUBECONFIG, NODE_OPTIONS: '', NO_PROXY: '127.0.0.1' };
    const args = [main, ...textsAt(container, 'args'), '--output=json', `--namespace=${namespace}`];
    const { stdout } = await finish(process.execPath, args, env);
    const report: unknown = JSON.parse(stdout);
    const findings = isObject(report) && Array.isArray(report['findings']) ? report['findings'].filter(isObject) : [];
    const of = (check: string): unknown => findings.find((each) => each['check'] === check)?.['outcome'];
    expect(['api-server', 'rights', 'crds', 'device-plugins'].map((check) => [check, of(check)])).toEqual([
      ['api-server', 'pass'],
      ['rights', 'pass'],
      ['crds', 'pass'],
      ['device-plugins', 'warn'],
    ]);
    // Pods of the controller do not run here; that they do not is found out by the one right to its Deployment.
    expect(findings.find((each) => each['check'] === 'replicas')?.['message']).toBe(
      '0 of 2 pods of Deployment gpu-provisioner/gpu-provisioner are ready',
    );
    const status = JSON.stringify({ status: { phase: 'Succeeded' } });
    await kubectl([
      'patch',
      'pod',
      name,
      '--namespace',
      namespace,
      '--subresource=status',
      '--type=merge',
      '-p',
      status,
    ]);
    expect(await ended).toMatchObject({ code: 0 });
  });
});
